package io.porchlight.screens

import io.porchlight.bridge.DelegatedState
import io.porchlight.bridge.HandoffState
import io.porchlight.bridge.PorchlightException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch
import io.porchlight.bridge.Acting as ActingNow

/** What is on the screen; in whose account that is, if it is a customer's; and what stands above it, if it is the person's own. */
internal class OnTop(val screen: Screen<*>, val acting: ActingNow? = null, val news: News? = null)

/**
 * The person's own screens, and those of a customer's account while this phone acts there. A link of the partner app, and
 * the end of the access, come before both. It outlives a rotation.
 */
internal class Stacks(
    private val app: PorchlightApplication,
    opening: Opening.Open,
    kept: List<Route>,
    /** What the process before this one was adding in a customer's account, until this one is there too. */
    private var keptTheirs: KeptTheirs?,
) {
    private val core = opening.core
    private val acting = opening.acting
    private val own = Stack(app, core, acting, kept)
    private val theirs = MutableStateFlow<Theirs?>(null)
    private val scope: CoroutineScope = MainScope()
    private val news = OwnNews(core, acting, own, scope).news
    private var alone: OnTop? = null

    init {
        scope.launch { acting.states.filterNotNull().collect(::enter) }
        scope.launch { core.accessChanges.collectLatest { showRequests() } }
    }

    /** What the session says, as long as somebody looks. */
    fun follow(looking: CoroutineScope) = looking.launch { core.sessionStates.filterNotNull().collect(own::follow) }

    @OptIn(ExperimentalCoroutinesApi::class)
    val shown: Flow<OnTop> = combine(acting.handoffStates, acting.states, theirs) { handoff, delegated, theirs ->
        alone = aloneFor(handoff, delegated)
        alone?.let(::flowOf) ?: theirs?.shown(delegated) ?: own.top.filterNotNull().map { OnTop(it, news = news) }
    }.flatMapLatest { it }.distinctUntilChanged { former, next ->
        // What is there already is not built again: a password that is being typed is nowhere else.
        former.screen === next.screen && former.acting == next.acting
    }

    /** What comes before all other screens: a link that waits for its tap, the news that an access is over. */
    private fun aloneFor(handoff: HandoffState?, delegated: DelegatedState?): OnTop? = when {
        handoff != null && handoff !is HandoffState.Idle && handoff !is HandoffState.Opened ->
            alone?.takeIf { it.screen is HandoffScreen } ?: OnTop(HandoffScreen(acting))
        delegated is DelegatedState.Ended -> alone?.takeIf { it.screen is ActingEndedScreen } ?: OnTop(ActingEndedScreen(acting, ActingEndedState(delegated, hasPartnerApp())))
        else -> {
            alone?.screen?.leave()
            null
        }
    }

    private fun hasPartnerApp() = app.takesHandoffs && app.partnerApp().isThere

    private fun enter(state: DelegatedState) {
        val now = state.now
        if (now?.grant?.id == theirs.value?.now?.grant?.id && now?.until == theirs.value?.now?.until) return
        val former = theirs.value
        theirs.value = now?.let(::theirsOf)
        former?.close()
    }

    private fun theirsOf(now: ActingNow): Theirs? {
        val profile = acting.session.profile() ?: return null
        val scope = MainScope()
        val former = keptTheirs?.takeIf { it.grant == now.grant.id }
        keptTheirs = null
        return Theirs(app, acting, now, OpenCore(core.porchlight, scope, profile), scope, former)
    }

    /** Where nobody is signed in, the next change asks again. */
    private suspend fun showRequests() = attemptNow { own.show(core.requests.waiting().map { it.id }) }

    /** Of whatever is on the screen. */
    val top: Screen<*>? get() = alone?.screen ?: current.top.value

    /** What the system may keep: the person's own way, and what is being added in a customer's account. */
    val routes: List<Route> get() = own.routes
    val theirRoutes: KeptTheirs? get() = theirs.value?.kept() ?: keptTheirs

    private val current: Stack get() = theirs.value?.stack ?: own

    fun back(): Boolean = alone?.screen?.back() ?: (theirs.value?.isCovered(acting.states.value) != true && current.back())

    /** A link was opened in the app; the core says what it is. */
    fun take(link: String) = attempt { acting.handoff.takeLink(link) }

    /** The installer is done in the customer's account. */
    fun leave() = attempt { acting.session.leave() }

    private fun attempt(deed: suspend () -> Unit) {
        scope.launch { attemptNow(deed) }
    }

    private suspend fun attemptNow(deed: suspend () -> Unit) = try {
        deed()
    } catch (_: PorchlightException) {
        // The state that follows says what became of it.
    }

    fun close() {
        scope.cancel()
        alone?.screen?.leave()
        own.close()
        theirs.value?.close()
    }
}
