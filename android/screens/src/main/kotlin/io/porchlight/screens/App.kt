package io.porchlight.screens

import android.app.Activity
import android.app.Application
import android.os.Bundle
import io.porchlight.bridge.Configuration
import io.porchlight.bridge.CustomerList
import io.porchlight.bridge.DeviceList
import io.porchlight.bridge.GrantList
import io.porchlight.bridge.MembershipList
import io.porchlight.bridge.OfferList
import io.porchlight.bridge.OtherApp
import io.porchlight.bridge.Porchlight
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.Ports
import io.porchlight.bridge.Profile
import io.porchlight.bridge.RequestList
import io.porchlight.bridge.SessionFlow
import io.porchlight.bridge.SessionState
import io.porchlight.bridge.SiteList
import io.porchlight.bridge.changes
import io.porchlight.bridge.networkChanges
import io.porchlight.bridge.openPorchlight
import io.porchlight.bridge.states
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.SharedFlow
import kotlinx.coroutines.flow.SharingStarted
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.merge
import kotlinx.coroutines.flow.shareIn
import kotlinx.coroutines.flow.stateIn
import kotlinx.coroutines.launch

/** The app's process: opens the core once and tells it when the app is on the screen. */
abstract class PorchlightApplication : Application() {
    private var scope: CoroutineScope = MainScope()
    private val openings = MutableStateFlow<Opening>(Opening.Busy)
    private val onScreen = MutableStateFlow(false)

    /** How far the core is open. */
    internal val opening: StateFlow<Opening> get() = openings

    /** The first screen of somebody who is signed in. */
    abstract val home: Route

    /** Whether it opens accounts by links of the partner app. */
    internal val takesHandoffs get() = home == Route.Home

    /** How the app names itself to the cloud. */
    protected abstract val clientName: String

    protected open val configuration: Configuration
        get() = Configuration(
            cloud = getString(R.string.configuration_cloud),
            linkHost = getString(R.string.configuration_link_host),
            clientName = clientName,
            clientVersion = getString(R.string.configuration_version),
            maker = getString(R.string.configuration_maker),
            extraRoots = emptyList(),
        )

    internal val cloud get() = configuration.cloud

    protected open fun ports(): Ports = Ports.of(this, knownCertificates)

    /** Of a store that signs each app with a key of its own, as the maker listed them. */
    internal val knownCertificates: List<ByteArray>
        get() = resources.getStringArray(R.array.configuration_known_certificates).map { digits ->
            digits.chunked(2).map { it.toInt(16).toByte() }.toByteArray()
        }

    /** Our other apps on this phone, each for a link that is its alone. */
    internal fun customerApp() = OtherApp(this, getString(R.string.configuration_customer_app), knownCertificates)
    internal fun partnerApp() = OtherApp(this, getString(R.string.configuration_partner_app), knownCertificates)

    /** Where the scan screen has its frames from. */
    open fun frames(activity: Activity): FrameSource = CameraFrames(activity)

    override fun onCreate() {
        super.onCreate()
        registerActivityLifecycleCallbacks(OnScreen())
        open()
    }

    /** Opens the core, as the process does when it begins; for tests. */
    fun open() {
        scope = MainScope()
        openings.value = Opening.Busy
        scope.launch {
            openings.value = try {
                val porchlight = openPorchlight(this@PorchlightApplication, configuration, ports())
                Opening.Open(OpenCore(porchlight, scope), Acting(porchlight, scope))
            } catch (problem: PorchlightException) {
                Opening.Failed(problem)
            }
            val core = (openings.value as? Opening.Open)?.core ?: return@launch
            launch { follow(core) }
            networkChanges(this@PorchlightApplication).collect { core.porchlight.networkChanged() }
        }
    }

    /** The person wants another try after the core did not open. */
    fun openAgain() {
        if (openings.value !is Opening.Failed) return
        scope.cancel()
        open()
    }

    /** Lets the core go, as the end of the process would; for tests. */
    fun close() {
        scope.cancel()
        (openings.value as? Opening.Open)?.run {
            acting.close()
            core.close()
            core.porchlight.destroy()
        }
    }

    /** One call after the other: a screen that comes back at once must not be overtaken by its own leaving. */
    private suspend fun follow(core: OpenCore): Nothing = onScreen.collect { isOnScreen ->
        try {
            if (isOnScreen) core.porchlight.enteredForeground() else core.porchlight.enteredBackground()
        } catch (_: PorchlightException) {
            // It is in the report; the next screen tries again.
        }
    }

    private inner class OnScreen : ActivityLifecycleCallbacks {
        private val started = mutableSetOf<Activity>()

        override fun onActivityStarted(activity: Activity) {
            started += activity
            onScreen.value = true
        }

        override fun onActivityStopped(activity: Activity) {
            started -= activity
            if (started.isNotEmpty() || activity.isChangingConfigurations) return
            onScreen.value = false
            WorkService.schedule(this@PorchlightApplication, java.time.Duration.ZERO)
        }

        override fun onActivityCreated(activity: Activity, saved: Bundle?) = Unit
        override fun onActivityResumed(activity: Activity) = Unit
        override fun onActivityPaused(activity: Activity) = Unit
        override fun onActivitySaveInstanceState(activity: Activity, out: Bundle) = Unit
        override fun onActivityDestroyed(activity: Activity) = Unit
    }
}

/** How far the core is open. */
internal sealed interface Opening {
    data object Busy : Opening
    data class Failed(val problem: PorchlightException) : Opening
    data class Open(val core: OpenCore, val acting: Acting) : Opening
}

/** The open core, its flows and lists; each listened to once, for all screens. */
internal class OpenCore(val porchlight: Porchlight, scope: CoroutineScope, val profile: Profile = porchlight.profile()) {
    val session: SessionFlow = profile.session()
    val sites: SiteList = profile.sites()
    val devices: DeviceList = profile.devices()
    val sessionStates: StateFlow<SessionState?> = session.states().stateIn(scope, SharingStarted.Eagerly, null)
    val siteChanges: SharedFlow<Unit> = sites.changes().shareIn(scope, SharingStarted.Eagerly, replay = 1)
    val deviceChanges: SharedFlow<Unit> = devices.changes().shareIn(scope, SharingStarted.Eagerly, replay = 1)

    val customers: CustomerList = profile.customers()
    val offers: OfferList = profile.offers()
    val memberships: MembershipList = profile.memberships()
    val requests: RequestList = profile.requests()
    val grants: GrantList = profile.grants()

    /** Something is different about who may work for whom. */
    val accessChanges: SharedFlow<Unit> =
        merge(customers.changes(), offers.changes(), memberships.changes(), requests.changes(), grants.changes())
            .shareIn(scope, SharingStarted.Lazily, replay = 1)

    /** The section and the site that a person looks at: the same on every screen. */
    val place = MutableStateFlow(Place())

    fun close() {
        listOf(session, sites, devices, customers, offers, memberships, requests, grants, profile).forEach { it.destroy() }
    }
}
