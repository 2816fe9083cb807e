package io.porchlight.screens

import android.text.InputType
import android.view.View
import io.porchlight.bridge.InputField
import io.porchlight.bridge.Language
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.SessionState
import io.porchlight.bridge.SignedOutReason
import java.util.Locale
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.launch

internal const val EMAIL = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_VARIATION_EMAIL_ADDRESS
internal const val PASSWORD = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_VARIATION_PASSWORD
internal const val NAME = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_CAP_WORDS

/** What a form that is sent shows: it is on its way, or what is wrong with it. */
internal data class FormState(
    val busy: Boolean = false,
    val problem: PorchlightException? = null,
    val notice: Int? = null,
    val tone: Tone = Tone.SUCCESS,
    val about: String = "",
) {
    /** What is wrong with one field. */
    fun wrong(field: InputField): PorchlightException.InvalidInput? = (problem as? PorchlightException.InvalidInput)?.takeIf { it.field == field }
}

/** Shows what is wrong at the field that it is about, else in the notice. */
internal fun Page.showProblem(state: FormState, notice: Notice, fields: Map<InputField, Field>) {
    for ((name, field) in fields) field.wrong(state.wrong(name)?.let { context.wordsFor(it.field, it.reason) })
    val elsewhere = state.problem?.takeIf { it !is PorchlightException.InvalidInput || it.field !in fields }
    if (elsewhere != null) {
        notice.show(Tone.DANGER, context.wordsFor(elsewhere), null, elsewhere.report, actionFor(elsewhere))
    } else {
        notice.show(state.tone, state.notice?.let { context.getString(it, state.about) }, null)
    }
    bringToSight(state.problem, notice)
}

/** What the words for a problem tell a person to do, where it can be done from here. */
internal fun Page.actionFor(problem: PorchlightException): Action? = when (problem) {
    is PorchlightException.Internal -> Action(R.string.settings_diagnostics) { (context as MainActivity).sendDiagnostics(problem.report) }
    is PorchlightException.UpdateRequired -> Action(R.string.update_action) { (context as MainActivity).openStore() }
    else -> null
}

internal class SignInScreen(private val core: OpenCore, private val stack: Stack) : Screen<FormState>(FormState()) {
    override val route = Route.SignIn

    init {
        scope.launch { core.sessionStates.filterNotNull().collect(::follow) }
    }

    private fun follow(session: SessionState) = change { state ->
        val reason = (session as? SessionState.SignedOut)?.reason
        val notice = when (reason) {
            SignedOutReason.ADDRESS_VERIFIED -> R.string.sign_in_address_verified
            SignedOutReason.SESSION_ENDED -> R.string.sign_in_session_ended
            SignedOutReason.ACCOUNT_DISABLED -> R.string.sign_in_account_disabled
            SignedOutReason.SECRETS_LOST -> R.string.sign_in_secrets_lost
            null -> null
        }
        val tone = if (reason == SignedOutReason.ADDRESS_VERIFIED) Tone.SUCCESS else Tone.WARNING
        state.copy(busy = session is SessionState.SigningIn, notice = notice, tone = tone)
    }

    override fun build(page: Page): (FormState) -> Unit {
        page.bar(page.context.getString(R.string.app_name))
        page.text(Type.TITLE, page.context.getString(R.string.sign_in_title), top = 24)
        val notice = page.notice()
        val email = page.field(R.string.field_email, EMAIL, View.AUTOFILL_HINT_EMAIL_ADDRESS)
        val password = page.field(R.string.field_password, PASSWORD, View.AUTOFILL_HINT_PASSWORD)
        page.link(R.string.password_forgot) { forgot(page.context as MainActivity) }
        val signIn = page.primary(R.string.sign_in_action) { signIn(email.words, password.words) }
        page.secondary(R.string.sign_in_register) { stack.go(Route.Register) }
        return { state ->
            signIn.isEnabled = !state.busy
            signIn.setText(if (state.busy) R.string.sign_in_busy else R.string.sign_in_action)
            page.showProblem(state, notice, mapOf(InputField.EMAIL to email, InputField.PASSWORD to password))
        }
    }

    /** A new one is chosen in the portal, by a mailed code. */
    private fun forgot(activity: MainActivity) {
        val place = activity.passwordPage
        if (activity.openBrowser(place)) return
        change { it.copy(problem = null, notice = R.string.password_no_browser, tone = Tone.WARNING, about = place) }
    }

