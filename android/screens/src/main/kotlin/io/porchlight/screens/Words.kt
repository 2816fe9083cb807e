package io.porchlight.screens

import android.content.Context
import android.content.res.Configuration
import android.text.SpannableString
import android.text.style.TypefaceSpan
import io.porchlight.bridge.ConflictReason
import io.porchlight.bridge.DeviceSection
import io.porchlight.bridge.InputField
import io.porchlight.bridge.InputReason
import io.porchlight.bridge.NotAllowedReason
import io.porchlight.bridge.PorchlightException
import java.text.DateFormat
import java.time.Duration
import java.time.Instant
import java.time.ZoneId
import java.util.Date
import java.util.Locale
import java.util.TimeZone

// The words for what the core says. The core has the reasons, the resources have the words.

/** What a person reads when a call did not work. */
internal fun Context.wordsFor(problem: PorchlightException): String = when (problem) {
    is PorchlightException.SignInRequired -> getString(R.string.error_sign_in_required)
    is PorchlightException.NotAllowed -> notAllowed(problem.reason)
    is PorchlightException.NotFound -> getString(R.string.error_not_found)
    is PorchlightException.Conflict -> conflict(problem.reason)
    is PorchlightException.InvalidInput -> wordsFor(problem.field, problem.reason)
    is PorchlightException.Offline -> getString(R.string.error_offline)
    is PorchlightException.ServerUnavailable -> getString(R.string.error_server_unavailable)
    is PorchlightException.UpdateRequired -> getString(R.string.error_update_required)
    is PorchlightException.Internal -> getString(R.string.error_internal)
}

/** Names the entry of the log, for whoever a person asks for help. */
internal val PorchlightException.report: String? get() = (this as? PorchlightException.Internal)?.reportId

private fun Context.notAllowed(reason: NotAllowedReason) = when (reason) {
    is NotAllowedReason.WrongCredentials -> getString(R.string.error_wrong_credentials)
    is NotAllowedReason.AccountDisabled -> getString(R.string.error_account_disabled)
    is NotAllowedReason.Role -> getString(R.string.error_role)
    is NotAllowedReason.TooOften -> reason.retryAfter?.let { getString(R.string.error_too_often_for, spell(it)) }
        ?: getString(R.string.error_too_often)
    is NotAllowedReason.AccessEnded -> getString(R.string.error_access_ended)
    is NotAllowedReason.RequestsRefused -> getString(R.string.error_requests_refused)
    is NotAllowedReason.NotMadeHere -> getString(R.string.error_not_made_here)
}

private fun Context.conflict(reason: ConflictReason) = when (reason) {
    is ConflictReason.UnsentActs -> resources.getQuantityString(R.plurals.error_unsent_acts, reason.count.toInt(), reason.count.toInt())
    is ConflictReason.PhoneLocked -> getString(R.string.waiting_locked)
    is ConflictReason.SiteNotEmpty -> getString(R.string.error_site_not_empty)
    is ConflictReason.SiteGone -> getString(R.string.error_site_gone)
    is ConflictReason.NotNow, is ConflictReason.ClaimDiffers, is ConflictReason.ClaimMoved -> getString(R.string.error_not_now)
    is ConflictReason.AccessLocked -> getString(R.string.error_access_locked)
    is ConflictReason.AccessOver -> getString(R.string.error_access_over)
    is ConflictReason.TermsDiffer -> getString(R.string.error_terms_differ)
    is ConflictReason.RequestOver -> getString(R.string.error_request_over)
    is ConflictReason.CustomerNotConfirmed -> getString(R.string.error_customer_not_confirmed)
    is ConflictReason.CustomerExists -> getString(R.string.error_customer_exists)
    is ConflictReason.CodeOver -> getString(R.string.error_code_over)
    is ConflictReason.CustomerAppMissing -> getString(R.string.error_customer_app_missing)
}

