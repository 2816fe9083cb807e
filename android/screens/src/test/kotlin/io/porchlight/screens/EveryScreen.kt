package io.porchlight.screens

import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.RadioButton
import io.porchlight.bridge.Acting
import io.porchlight.bridge.AddDeviceState
import io.porchlight.bridge.ConflictReason
import io.porchlight.bridge.DeviceSection
import io.porchlight.bridge.InputField
import io.porchlight.bridge.InputReason
import io.porchlight.bridge.LabelProgress
import io.porchlight.bridge.LabelReading
import io.porchlight.bridge.NotAllowedReason
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.PresenceProof
import io.porchlight.bridge.ScanProblem
import java.time.Duration
import java.time.Instant

/** A screen in one of its states. */
internal class Shot<S : Any>(
    val name: String,
    val make: (Studio) -> Screen<S>,
    /** The state to draw; none: the screen's own. */
    val state: S? = null,
    /** Where letters are large, what this state is about lies below what the screen shows at first. */
    val atEnd: Boolean = false,
    /** In whose account the screen is, when it is a customer's. */
    val acting: Acting? = null,
    /** What stands above it, when it is the person's own. */
    val news: NewsState? = null,
    /** What a person did to the views. */
    val then: MainActivity.() -> Unit = {},
)

/** Every screen in every state: what pictures are made of, and what is looked through for cut words and lost names. */
internal val everyScreen: List<Shot<*>> by lazy { waiting() + signingIn() + home() + devices() + rest() + adding() + everyAccessScreen() }

internal val offline = PorchlightException.Offline()
internal val broken = PorchlightException.Internal("7f3a-20c1")
internal fun wrong(field: InputField, reason: InputReason) = PorchlightException.InvalidInput(field, reason)

private fun waiting(): List<Shot<*>> = listOf(
    Shot("waiting", { WaitingScreen() }),
    Shot("waiting-locked", { WaitingScreen(words = R.string.waiting_locked) }),
    Shot("waiting-failed", { WaitingScreen(broken) }),
    Shot("waiting-report", { WaitingScreen(broken) }) { press(R.string.report_details) },
)

private fun signingIn(): List<Shot<*>> {
    fun signIn(what: String, state: FormState) = Shot("sign-in-$what", { SignInScreen(it.core, it.stack) }, state)
    fun register(what: String, state: FormState) = Shot("register-$what", { RegisterScreen(it.core, it.stack) }, state)
    fun code(what: String, state: FormState) = Shot("code-$what", { CodeScreen(it.core) }, state.copy(about = "kim.lee@example.org"))
    fun refused(reason: NotAllowedReason) = FormState(problem = PorchlightException.NotAllowed(reason))
    return listOf(
        signIn("empty", FormState()),
        signIn("busy", FormState(busy = true)),
        signIn("address-verified", FormState(notice = R.string.sign_in_address_verified)),
        signIn("session-ended", FormState(notice = R.string.sign_in_session_ended, tone = Tone.WARNING)),
        signIn("secrets-lost", FormState(notice = R.string.sign_in_secrets_lost, tone = Tone.WARNING)),
        signIn("no-browser", FormState(notice = R.string.password_no_browser, tone = Tone.WARNING, about = "https://api.porchlight.example/password")),
        signIn("wrong", refused(NotAllowedReason.WrongCredentials)),
        signIn("disabled", refused(NotAllowedReason.AccountDisabled)),
        signIn("too-often", refused(NotAllowedReason.TooOften(Duration.ofMinutes(4)))),
        signIn("no-email", FormState(problem = wrong(InputField.EMAIL, InputReason.NOT_ALLOWED))),
        signIn("offline", FormState(problem = offline)),
        signIn("unavailable", FormState(problem = PorchlightException.ServerUnavailable(null))),
        signIn("update", FormState(problem = PorchlightException.UpdateRequired())),
        register("empty", FormState()),
        Shot("register-password-shown", { RegisterScreen(it.core, it.stack) }, atEnd = true) { typePassword() },
        register("busy", FormState(busy = true)),
        register("short-password", FormState(problem = wrong(InputField.PASSWORD, InputReason.TOO_SHORT))),
        register("common-password", FormState(problem = wrong(InputField.PASSWORD, InputReason.NOT_ALLOWED))),
        register("offline", FormState(problem = offline)),
        code("empty", FormState()),
        code("busy", FormState(busy = true)),
        code("wrong", FormState(problem = wrong(InputField.CODE, InputReason.WRONG_CODE))),
        code("sent-again", FormState(notice = R.string.code_sent_again)),
    )
}