    private fun signIn(email: String, password: String) {
        change { it.copy(problem = null) }
        attempt({ problem -> change { it.copy(problem = problem) } }) { core.session.signIn(email, password) }
    }
}

internal class RegisterScreen(private val core: OpenCore, private val stack: Stack) : Screen<FormState>(FormState()) {
    override val route = Route.Register

    override fun build(page: Page): (FormState) -> Unit {
        page.bar(page.context.getString(R.string.register_title)) { stack.back() }
        val notice = page.notice()
        val given = page.field(R.string.field_given_name, NAME, "personGivenName")
        val family = page.field(R.string.field_family_name, NAME, "personFamilyName")
        val email = page.field(R.string.field_email, EMAIL, View.AUTOFILL_HINT_EMAIL_ADDRESS)
        val password = page.field(R.string.field_new_password, PASSWORD, "newPassword")
        page.text(Type.SECONDARY, page.context.getString(R.string.register_password_rule), R.color.muted, 4)
        val register = page.primary(R.string.register_action) { register(email.words, password.words, given.words, family.words) }
        val fields = mapOf(
            InputField.GIVEN_NAME to given, InputField.FAMILY_NAME to family,
            InputField.EMAIL to email, InputField.PASSWORD to password,
        )
        return { state ->
            register.isEnabled = !state.busy
            register.setText(if (state.busy) R.string.register_busy else R.string.register_action)
            page.showProblem(state, notice, fields)
        }
    }

    private fun register(email: String, password: String, given: String, family: String) {
        change { FormState(busy = true) }
        attempt({ problem -> change { FormState(problem = problem) } }) {
            core.session.register(email, password, given, family, languageOfPhone())
        }
    }
}

/** For mail: one that we write in. */
internal fun languageOfPhone() = if (Locale.getDefault().language == "de") Language.GERMAN else Language.ENGLISH

internal class CodeScreen(private val core: OpenCore) : Screen<FormState>(FormState()) {
    override val route = Route.Code

    init {
        scope.launch { core.sessionStates.filterNotNull().collect(::follow) }
    }

    private fun follow(session: SessionState) = when (session) {
        is SessionState.CodeNeeded -> change { it.copy(busy = false, about = session.email) }
        is SessionState.Verifying -> change { it.copy(busy = true, about = session.email) }
        else -> Unit
    }

    override fun back(): Boolean {
        attempt({ problem -> change { it.copy(problem = problem) } }) { core.session.goBack() }
        return true
    }

    override fun build(page: Page): (FormState) -> Unit {
        page.bar(page.context.getString(R.string.code_title)) { back() }
        val sent = page.text(Type.BODY)
        val notice = page.notice()
        val code = page.field(R.string.field_code, InputType.TYPE_CLASS_NUMBER, "smsOTPCode")
        // A code that opens an account is not written into the state that the system keeps.
        code.edit.isSaveEnabled = false
        page.link(R.string.code_again) { askAgain() }
        val verify = page.primary(R.string.code_action) { verify(code.words) }
        return { state ->
            sent.text = page.context.getString(R.string.code_sent, state.about)
            verify.isEnabled = !state.busy
            page.showProblem(state, notice, mapOf(InputField.CODE to code))
        }
    }

    private fun verify(code: String) {
        change { it.copy(problem = null, notice = null) }
        attempt({ problem -> change { it.copy(problem = problem) } }) { core.session.verify(code) }
    }

    private fun askAgain() {
        change { it.copy(problem = null, notice = null) }
        attempt({ problem -> change { it.copy(problem = problem) } }) {
            core.session.askForNewCode()
            change { it.copy(notice = R.string.code_sent_again) }
        }
    }
}

/** Before anything can be known: the core opens, the phone is locked, or it does not open at all. */
internal class WaitingScreen(
    problem: PorchlightException? = null,
    private val words: Int = R.string.waiting,
    private val tryAgain: () -> Unit = {},
) : Screen<FormState>(FormState(problem = problem)) {
    override val route = Route.Waiting

    override fun build(page: Page): (FormState) -> Unit {
        page.bar(page.context.getString(R.string.app_name))
        val spinner = page.spinner(words)
        val notice = page.notice()
        if (state.value.problem != null) page.primary(R.string.remedy_try_again, tryAgain)
        return { state ->
            spinner.shown(state.problem == null)
            page.showProblem(state, notice, emptyMap())
        }
    }
}
