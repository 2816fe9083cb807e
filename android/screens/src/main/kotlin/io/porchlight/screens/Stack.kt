package io.porchlight.screens

import io.porchlight.bridge.Permission
import io.porchlight.bridge.SessionState
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import io.porchlight.bridge.Acting as ActingNow

/** The screens that a person went through, the last one on top. It outlives a rotation. */
internal class Stack(
    private val app: PorchlightApplication,
    private val core: OpenCore,
    private val acting: Acting,
    wanted: List<Route>,
    /** Of a customer's account, in which somebody else works: its places and devices, and nothing of the account. */
    private val theirs: ActingNow? = null,
) {
    val isDelegated get() = theirs != null

    /** In one's own account everything, in a customer's what the access is for: what is not is not offered. */
    fun may(permission: Permission): Boolean = theirs == null || permission in theirs.usable

    private val screens = ArrayDeque<Screen<*>>()
    private val tops: MutableStateFlow<Screen<*>?> = MutableStateFlow(null)

    /** What the system kept of the process before this one, until somebody is signed in to go there. */
    private var kept: List<Route> = wanted

    val top: StateFlow<Screen<*>?> get() = tops
    val routes: List<Route> get() = screens.map { it.route }

    /** The first screen of somebody who is signed in. */
    val home: Route get() = if (isDelegated) Route.Home else app.home

    /** Requests that wait for an answer, the newest first: each is shown at once, whatever else is; the newest on top. */
    fun show(requests: List<String>) {
        waiting = requests
        showWaiting()
    }

    private fun showWaiting() {
        if (screens.firstOrNull()?.route != home) return
        val fresh = waiting.filter { it !in shownRequests && Route.Request(it) !in routes }
        shownRequests += waiting
        fresh.reversed().forEach { go(Route.Request(it)) }
    }

    private var waiting: List<String> = emptyList()
    private val shownRequests = mutableSetOf<String>()

    /** The devices of the place that a person looks at. */
    val devices: Route get() = core.place.value.let { Route.Devices(it.section, it.site?.id) }

    /** The session decides where the stack begins. */
    fun follow(state: SessionState) {
        val root = rootOf(state)
        if (screens.firstOrNull()?.route == root) return
        replaceAll(root)
        // Whoever signs in next does not see where the one before them looked.
        if (root == Route.SignIn) {
            core.place.value = Place()
            waiting = emptyList()
        }
        if (root == app.home) {
            kept.filter { it != root }.forEach(::go)
            kept = emptyList()
            showWaiting()
        }
    }

    fun go(route: Route) {
        screens.addLast(make(route))
        tops.value = screens.last()
    }

    /** One of the main places, which lie beside each other: back leads home from each. */
    fun goToTab(route: Route) {
        home()
        go(route)
    }

    /** Takes the top screen's place. */
    fun swap(route: Route) {
        val former = screens.removeLast()
        go(route)
        former.leave()
    }

    /** A step back; false when there is none. */
    fun back(): Boolean {
        if (screens.lastOrNull()?.back() == true) return true
        return leaveTop()
    }

    /** The top screen is done. */
    fun leaveTop(): Boolean {
        if (screens.size < 2) return false
        val former = screens.removeLast()
        tops.value = screens.last()
        former.leave()
        return true
    }

    /** All the way back. */
    fun home() {
        while (leaveTop()) Unit
    }

    fun close() = screens.forEach { it.leave() }

    private fun replaceAll(root: Route) {
        val former = screens.toList()
        screens.clear()
        go(root)
        former.forEach { it.leave() }
    }

    private fun rootOf(state: SessionState): Route = when (state) {
        is SessionState.Locked -> Route.Waiting
        is SessionState.SignedOut, is SessionState.Registering, is SessionState.SigningIn -> Route.SignIn
        is SessionState.CodeNeeded, is SessionState.Verifying -> Route.Code
        is SessionState.SignedIn, is SessionState.SigningOut -> app.home
    }

    private fun make(route: Route): Screen<*> = when (route) {
        Route.Waiting -> WaitingScreen(words = R.string.waiting_locked)
        Route.SignIn -> SignInScreen(core, this)
        Route.Register -> RegisterScreen(core, this)
        Route.Code -> CodeScreen(core)
        Route.Home -> HomeScreen(core, this)
        Route.Customers -> CustomersScreen(core, this)
        Route.NewSite -> NewSiteScreen(core, this)
        Route.People -> PeopleScreen(core, this)
        Route.Settings -> SettingsScreen(core, this)
        Route.Unsent -> UnsentScreen(acting, this)
        is Route.AddCustomer -> AddCustomerScreen(core, this, route)
        is Route.OneCustomer -> CustomerScreen(core, this, route)
        is Route.AskForAccess -> AskScreen(core, this, route)
        is Route.Request -> RequestScreen(core, this, route)
        is Route.History -> HistoryScreen(core, this, route)
        is Route.Devices -> DevicesScreen(core, this, route)
        is Route.OneDevice -> OneDeviceScreen(core, this, route)
        is Route.AddDevice -> AddDeviceScreen(app, core, this, route) { core.profile.addDevice(route.section, route.site) }
        is Route.Adding -> AddDeviceScreen(app, core, this, route) { core.profile.resumeAddingDevice(route.id) }
    }
}