/** What a person reads under a field. */
internal fun Context.wordsFor(field: InputField, reason: InputReason): String = getString(
    when (reason) {
        InputReason.EMPTY -> R.string.input_empty
        InputReason.TOO_LONG -> R.string.input_too_long
        InputReason.TOO_SHORT -> R.string.input_too_short
        InputReason.DIFFERS -> R.string.input_differs
        InputReason.WRONG_CODE -> R.string.input_wrong_code
        InputReason.NOT_ALLOWED -> when (field) {
            InputField.EMAIL -> R.string.input_email
            InputField.PASSWORD -> R.string.input_password
            InputField.TIME_ZONE -> R.string.input_time_zone
            InputField.LASTS -> R.string.input_days
            InputField.CLAIM_CODE -> R.string.input_claim_code
            InputField.SERIAL, InputField.LABEL -> R.string.input_serial
            else -> R.string.input_not_allowed
        }
    },
)

internal fun sectionName(section: DeviceSection): Int = when (section) {
    DeviceSection.VIDEO -> R.string.section_video
    DeviceSection.ACCESS -> R.string.section_access
    DeviceSection.ALARM -> R.string.section_alarm
    DeviceSection.ENERGY -> R.string.section_energy
    DeviceSection.SENSOR -> R.string.section_sensor
    DeviceSection.UNKNOWN -> R.string.section_unknown
}

internal fun sectionIcon(section: DeviceSection): Int = when (section) {
    DeviceSection.VIDEO -> R.drawable.ic_video
    DeviceSection.ACCESS -> R.drawable.ic_access
    DeviceSection.ALARM -> R.drawable.ic_alarm
    DeviceSection.ENERGY -> R.drawable.ic_energy
    DeviceSection.SENSOR -> R.drawable.ic_sensor
    DeviceSection.UNKNOWN -> R.drawable.ic_device
}

/** "3 minutes", "20 seconds". */
internal fun Context.spell(duration: Duration): String {
    val seconds = duration.seconds.coerceAtLeast(1).toInt()
    val minutes = (seconds + 30) / 60
    return if (seconds < 90) {
        resources.getQuantityString(R.plurals.seconds, seconds, seconds)
    } else {
        resources.getQuantityString(R.plurals.minutes, minutes, minutes)
    }
}

/** A moment in the reader's own zone: only the time, if it is today. */
internal fun Context.spell(moment: Instant, now: Instant = Instant.now()): String {
    val isToday = moment.atZone(ZoneId.systemDefault()).toLocalDate() == now.atZone(ZoneId.systemDefault()).toLocalDate()
    val form = if (isToday) {
        DateFormat.getTimeInstance(DateFormat.SHORT, locale)
    } else {
        DateFormat.getDateTimeInstance(DateFormat.MEDIUM, DateFormat.SHORT, locale)
    }
    return form.format(Date.from(moment))
}

/** A moment as the clocks of a place show it. */
internal fun Context.spellDay(moment: Instant, zone: String): String = DateFormat.getDateInstance(DateFormat.LONG, locale)
    .apply { timeZone = TimeZone.getTimeZone(zone) }
    .format(Date.from(moment))

private val Context.locale: Locale get() = resources.configuration.locales[0]

/**
 * Numbers and dates as the words around them: on a phone in a language that the app does not speak, its words are English,
 * and so are its digits and plurals. The direction stays the phone's.
 */
internal fun Context.inLanguageOfWords(): Context {
    val ours = getString(R.string.language)
    val theirs = locale
    if (theirs.language == ours) return this
    val direction = Locale.forLanguageTag(theirs.toLanguageTag())
    return createConfigurationContext(Configuration(resources.configuration).apply {
        setLocale(Locale.forLanguageTag(ours))
        setLayoutDirection(direction)
    })
}

/** Words with a serial in them, in the face whose letters differ and by fours. */
internal fun Context.withSerial(words: Int, serial: String, vararg before: String): CharSequence {
    val shown = grouped(serial)
    val text = SpannableString(getString(words, *before, shown))
    val begin = text.lastIndexOf(shown)
    text.setSpan(TypefaceSpan("monospace"), begin, begin + shown.length, 0)
    return text
}
