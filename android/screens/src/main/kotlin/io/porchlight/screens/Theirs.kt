package io.porchlight.screens

import io.porchlight.bridge.DelegatedState
import io.porchlight.bridge.Permission
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.SessionState
import io.porchlight.bridge.SiteChoice
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch
import io.porchlight.bridge.Acting as ActingNow

/** What the system may keep of a customer's account: by which grant, where a device is added, and the flows that add one. Ids only. */
internal data class KeptTheirs(val grant: String, val site: String?, val adding: List<Route>) {
    fun texts(): List<String> = listOf(grant, site.orEmpty()) + adding.map { it.text() }

    companion object {
        /** Reads what [texts] wrote. */
        fun of(texts: List<String>): KeptTheirs? = texts.takeIf { it.size >= 2 }
            ?.let { KeptTheirs(it[0], it[1].ifEmpty { null }, it.drop(2).mapNotNull(Route::of).filterIsInstance<Route.Adding>()) }
    }
}

/** The screens of the account that somebody works in. */
internal class Theirs(
    app: PorchlightApplication,
    acting: Acting,
    val now: ActingNow,
    private val core: OpenCore,
    private val scope: CoroutineScope,
    former: KeptTheirs?,
) {
    val stack = Stack(app, core, acting, emptyList(), now)

    /** Where a device is added while the lists are closed. */
    private var site: String? = former?.site

    init {
        stack.go(Route.Home)
        scope.launch { combine(core.siteChanges, core.place) { _, place -> place.site?.id }.collectLatest(::rememberSite) }
        if (former != null) scope.launch { goOn(former.adding) }
    }

    /** The site that the core would choose; covered lists choose none, and then it stays what it was. */
    private suspend fun rememberSite(chosen: String?) = try {
        site = when (val choice = core.sites.choice(chosen)) {
            is SiteChoice.Use -> choice.site.id
            is SiteChoice.Ask -> choice.sites.first().id
            is SiteChoice.Make -> null
        }
    } catch (_: PorchlightException) {
        // It is said where it is asked for.
    }

    /** What the process before this one was adding. */
    private suspend fun goOn(adding: List<Route>) {
        core.sessionStates.filterNotNull().first { it is SessionState.SignedIn }
        if (stack.routes.size == 1) adding.forEach(stack::go)
    }

    /** What is on the screen: while the cloud is out of reach for too long, what is being added, and nothing else. */
    fun shown(state: DelegatedState?): Flow<OnTop> = stack.top.filterNotNull().map { top ->
        OnTop(if (state is DelegatedState.Locked && top !is AddDeviceScreen) LockedScreen(adding()) else top, now)
    }

    fun isCovered(state: DelegatedState?) = state is DelegatedState.Locked && stack.top.value !is AddDeviceScreen

    private fun adding(): (() -> Unit)? = site?.takeIf { stack.may(Permission.DEVICE_ADD) }
        ?.let { site -> { stack.go(Route.AddDevice(core.place.value.section, site)) } }

    fun kept() = KeptTheirs(now.grant.id, site, stack.routes.filterIsInstance<Route.Adding>())

    fun close() {
        stack.close()
        scope.cancel()
        core.close()
    }
}
