package io.porchlight.screens

import android.content.Context
import android.graphics.Typeface
import android.text.InputType
import android.text.SpannableString
import android.text.style.StyleSpan
import android.text.style.TypefaceSpan
import android.text.style.UnderlineSpan
import android.widget.LinearLayout
import io.porchlight.bridge.AddDeviceState
import io.porchlight.bridge.LabelField
import io.porchlight.bridge.LabelFinding
import io.porchlight.bridge.LabelReading
import io.porchlight.bridge.LabelRepair

internal const val SERIAL = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_CAP_CHARACTERS or InputType.TYPE_TEXT_FLAG_NO_SUGGESTIONS

/** The most letters of a serial: `[A-Z0-9-]{4,32}`. */
private const val SERIAL_LETTERS = 32

/** Enter manually: the core reads what is typed as it is typed. */
internal fun AddDeviceScreen.buildTyping(page: Page): (AddingState) -> Unit {
    val context = page.context
    page.bar(context.getString(R.string.type_title)) { back() }
    val serial = page.field(R.string.field_serial, SERIAL)
    serial.edit.typeface = Typeface.MONOSPACE
    page.text(Type.SECONDARY, context.getString(R.string.type_where), R.color.muted, 4)
    val findings = context.column()
    page.content.put(findings)
    val notice = page.notice()
    // Once: what was confirmed before, to be compared with the label.
    (state.value.flow as? AddDeviceState.Label)?.typed?.let(serial::fill)
    val define = page.primary(R.string.type_define) { ask { it.confirmText(serial.words) } }
    page.secondary(R.string.type_scan) { scan() }
    serial.onType {
        // What is longer than a serial may be a whole label, claim code and all: the system keeps none of it.
        serial.edit.isSaveEnabled = it.length <= SERIAL_LETTERS
        readText(it)
    }
    return { state ->
        val reading = state.read.firstOrNull()
        define.setText(defineWords(reading.takeIf { serial.words.isNotEmpty() }, R.string.type_define))
        define.isEnabled = reading?.isComplete == true && serial.words.isNotEmpty() && !state.busy
        findings.removeAllViews()
        if (reading != null && serial.words.isNotEmpty()) showFindings(findings, reading) { ask { flow -> flow.confirmSerial(it) } }
        page.showProblem(FormState(problem = state.problem), notice, emptyMap())
    }
}

/** What was read from a picture or a frame: the person compares it with the label. */
internal fun AddDeviceScreen.buildConfirming(page: Page): (AddingState) -> Unit {
    val context = page.context
    page.bar(context.getString(R.string.confirm_title)) { back() }
    val compare = page.text(Type.BODY, color = R.color.muted)
    val list = context.column()
    page.content.put(list)
    val notice = page.notice()
    val define = page.primary(R.string.confirm_define) { confirmable(state.value).singleOrNull()?.let { read -> ask { it.confirmSerial(read) } } }
    page.secondary(R.string.confirm_again) { ask { it.goBack() } }
    page.secondary(R.string.scan_enter_manually) { type() }
    return { state ->
        val serials = confirmable(state)
        compare.say(
            when (serials.size) {
                0 -> null
                1 -> context.getString(R.string.confirm_compare)
                else -> context.getString(R.string.confirm_which)
            },
        )
        list.removeAllViews()
        state.read.forEach { showReading(list, it, serials.size > 1) { serial -> ask { flow -> flow.confirmSerial(serial) } } }
        define.shown(serials.size == 1)
        define.setText(defineWords(state.read.firstOrNull { it.isComplete }, R.string.confirm_define))
        define.isEnabled = !state.busy
        page.showProblem(FormState(problem = state.problem), notice, emptyMap())
    }
}

/** The serials that can be confirmed as they were read: with one the footer does it, with several each its own button. */
private fun confirmable(state: AddingState): List<String> = state.read.filter { it.isComplete }.mapNotNull { it.serial }

/** While a repair is offered, going on means to keep what was read. */
private fun defineWords(reading: LabelReading?, words: Int): Int = if (reading?.repairs.isNullOrEmpty()) words else R.string.repair_keep

private fun showReading(list: LinearLayout, reading: LabelReading, isOneOfSeveral: Boolean, onConfirm: (String) -> Unit) {
    val context = list.context
    val card = context.column().apply {
        background = context.rounded(R.color.surface, 12, R.color.hairline)
        setPadding(context.dp(16), context.dp(12), context.dp(16), context.dp(12))
    }
    val serial = reading.serial
    if (serial != null) {
        card.put(context.textView(Type.CAPTION, R.color.muted).apply { setText(R.string.field_serial) })
        card.put(context.textView(Type.SECTION).apply {
            text = grouped(serial)
            contentDescription = serial
            typeface = Typeface.MONOSPACE
        })
    }
    reading.model?.let { card.put(context.textView(Type.SECONDARY, R.color.muted).apply { text = context.getString(R.string.confirm_model, it) }, 4) }
    if (reading.secrets.isNotEmpty()) {
        card.put(context.textView(Type.SECONDARY, R.color.muted).apply { setText(R.string.confirm_secrets) }, 4)
    }
    showFindings(card, reading, onConfirm)
    if (isOneOfSeveral && reading.isComplete && serial != null) {
        val choose = context.choice(R.string.confirm_this) { onConfirm(serial) }
        choose.contentDescription = context.getString(R.string.confirm_this_one, serial)
        card.put(choose, 12)
    }
    list.put(card, 12)
}

