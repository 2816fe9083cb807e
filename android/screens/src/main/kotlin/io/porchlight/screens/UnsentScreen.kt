package io.porchlight.screens

import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.UnsentAct
import kotlinx.coroutines.launch

internal data class UnsentState(val acts: List<UnsentAct> = emptyList(), val busy: Boolean = false, val problem: PorchlightException? = null)

/** What this phone still owed the cloud when accesses ended, without secrets, until the person has noted it. */
internal class UnsentScreen(private val acting: Acting, private val stack: Stack) : Screen<UnsentState>(UnsentState()) {
    override val route = Route.Unsent

    init {
        scope.launch { acting.unsent.collect { acts -> change { it.copy(acts = acts) } } }
    }

    override fun build(page: Page): (UnsentState) -> Unit {
        val context = page.context
        page.bar(context.getString(R.string.acting_unsent)) { stack.back() }
        page.text(Type.SECTION, context.getString(R.string.unsent_title), top = 16)
        page.text(Type.BODY, context.getString(R.string.unsent_body), R.color.muted)
        val notice = page.notice()
        val list = context.column()
        page.content.put(list, 8)
        val forget = page.primary(R.string.unsent_forget) { forget() }
        return { state ->
            list.removeAllViews()
            state.acts.forEach { act ->
                list.put(context.textView(Type.BODY).apply { text = context.getString(R.string.unsent_device, act.name, act.serial, act.subject.fullName) }, 12)
            }
            forget.isEnabled = !state.busy
            page.showProblem(FormState(problem = state.problem), notice, emptyMap())
        }
    }

    private fun forget() {
        change { it.copy(busy = true, problem = null) }
        attempt({ problem -> change { it.copy(busy = false, problem = problem) } }) {
            acting.forgetUnsent()
            stack.leaveTop()
        }
    }
}
