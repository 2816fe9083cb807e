package io.porchlight.screens

import android.view.View
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import io.porchlight.bridge.Grant
import io.porchlight.bridge.GrantSide
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.SessionState
import io.porchlight.bridge.UnsentAct
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/** What a person is to know on whichever of their own screens they are. */
internal data class NewsState(
    /** Who may work in the account now. */
    val grants: List<Grant> = emptyList(),
    /** What this phone did not send any more when accesses ended; said on the first screen. */
    val unsent: List<UnsentAct> = emptyList(),
    val busy: Boolean = false,
    val problem: PorchlightException? = null,
) {
    /** The grants of one person end by one tap; of several, the person chooses whose. */
    val isOneActor: Boolean get() = actors.size == 1
    val actors: Set<String> get() = grants.mapTo(HashSet()) { it.actor.id }
}

/** What can be done about it. */
internal enum class NewsDeed { END_ACCESS, SHOW_ACCESS, SHOW_UNSENT }

internal class News(val state: StateFlow<NewsState>, val act: (NewsDeed) -> Unit)

/** Hears of it from the core, as long as somebody's own screens are there. */
internal class OwnNews(private val core: OpenCore, private val acting: Acting, private val own: Stack, private val scope: CoroutineScope) {
    private val states = MutableStateFlow(NewsState())
    val news = News(states, ::act)

    init {
        // Where the acting ends, and where another person signs in: whatever is listed then is shown.
        scope.launch {
            combine(acting.states, core.sessionStates) { _, _ -> }.collectLatest { orNothing { acting.readUnsent() } }
        }
        scope.launch { acting.unsent.collect { unsent -> states.update { it.copy(unsent = unsent) } } }
        if (own.home == Route.Home) scope.launch {
            combine(core.accessChanges, core.sessionStates) { _, session -> session }.collectLatest(::readGrants)
        }
    }

    private suspend fun readGrants(session: SessionState?) {
        if (session !is SessionState.SignedIn) return states.update { it.copy(grants = emptyList(), problem = null) }
        orNothing {
            val grants = core.grants.window(GrantSide.GIVEN, false, 0u, MOST).items
            states.update { it.copy(grants = grants, problem = null) }
        }
    }

    private fun act(deed: NewsDeed) = when (deed) {
        NewsDeed.END_ACCESS -> endAccess()
        NewsDeed.SHOW_ACCESS -> own.goToTab(Route.People)
        NewsDeed.SHOW_UNSENT -> own.go(Route.Unsent)
    }

    /** All that the one person has. */
    private fun endAccess() {
        val grants = states.value.grants
        states.update { it.copy(busy = true, problem = null) }
        scope.launch {
            val problem = try {
                grants.forEach { core.grants.end(it.id) }
                null
            } catch (problem: PorchlightException) {
                problem
            }
            states.update { it.copy(busy = false, problem = problem) }
        }
    }

    /** The list that shows the same says what is wrong; the next change asks again. */
    private suspend fun orNothing(deed: suspend () -> Unit) = try {
        deed()
    } catch (_: PorchlightException) {
    }

    private companion object {
        const val MOST = 200u
    }
}

/** Above a person's own screen: who may work in the account; on the first one, what was not sent. */
internal fun Page.news(news: News, screen: Route): (NewsState) -> Unit {
    val working = if (screen in BEFORE_SIGN_IN) null else AccentBanner(this, mayScroll = true)
    val unsent = if (screen in FIRST) Notice(context).also { content.addView(it.view, 0) } else null
    return { state ->
        working?.say(state, news.act)
        val title = context.getString(R.string.unsent_title).takeIf { state.unsent.isNotEmpty() }
        unsent?.show(Tone.WARNING, title, title?.let { context.getString(R.string.unsent_body) }, action = Action(R.string.grants_show) { news.act(NewsDeed.SHOW_UNSENT) })
    }
}

private val BEFORE_SIGN_IN = setOf(Route.Waiting, Route.SignIn, Route.Register, Route.Code)

/** Where an installer begins, whether or not they are signed in themselves. */
private val FIRST = setOf(Route.SignIn, Route.Home, Route.Customers)

private fun AccentBanner.say(state: NewsState, act: (NewsDeed) -> Unit) {
    val last = state.grants.maxByOrNull { it.expiresAt }
    view.shown(last != null)
    if (last == null) return
    val words = if (state.isOneActor) {
        context.getString(R.string.grant_working, last.actor.fullName, last.company.name, context.spell(last.expiresAt))
    } else {
        context.getString(R.string.grants_working, state.actors.size)
    }
    val end = if (state.isOneActor) R.string.grant_end else R.string.grants_show
    show(words, end, state.problem?.let(context::wordsFor)) { act(if (state.isOneActor) NewsDeed.END_ACCESS else NewsDeed.SHOW_ACCESS) }
    button.isEnabled = !state.busy
    button.contentDescription = context.getString(R.string.grant_end_of, last.actor.fullName).takeIf { state.isOneActor }
}

/** The porch light: somebody else is acting here. Who, and the one thing to be done about it. It cannot be dismissed. */
internal class AccentBanner(page: Page, mayScroll: Boolean = false) {
    val context = page.context
    private val words = context.textView(Type.SECONDARY, R.color.accent)
    private val problem = Problem(context)
    val button = context.button(R.string.acting_end, R.color.accent, null) { press() }
    private var press: () -> Unit = {}
    private val row = context.row().apply {
        addView(context.icon(R.drawable.ic_porch, R.color.accent, 24))
        putWide(words, 12)
    }
    val view = context.column().apply {
        setBackgroundColor(context.getColor(R.color.accent_soft))
        setPadding(context.dp(16), context.dp(8), context.dp(8), if (context.isLow) 0 else context.dp(8))
        put(row)
        put(problem.view)
        // Beside a button, large letters would take more lines than such a screen has.
        if (context.isLow) put(button) else row.addView(button, LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT).apply { marginStart = context.dp(8) })
        accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
    }

    init {
        page.banner(view, mayScroll)
    }

    fun show(words: CharSequence, action: Int, problem: CharSequence?, press: () -> Unit) {
        this.words.say(words)
        button.setText(action)
        button.id = action
        this.press = press
        this.problem.say(problem)
    }
}