private fun Context.choice(words: Int, onClick: () -> Unit) =
    button(words, R.color.primary, rounded(R.color.raised, 10), onClick)

/** What is wrong with a label or worth knowing, and what it probably meant. */
private fun showFindings(list: LinearLayout, reading: LabelReading, onConfirm: (String) -> Unit) {
    val context = list.context
    for (finding in reading.findings) {
        // What was left out or read as something else is said, and no cause for alarm; a repair speaks for its finding.
        if (finding is LabelFinding.LookAlike && reading.repairs.isNotEmpty()) continue
        val (title, body) = context.wordsFor(finding)
        if (isHarmless(finding)) {
            list.put(context.textView(Type.SECONDARY, R.color.muted).apply { text = title }, 8)
        } else {
            list.put(Notice(context).apply { show(if (reading.isComplete) Tone.WARNING else Tone.DANGER, title, body) }.view, 8)
        }
    }
    for (repair in reading.repairs) {
        val meant = Notice(context)
        meant.show(Tone.WARNING, marked(context, repair), context.getString(R.string.finding_look_alike_body))
        list.put(meant.view, 8)
        val use = context.choice(R.string.repair_use) { onConfirm(repair.serial) }
        list.put(use, 8)
    }
}

private fun isHarmless(finding: LabelFinding): Boolean = when (finding) {
    is LabelFinding.SpaceAround, is LabelFinding.SpaceWithin, is LabelFinding.LineBreak,
    is LabelFinding.FullWidth, is LabelFinding.LowerCase,
    -> true
    else -> false
}

/** "Did you mean ...?", monospaced; what differs is bold and underlined. A screen reader spells what is copied. */
private fun marked(context: Context, repair: LabelRepair): CharSequence {
    val words = SpannableString(context.getString(R.string.repair_title, repair.serial))
    val begin = words.indexOf(repair.serial)
    words.setSpan(TypefaceSpan("monospace"), begin, begin + repair.serial.length, 0)
    for (at in repair.changed.map { begin + it.toInt() }) {
        words.setSpan(StyleSpan(Typeface.BOLD), at, at + 1, 0)
        words.setSpan(UnderlineSpan(), at, at + 1, 0)
    }
    return words
}

/** Title and body for what a label says of itself. */
private fun Context.wordsFor(finding: LabelFinding): Pair<String, String?> {
    fun words(title: Int, body: Int? = null) = getString(title) to body?.let(::getString)
    return when (finding) {
        is LabelFinding.Empty -> words(R.string.finding_empty)
        is LabelFinding.TooLong -> words(R.string.finding_too_long)
        is LabelFinding.TooShort -> words(R.string.finding_too_short)
        is LabelFinding.SpaceAround, is LabelFinding.SpaceWithin, is LabelFinding.LineBreak -> words(R.string.finding_space)
        is LabelFinding.FullWidth -> words(R.string.finding_full_width)
        is LabelFinding.LowerCase -> words(R.string.finding_lower_case)
        is LabelFinding.NotAscii -> getString(R.string.finding_character, finding.character) to null
        is LabelFinding.ForeignCharacter -> getString(R.string.finding_character, finding.character) to null
        is LabelFinding.CheckWrong -> words(R.string.finding_check_wrong)
        is LabelFinding.Missing -> getString(R.string.finding_missing, getString(fieldName(finding.field))) to null
        is LabelFinding.Malformed -> getString(R.string.finding_malformed, getString(fieldName(finding.field))) to null
        is LabelFinding.LookAlike -> words(R.string.finding_look_alike_title, R.string.finding_look_alike_body)
        is LabelFinding.SecretFromSerial -> words(R.string.finding_secret_from_serial)
        is LabelFinding.MaybeSerial -> words(R.string.finding_maybe_serial)
        is LabelFinding.WebAddress -> words(R.string.finding_web_address_title, R.string.finding_web_address_body)
        is LabelFinding.FromWebAddress -> getString(R.string.finding_from_web_address, finding.host) to null
        is LabelFinding.NotALabel -> words(R.string.finding_not_a_label_title, R.string.finding_not_a_label_body)
    }
}

private fun fieldName(field: LabelField): Int = when (field) {
    LabelField.SERIAL -> R.string.label_serial
    LabelField.MODEL -> R.string.label_model
    LabelField.FINGERPRINT -> R.string.label_fingerprint
    LabelField.CLAIM_CODE -> R.string.label_claim_code
    LabelField.CHECK -> R.string.label_check
}