private fun home(): List<Shot<*>> {
    fun home(what: String, state: HomeState) = Shot("home-$what", { HomeScreen(it.core, it.stack) }, state)
    val known = HomeState(loading = false, sites = sites, place = Place(site = sites.first()), devices = 4, age = ListAge(Instant.now()))
    return listOf(
        home("loading", HomeState()),
        home("no-site", HomeState(loading = false, age = ListAge(Instant.now()))),
        home("site", known),
        home("all-sites", known.copy(place = Place(DeviceSection.ENERGY), devices = 1)),
        home("connecting", known.copy(age = ListAge(moment, isConnecting = true))),
        home("old", known.copy(age = ListAge(moment, isOld = true))),
        home("broken", HomeState(problem = broken)),
    )
}

private fun devices(): List<Shot<*>> {
    fun devices(what: String, state: DevicesState) =
        Shot("devices-$what", { DevicesScreen(it.core, it.stack, Route.Devices(DeviceSection.VIDEO, null)) }, state)
    fun device(what: String, state: OneDeviceState) =
        Shot("device-$what", { OneDeviceScreen(it.core, it.stack, Route.OneDevice(gate.id)) }, state)
    val known = DevicesState(false, lines, lines.size, sites.associate { it.id to it.name }, ListAge(Instant.now()))
    return listOf(
        devices("loading", DevicesState()),
        devices("empty", known.copy(lines = emptyList(), total = 0)),
        devices("list", known),
        devices("connecting", known.copy(age = ListAge(moment, isConnecting = true))),
        devices("old", known.copy(age = ListAge(moment, isOld = true))),
        devices("broken", DevicesState(problem = broken)),
        devices("more", known.copy(lines = lines + lines, total = 1_000)),
        device("online", OneDeviceState(gate, sites.first().name)),
        device("busy", OneDeviceState(gate, sites.first().name, busy = true)),
        Shot("device-remove", { OneDeviceScreen(it.core, it.stack, Route.OneDevice(gate.id)) }) { press(R.string.device_remove) },
        device("gone", OneDeviceState(gate, sites.first().name, problem = PorchlightException.NotFound())),
        device("no-name", OneDeviceState(gate, sites.first().name, problem = wrong(InputField.NAME, InputReason.EMPTY))),
    )
}

private fun rest(): List<Shot<*>> = listOf(
    Shot("new-site-empty", { NewSiteScreen(it.core, it.stack) }, NewSiteState(zone = "Europe/Berlin")),
    Shot("new-site-no-name", { NewSiteScreen(it.core, it.stack) }, NewSiteState(zone = "Europe/Berlin", problem = wrong(InputField.NAME, InputReason.EMPTY))),
    Shot("new-site-offline", { NewSiteScreen(it.core, it.stack) }, NewSiteState(zone = "America/Argentina/ComodRivadavia", problem = offline)),
    Shot("new-site-zones", { NewSiteScreen(it.core, it.stack) }, NewSiteState(zone = "Europe/Berlin")) { press(R.string.field_time_zone) },
    Shot("settings-unsent", { SettingsScreen(it.core, it.stack) }, SettingsState(kim, problem = PorchlightException.Conflict(ConflictReason.UnsentActs(2u)))),
    Shot("settings", { SettingsScreen(it.core, it.stack) }, SettingsState(kim)),
    Shot("settings-signing-out", { SettingsScreen(it.core, it.stack) }, SettingsState(kim, busy = true), atEnd = true),
    Shot("settings-not-now", { SettingsScreen(it.core, it.stack) }, SettingsState(kim, problem = PorchlightException.Conflict(ConflictReason.NotNow))),
)

private fun adding(): List<Shot<*>> = listOf(Shot("add-opening", { it.adding(AddDeviceState.Ended) }, AddingState())) +
    scanning() + typing() + confirming() + details() + outcomes()

