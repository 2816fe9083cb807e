package io.porchlight.screens

import io.porchlight.bridge.Grant
import io.porchlight.bridge.HandoffRefusal
import io.porchlight.bridge.HandoffState
import io.porchlight.bridge.LinkException
import io.porchlight.bridge.PorchlightException
import java.time.Instant
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.launch

internal data class HandoffScreenState(
    val handoff: HandoffState = HandoffState.Reading,
    val problem: PorchlightException? = null,
    val noPartnerApp: Boolean = false,
)

/** A link of the partner app: who will work in whose account, on what, until when; one tap. */
internal class HandoffScreen(private val acting: Acting) : Screen<HandoffScreenState>(HandoffScreenState()) {
    override val route = Route.Waiting

    init {
        scope.launch { acting.handoffStates.filterNotNull().collect { handoff -> change { HandoffScreenState(handoff) } } }
    }

    override fun back(): Boolean {
        attemptAlone { acting.handoff.dismiss() }
        return true
    }

    private fun attemptAlone(deed: suspend () -> Unit) = attempt({ problem -> change { it.copy(problem = problem) } }, deed)

    private fun openPartnerApp(activity: MainActivity) = try {
        activity.openPartnerApp()
        back()
    } catch (_: LinkException.AppMissing) {
        change { it.copy(noPartnerApp = true) }
    }

    override fun build(page: Page): (HandoffScreenState) -> Unit {
        val context = page.context
        page.bar(context.getString(R.string.handoff_title))
        val who = page.text(Type.SECTION, top = 24)
        val until = page.text(Type.BODY)
        val what = page.text(Type.BODY, top = 12)
        val permissions = page.text(Type.BODY)
        val instead = page.notice(Tone.WARNING)
        val notice = page.notice()
        val spinner = page.spinner(R.string.handoff_opening)
        val confirm = page.primary(R.string.handoff_confirm) { attemptAlone { acting.handoff.confirm() } }
        val partner = page.primary(R.string.handoff_partner_app) { openPartnerApp(context as MainActivity) }
        val dismiss = page.secondary(R.string.cancel) { back() }
        return { state ->
            val grant = grantOf(state.handoff)
            who.say(grant?.let { context.getString(R.string.handoff_who, it.actor.fullName, it.company.name, it.subject.fullName) })
            until.say(untilOf(state.handoff)?.let { context.getString(R.string.handoff_until, context.spell(it)) })
            what.say(grant?.let(context::scopeOf))
            permissions.say(grant?.let { context.permissionsOf(it.permissions) })
            val former = (state.handoff as? HandoffState.Confirm)?.insteadOf
            instead.show(Tone.WARNING, former?.let { context.getString(R.string.handoff_instead, it.grant.subject.fullName) }, null)
            val isBusy = state.handoff is HandoffState.Opening || state.handoff is HandoffState.Reading
            spinner.shown(isBusy)
            confirm.shown(state.handoff is HandoffState.Confirm || state.handoff is HandoffState.Unreached)
            confirm.setText(if (state.handoff is HandoffState.Unreached) R.string.remedy_try_again else R.string.handoff_confirm)
            dismiss.shown(!isBusy)
            val refused = state.handoff as? HandoffState.Refused
            partner.shown(refused != null && remedyFor(refused.reason) != null)
            when {
                state.noPartnerApp -> notice.show(Tone.DANGER, context.getString(R.string.handoff_partner_app_missing), null)
                refused != null -> notice.show(Tone.DANGER, context.getString(titleOf(refused.reason)), remedyFor(refused.reason)?.let(context::getString), reportOf(refused.reason))
                state.handoff is HandoffState.Unreached -> notice.show(Tone.WARNING, context.getString(R.string.error_server_unavailable), null)
                else -> page.showProblem(FormState(problem = state.problem), notice, emptyMap())
            }
        }
    }
}

private fun grantOf(state: HandoffState): Grant? = when (state) {
    is HandoffState.Confirm -> state.grant
    is HandoffState.Opening -> state.grant
    is HandoffState.Unreached -> state.grant
    is HandoffState.Opened -> state.grant
    is HandoffState.Idle, is HandoffState.Reading, is HandoffState.Refused -> null
}

/** When the session ends at the latest, said before it begins. */
private fun untilOf(state: HandoffState): Instant? = when (state) {
    is HandoffState.Confirm -> state.until
    is HandoffState.Opening -> state.until
    is HandoffState.Unreached -> state.until
    is HandoffState.Opened, is HandoffState.Idle, is HandoffState.Reading, is HandoffState.Refused -> null
}

private fun titleOf(reason: HandoffRefusal): Int = when (reason) {
    is HandoffRefusal.NotALink -> R.string.handoff_not_a_link
    is HandoffRefusal.NotInitiatedHere -> R.string.handoff_not_here
    is HandoffRefusal.TooLate -> R.string.handoff_too_late
    is HandoffRefusal.AccessOver -> R.string.handoff_over
    is HandoffRefusal.PhoneLocked -> R.string.waiting_locked
    is HandoffRefusal.UpdateRequired -> R.string.error_update_required
    is HandoffRefusal.Internal -> R.string.error_internal
}

/** What to do in the partner app; nothing there helps against the others. */
private fun remedyFor(reason: HandoffRefusal): Int? = when (reason) {
    is HandoffRefusal.AccessOver -> R.string.handoff_ask_again
    is HandoffRefusal.NotALink, is HandoffRefusal.NotInitiatedHere, is HandoffRefusal.TooLate -> R.string.handoff_link_again
    is HandoffRefusal.PhoneLocked, is HandoffRefusal.UpdateRequired, is HandoffRefusal.Internal -> null
}

private fun reportOf(reason: HandoffRefusal): String? = (reason as? HandoffRefusal.Internal)?.reportId
