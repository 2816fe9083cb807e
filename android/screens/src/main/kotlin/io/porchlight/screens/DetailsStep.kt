package io.porchlight.screens

import android.content.Context
import android.widget.RadioButton
import android.widget.RadioGroup
import io.porchlight.bridge.AddDeviceState
import io.porchlight.bridge.ClockChange
import io.porchlight.bridge.DetailsEdit
import io.porchlight.bridge.DetailsForm
import io.porchlight.bridge.DetailsProblem
import io.porchlight.bridge.InputField
import io.porchlight.bridge.InputReason
import io.porchlight.bridge.PresenceProof

/** Name, password, time zone, daylight saving. */
internal fun AddDeviceScreen.buildDetails(page: Page): (AddingState) -> Unit {
    val context = page.context
    page.bar(context.getString(R.string.details_title)) { back() }
    val device = page.text(Type.SECONDARY, color = R.color.muted)
    val notice = page.notice()
    val name = page.field(R.string.field_device_name, NAME)
    val password = PasswordFields(page, state.value.isNew, ::choosePassword)
    val zone = page.zoneField(core.profile) { chosen -> edit(DetailsEdit.TimeZone(chosen)) }
    val daylight = page.switch(R.string.details_daylight) { on -> details()?.let { if (it.form.daylightSaving != on) edit(DetailsEdit.DaylightSaving(on)) } }
    val changes = page.text(Type.SECONDARY, color = R.color.muted, top = 4)
    name.onType { typed -> details()?.let { if (it.form.name != typed) edit(DetailsEdit.Name(typed)) } }
    val next = page.primary(R.string.details_next) { add(name.words, password) }
    var isFilled = false
    return { state ->
        (state.flow as? AddDeviceState.Details)?.let { details ->
            device.text = context.withSerial(R.string.details_device, details.device.serial, details.device.model)
            // Once: what a person types is not overtaken by what the core answers to an earlier letter.
            if (!isFilled) name.fill(details.form.name)
            isFilled = true
            password.explain(details.firstPasswordBy)
            zone.show(details.form.timeZone, wrong(context, details, InputField.TIME_ZONE))
            daylight.isChecked = details.form.daylightSaving
            changes.text = context.wordsFor(details.clockChanges, details.form)
            name.wrong(wrong(context, details, InputField.NAME))
            password.wrong(details.problems)
        }
        next.isEnabled = !state.busy
        val elsewhere = state.problem?.takeIf { it !is io.porchlight.bridge.PorchlightException.InvalidInput }
        page.showProblem(FormState(problem = elsewhere), notice, emptyMap())
        page.bringToSight(state.problem, notice)
    }
}

private fun AddDeviceScreen.details() = state.value.flow as? AddDeviceState.Details

private fun wrong(context: Context, details: AddDeviceState.Details, field: InputField): String? = details.problems.wordsAt(context, field)

private fun List<DetailsProblem>.wordsAt(context: Context, field: InputField): String? =
    find { it.field == field }?.let { context.wordsFor(it.field, it.reason) }

/** The name as it stands on the screen, then the password: the core says which of them it cannot take. */
private fun AddDeviceScreen.add(name: String, password: PasswordFields) {
    val (known, again, code) = password.words()
    ask { flow ->
        flow.editDetails(DetailsEdit.Name(name))
        if (password.isNew) flow.addWithNewPassword(known, again, code) else flow.addWithPassword(known)
    }
}

/** The device's password, or a first one twice. What is typed here is in these views, and in the one call. */
private class PasswordFields(private val page: Page, startsNew: Boolean, private val onChoose: (Boolean) -> Unit) {
    private val question = page.text(Type.SECONDARY, page.context.getString(R.string.details_has_password_question), R.color.muted, 12)
    private val known = RadioButton(page.context)
    private val none = RadioButton(page.context)
    private val choice = RadioGroup(page.context).apply {
        id = R.string.details_has_password_question
        question.labelFor = id
        for ((button, words) in listOf(known to R.string.details_has_password, none to R.string.details_has_none)) {
            button.setText(words)
            button.id = words
            button.textSize = Type.BODY.sp
            button.setTextColor(context.getColor(R.color.text))
            button.minHeight = context.dp(48)
            addView(button)
        }
        page.content.put(this, 12)
    }
    private val how = page.text(Type.SECONDARY, color = R.color.muted, top = 4)
    private val password = page.field(R.string.field_device_password, PASSWORD)
    private val again = page.field(R.string.field_device_password_again, PASSWORD)

    /** Copied from a label that everybody near can read: seen while it is typed, and kept nowhere. */
    private val code = page.field(R.string.field_claim_code, SERIAL).apply {
        edit.typeface = android.graphics.Typeface.MONOSPACE
        edit.isSaveEnabled = false
    }
    private var proof = PresenceProof.BUTTON

    val isNew: Boolean get() = none.isChecked

    init {
        (if (startsNew) none else known).isChecked = true
        choice.setOnCheckedChangeListener { _, _ ->
            onChoose(isNew)
            draw()
        }
        draw()
    }

    fun words() = Triple(password.words, again.words, code.words.ifEmpty { null })

    fun explain(by: PresenceProof) {
        proof = by
        draw()
    }

    /** That two are not the same is told where the second was typed. */
    fun wrong(problems: List<DetailsProblem>) {
        val words = problems.wordsAt(page.context, InputField.DEVICE_PASSWORD)
        val isAgain = problems.any { it.field == InputField.DEVICE_PASSWORD && it.reason == InputReason.DIFFERS }
        password.wrong(words.takeIf { !isAgain })
        again.wrong(words.takeIf { isAgain })
        code.wrong(problems.wordsAt(page.context, InputField.CLAIM_CODE))
    }

    /** A label that was scanned brings its claim code; else it can be typed, or the device's button is pressed. */
    private fun draw() {
        again.view.shown(isNew)
        code.view.shown(isNew && proof != PresenceProof.CLAIM_CODE)
        how.shown(isNew)
        how.setText(if (proof == PresenceProof.CLAIM_CODE) R.string.details_by_label else R.string.details_by_button)
    }
}

/** "Clocks go forward on 28 March 2027, back on 31 October 2027." */
private fun Context.wordsFor(changes: List<ClockChange>, form: DetailsForm): String {
    if (!form.daylightSaving) return getString(R.string.details_daylight_off)
    val forward = changes.find { it.daylight }?.let { spellDay(it.at, form.timeZone) }
    val back = changes.find { !it.daylight }?.let { spellDay(it.at, form.timeZone) }
    return when {
        forward == null || back == null -> getString(R.string.details_no_changes)
        changes.first().daylight -> getString(R.string.details_forward_first, forward, back)
        else -> getString(R.string.details_back_first, back, forward)
    }
}
