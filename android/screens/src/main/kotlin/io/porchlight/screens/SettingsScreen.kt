package io.porchlight.screens

import android.app.AlertDialog
import io.porchlight.bridge.Account
import io.porchlight.bridge.ConflictReason
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.SessionState
import io.porchlight.bridge.UnsentActs
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.launch

internal data class SettingsState(val account: Account? = null, val busy: Boolean = false, val problem: PorchlightException? = null) {
    /** How many things a sign-out would throw away: the person is asked first. */
    val unsent: Int? get() = ((problem as? PorchlightException.Conflict)?.reason as? ConflictReason.UnsentActs)?.count?.toInt()
}

internal class SettingsScreen(
    private val core: OpenCore,
    private val stack: Stack,
) : Screen<SettingsState>(SettingsState()) {
    override val route = Route.Settings

    init {
        scope.launch { core.sessionStates.filterNotNull().collect(::follow) }
    }

    private fun follow(session: SessionState) = change { state ->
        when (session) {
            is SessionState.SignedIn -> state.copy(account = session.account, busy = false)
            else -> state.copy(busy = session is SessionState.SigningOut)
        }
    }

    override fun build(page: Page): (SettingsState) -> Unit {
        val context = page.context
        page.bar(context.getString(R.string.settings_title))
        val name = page.text(Type.SECTION, top = 16)
        val email = page.text(Type.BODY, color = R.color.muted)
        val notice = page.notice()
        page.link(R.string.settings_diagnostics) { (context as MainActivity).sendDiagnostics() }
        page.text(Type.SECONDARY, context.getString(R.string.settings_diagnostics_what), R.color.muted)
        val signOut = page.link(R.string.settings_sign_out) { signOut(UnsentActs.REFUSE) }
        page.text(Type.CAPTION, context.getString(R.string.settings_version, context.getString(R.string.configuration_version)), R.color.muted, 24)
        page.tabs(Route.Settings, stack)
        var asked: PorchlightException? = null
        return { state ->
            name.text = state.account?.let { "${it.givenName} ${it.familyName}" }.orEmpty()
            email.text = state.account?.email.orEmpty()
            signOut.isEnabled = !state.busy
            signOut.setText(if (state.busy) R.string.settings_signing_out else R.string.settings_sign_out)
            page.showProblem(FormState(problem = state.problem.takeIf { state.unsent == null }), notice, emptyMap())
            if (state.unsent != null && state.problem !== asked) askToDiscard(page, state.unsent ?: 0)
            asked = state.problem
        }
    }

    private fun signOut(unsent: UnsentActs) {
        change { it.copy(problem = null) }
        attempt({ problem -> change { it.copy(problem = problem) } }) { core.session.signOut(unsent) }
    }

    /** Whoever says no is not asked again by a rotation. */
    private fun askToDiscard(page: Page, count: Int) {
        AlertDialog.Builder(page.context)
            .setTitle(R.string.settings_unsent_title)
            .setMessage(page.context.resources.getQuantityString(R.plurals.error_unsent_acts, count, count))
            .setPositiveButton(R.string.settings_sign_out_discard) { _, _ -> signOut(UnsentActs.DISCARD) }
            .setNegativeButton(R.string.cancel) { dialog, _ -> dialog.cancel() }
            .setOnCancelListener { change { it.copy(problem = null) } }
            .show()
    }
}