private fun scanning(): List<Shot<*>> {
    fun scan(what: String, label: LabelProgress, then: AddDeviceScreen.() -> Unit = { allowed(CameraAccess.ALLOWED) }) =
        Shot("scan-$what", { studio -> studio.adding(labelled(label)).also(then) }, atEnd = what == "refused-for-ever")
    val waits = LabelProgress.Waiting
    // Those that a person reads as one are shown as one.
    val problems = ScanProblem.entries - setOf(ScanProblem.DEADLINE_PASSED, ScanProblem.DECODER_FAILED, ScanProblem.WRONG_STRIDE, ScanProblem.ZERO_SIZE) + null
    return listOf(
        scan("camera", waits),
        scan("label-seen", waits) { allowed(CameraAccess.ALLOWED); saw(seen) },
        scan("light", waits) { allowed(CameraAccess.ALLOWED); light(true) },
        scan("reading", LabelProgress.Reading),
        scan("refused", waits) { allowed(CameraAccess.REFUSED) },
        scan("no-camera", waits) { allowed(CameraAccess.NONE_HERE) },
        scan("occupied", waits) { allowed(CameraAccess.OCCUPIED) },
        scan("refused-for-ever", waits) { allowed(CameraAccess.REFUSED_FOR_EVER) },
    ) + problems.map { scan("nothing-" + (it?.name ?: "code").slug(), LabelProgress.NothingRead(it)) }
}

private fun typing(): List<Shot<*>> {
    fun type(what: String, typed: String, label: LabelProgress) =
        Shot("type-$what", { studio -> studio.adding(labelled(LabelProgress.Waiting), labelled(label)).also { it.type() } }, atEnd = label is LabelProgress.Read) {
            findViewById<EditText>(R.string.field_serial).setText(typed)
        }
    val wrong = findings.map { type("finding-" + it.javaClass.simpleName.slug(), "2M047C9OAN00005", read(unclear(it))) }
    return listOf(
        type("empty", "", LabelProgress.Waiting),
        type("complete", "2M047C90AN00005", read(clear)),
        type("repair", "2M047C9OAN00005", read(lookAlike)),
    ) + wrong
}

private fun confirming(): List<Shot<*>> {
    fun confirm(what: String, vararg readings: LabelReading) = Shot("confirm-$what", { it.adding(labelled(read(*readings))) })
    return listOf(
        confirm("one", clear),
        confirm("two", clear, clear.copy(serial = "3K8810QWLM20117", model = null, secrets = emptyList())),
        confirm("repair", lookAlike),
        confirm("web-address", webAddress),
    )
}

private fun details(): List<Shot<*>> {
    val clocks = listOf("standard-time", "no-changes")
    fun details(what: String, state: AddDeviceState, isNew: Boolean = false) = Shot("details-$what", { it.adding(state) }, atEnd = what in clocks) {
        if (isNew) findViewById<RadioButton>(R.string.details_has_none).isChecked = true
    }
    return listOf(
        details("password", filledIn()),
        details("new-by-label", filledIn(by = PresenceProof.CLAIM_CODE), isNew = true),
        details("new-by-button", filledIn(), isNew = true),
        details("problems", filledIn(problems = everyProblem), isNew = true),
        details("standard-time", filledIn(daylight = false)),
        details("no-changes", filledIn(changes = emptyList())),
    )
}

private fun outcomes(): List<Shot<*>> = outcomeStates.map { (what, state) -> Shot(what, { it.adding(state) }, atEnd = "queued" in what) } +
    Shot("queued-give-up", { it.adding(outcomeStates.toMap().getValue("queued-no-signal")) }) { press(R.string.queued_give_up) }

/** As a person sees it who wants to: the sign beside the field is pressed. */
private fun MainActivity.typePassword() {
    val field = findViewById<EditText>(R.string.field_new_password).apply { setText("canary porch lantern") }
    (field.parent as ViewGroup).getChildAt(1).performClick()
}

private fun MainActivity.press(id: Int) = findViewById<View>(id).performClick().let {}

internal fun String.slug() = replace(Regex("([a-z])([A-Z])"), "$1-$2").lowercase().replace('_', '-')
