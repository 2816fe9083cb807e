package io.porchlight.screens

import io.porchlight.bridge.AccessEnd
import io.porchlight.bridge.DelegatedSession
import io.porchlight.bridge.DelegatedState
import io.porchlight.bridge.HandoffFlow
import io.porchlight.bridge.HandoffState
import io.porchlight.bridge.Porchlight
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.states
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.SharingStarted
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.stateIn
import io.porchlight.bridge.Acting as ActingNow

/** What concerns this phone, whoever is signed in: links of the partner app, and acting in a customer's account. */
internal class Acting(porchlight: Porchlight, scope: CoroutineScope) {
    val handoff: HandoffFlow = porchlight.handoff()
    val session: DelegatedSession = porchlight.delegatedSession()
    val handoffStates: StateFlow<HandoffState?> = handoff.states().stateIn(scope, SharingStarted.Eagerly, null)
    val states: StateFlow<DelegatedState?> = session.states().stateIn(scope, SharingStarted.Eagerly, null)

    fun close() = listOf(handoff, session).forEach { it.destroy() }
}

/** Who acts for whom now; nobody before it began and after it ended. */
internal val DelegatedState?.now: ActingNow?
    get() = when (this) {
        is DelegatedState.Active -> acting
        is DelegatedState.Locked -> acting
        is DelegatedState.Nobody, is DelegatedState.Ended, null -> null
    }

/** On every screen of a customer's account: whose it is, until when, and the way out. It cannot be dismissed. */
internal fun Page.actingBanner(acting: ActingNow, onEnd: () -> Unit) {
    val words = context.getString(R.string.acting_banner, acting.grant.subject.fullName, acting.grant.company.name, context.spell(acting.until))
    val end = context.button(R.string.acting_end, R.color.accent, null, onEnd)
    val row = context.row().apply {
        addView(context.icon(R.drawable.ic_porch, R.color.accent, 24))
        putWide(context.textView(Type.SECONDARY, R.color.accent).apply { text = words }, 12)
        if (!context.isLow) addView(end)
    }
    banner(
        context.column().apply {
            setBackgroundColor(context.getColor(R.color.accent_soft))
            setPadding(context.dp(16), context.dp(8), context.dp(8), if (context.isLow) 0 else context.dp(8))
            put(row)
            // Beside a button, large letters would take more lines than such a screen has.
            if (context.isLow) put(end)
        },
    )
}

/** The cloud was out of reach for too long: what is the customer's is covered until it is there again. */
internal class LockedScreen : Screen<Unit>(Unit) {
    override val route = Route.Waiting

    override fun build(page: Page): (Unit) -> Unit {
        page.bar(page.context.getString(R.string.app_name))
        page.text(Type.SECTION, page.context.getString(R.string.acting_locked_title), top = 32)
        page.text(Type.BODY, page.context.getString(R.string.acting_locked_body), R.color.muted)
        return {}
    }
}

internal data class ActingEndedState(val ended: DelegatedState.Ended, val problem: PorchlightException? = null)

/** The access is over, and everything about it on this phone is gone: who ended it, when, and what was not sent. */
internal class ActingEndedScreen(private val acting: Acting, ended: DelegatedState.Ended) : Screen<ActingEndedState>(ActingEndedState(ended)) {
    override val route = Route.Waiting

    override fun back(): Boolean {
        dismiss()
        return true
    }

    private fun dismiss() = attempt({ problem -> change { it.copy(problem = problem) } }) {
        acting.session.forgetUnsent()
        acting.session.dismiss()
    }

    override fun build(page: Page): (ActingEndedState) -> Unit {
        val context = page.context
        page.bar(context.getString(R.string.app_name))
        val title = page.text(Type.TITLE, top = 32)
        val why = page.text(Type.BODY, top = 12)
        val unsentTitle = page.text(Type.SECTION, context.getString(R.string.acting_unsent), top = 24)
        val unsent = page.text(Type.BODY)
        val notice = page.notice()
        page.primary(R.string.acting_done) { dismiss() }
        return { state ->
            val grant = state.ended.acting.grant
            title.text = context.getString(R.string.acting_ended_title, grant.subject.fullName)
            why.text = context.getString(whyEnded(state.ended.why), grant.subject.fullName, context.spell(state.ended.at))
            unsentTitle.shown(state.ended.unsent.isNotEmpty())
            unsent.say(state.ended.unsent.joinToString("\n") { context.getString(R.string.acting_unsent_device, it.name, it.serial) }.ifEmpty { null })
            page.showProblem(FormState(problem = state.problem), notice, emptyMap())
        }
    }
}

private fun whyEnded(why: AccessEnd): Int = when (why) {
    AccessEnd.REVOKED -> R.string.acting_ended_revoked
    AccessEnd.EXPIRED -> R.string.acting_ended_expired
    AccessEnd.ACTOR_DISABLED -> R.string.acting_ended_actor
    AccessEnd.SUBJECT_DISABLED -> R.string.acting_ended_subject
    AccessEnd.SESSION_ENDED -> R.string.acting_ended_session
    AccessEnd.LEFT -> R.string.acting_ended_left
}
