package io.porchlight.screens

import io.porchlight.bridge.Act
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.changes
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch

internal data class HistoryState(
    val loading: Boolean = true,
    val acts: List<Act> = emptyList(),
    /** Where the next page begins; none: this is all. */
    val next: String? = null,
    val problem: PorchlightException? = null,
)

/** Who did what at this home; or what an installer did by one grant. */
internal class HistoryScreen(
    core: OpenCore,
    private val stack: Stack,
    override val route: Route.History,
) : Screen<HistoryState>(HistoryState()) {
    private val history = core.profile.history()

    init {
        scope.launch { history.changes().collectLatest { read(null) } }
    }

    override fun leave() {
        super.leave()
        history.destroy()
    }

    private suspend fun read(before: String?) = trying({ problem -> change { it.copy(loading = false, problem = problem) } }) {
        val page = history.page(route.grant, before, PAGE)
        change { HistoryState(false, if (before == null) page.acts else it.acts + page.acts, page.next) }
    }

    override fun build(page: Page): (HistoryState) -> Unit {
        val context = page.context
        page.bar(context.getString(R.string.history_title)) { stack.back() }
        val notice = page.notice()
        val spinner = page.spinner(R.string.waiting)
        val empty = page.text(Type.BODY, context.getString(R.string.history_empty), R.color.muted, 24)
        val list = context.column()
        page.content.put(list)
        val more = page.link(R.string.devices_more) { scope.launch { read(state.value.next) } }
        return { state ->
            spinner.shown(state.loading && state.problem == null)
            empty.shown(!state.loading && state.acts.isEmpty() && state.problem == null)
            more.shown(state.next != null)
            page.showProblem(FormState(problem = state.problem), notice, emptyMap())
            list.removeAllViews()
            state.acts.forEach { act ->
                list.put(context.textView(Type.BODY).apply { text = context.wordsFor(act) }, 16)
                list.put(context.textView(Type.SECONDARY, R.color.muted).apply { text = whoAndWhen(page, act) }, 2)
            }
        }
    }

    private fun whoAndWhen(page: Page, act: Act): String {
        val context = page.context
        val actor = act.actor
        val company = act.company
        val who = when {
            actor == null -> context.getString(R.string.act_by_service)
            company == null -> actor.fullName
            else -> context.getString(R.string.act_by_company, actor.fullName, company.name)
        }
        return context.getString(R.string.act_who_when, who, context.spell(act.at))
    }

    private companion object {
        const val PAGE = 50u
    }
}
