package io.porchlight.screens

import android.animation.ObjectAnimator
import android.animation.ValueAnimator
import android.app.AlertDialog
import android.content.Context
import android.content.res.ColorStateList
import android.view.View
import android.view.animation.LinearInterpolator
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.TextView
import io.porchlight.bridge.AddDeviceFailure
import io.porchlight.bridge.AddDeviceState
import io.porchlight.bridge.AddingStep
import io.porchlight.bridge.QueuedReason
import io.porchlight.bridge.Remedy
import java.time.Duration

/** The four steps of adding, ticking. */
internal fun AddDeviceScreen.buildAdding(page: Page): (AddingState) -> Unit {
    val context = page.context
    page.bar(context.getString(R.string.adding_title)) { back() }
    val name = page.text(Type.TITLE, top = 16)
    val steps = AddingStep.entries.map { it to adding(page, it) }
    page.text(Type.SECONDARY, context.getString(R.string.adding_how_long), R.color.muted, 16)
    page.secondary(R.string.adding_cancel) { back() }
    return { state ->
        (state.flow as? AddDeviceState.Adding)?.let { adding ->
            name.text = adding.name
            steps.forEach { (step, draw) -> draw(adding.step) }
        }
    }
}

private fun adding(page: Page, step: AddingStep): (AddingStep) -> Unit {
    val context = page.context
    val sign = context.icon(R.drawable.ic_dot, R.color.muted)
    val running = RunningSign(context)
    val words = context.textView(Type.BODY).apply { setText(stepName(step)) }
    val row = context.row().apply {
        minimumHeight = context.dp(48)
        addView(sign)
        addView(running)
        putWide(words, 16)
        accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
    }
    page.content.put(row, 4)
    return { now ->
        running.shown(step == now)
        sign.shown(step != now)
        sign.setImageResource(if (step < now) R.drawable.ic_check else R.drawable.ic_dot)
        sign.imageTintList = ColorStateList.valueOf(context.getColor(if (step < now) R.color.success else R.color.muted))
        words.setTextColor(context.getColor(if (step > now) R.color.muted else R.color.text))
        val state = if (step < now) R.string.adding_done else if (step == now) R.string.adding_running else R.string.adding_waiting
        row.contentDescription = context.getString(state, context.getString(stepName(step)))
    }
}

/** Turns while it can be seen; it stands still on a phone whose owner asked for less motion. */
private class RunningSign(context: Context) : ImageView(context) {
    private val turning = ObjectAnimator.ofFloat(this, ROTATION, 0f, 360f).apply {
        duration = TURN_MS
        repeatCount = ObjectAnimator.INFINITE
        interpolator = LinearInterpolator()
    }

    init {
        setImageResource(R.drawable.ic_running)
        imageTintList = ColorStateList.valueOf(context.getColor(R.color.primary))
        importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        layoutParams = LinearLayout.LayoutParams(context.dp(24), context.dp(24))
    }

    override fun onVisibilityAggregated(isVisible: Boolean) {
        super.onVisibilityAggregated(isVisible)
        if (isVisible && ValueAnimator.areAnimatorsEnabled()) turning.start() else turning.cancel()
    }

    override fun onDetachedFromWindow() {
        turning.cancel()
        super.onDetachedFromWindow()
    }

    private companion object {
        const val TURN_MS = 1_200L
    }
}

private fun stepName(step: AddingStep): Int = when (step) {
    AddingStep.ASKING -> R.string.adding_asking
    AddingStep.PROVING -> R.string.adding_proving
    AddingStep.SETTING_UP -> R.string.adding_setting_up
    AddingStep.DONE -> R.string.adding_listing
}

internal fun AddDeviceScreen.buildAdded(page: Page): (AddingState) -> Unit {
    val words = outcome(page, R.drawable.ic_check, R.color.success, R.string.added_title)
    page.primary(R.string.added_done) { stack.leaveTop() }
    page.secondary(R.string.added_another) {
        scan()
        ask { it.addAnother() }
    }
    return { state ->
        (state.flow as? AddDeviceState.Added)?.let { words.body(page.context.withSerial(R.string.added_body, it.device.serial, it.name)) }
    }
}

internal fun AddDeviceScreen.buildQueued(page: Page): (AddingState) -> Unit {
    val words = outcome(page, R.drawable.ic_queued, R.color.warning, R.string.queued_title)
    page.primary(R.string.added_done) { stack.leaveTop() }
    page.secondary(R.string.queued_give_up) { confirmGivingUp(page) }
    return { state ->
        (state.flow as? AddDeviceState.Queued)?.let { words.body(page.context.getString(R.string.queued_body, it.name, page.context.getString(reason(it.reason)))) }
    }
}

/** What only this phone has is not thrown away by one touch. */
private fun AddDeviceScreen.confirmGivingUp(page: Page) {
    val name = (state.value.flow as? AddDeviceState.Queued)?.name.orEmpty()
    AlertDialog.Builder(page.context)
        .setTitle(page.context.getString(R.string.queued_give_up_title, name))
        .setMessage(R.string.queued_give_up_body)
        .setPositiveButton(R.string.queued_give_up) { _, _ -> ask { it.cancel() } }
        .setNegativeButton(R.string.cancel, null)
        .show()
}

private fun reason(reason: QueuedReason): Int = when (reason) {
    QueuedReason.NO_SIGNAL -> R.string.queued_no_signal
    QueuedReason.CLOUD_UNREACHABLE -> R.string.queued_cloud_unreachable
    QueuedReason.TOO_OFTEN -> R.string.queued_too_often
    QueuedReason.DEVICE_SILENT -> R.string.queued_device_silent
    QueuedReason.SIGN_IN_REQUIRED -> R.string.error_sign_in_required
    QueuedReason.UPDATE_REQUIRED -> R.string.error_update_required
}

internal fun AddDeviceScreen.buildFailed(page: Page): (AddingState) -> Unit {
    val context = page.context
    val words = outcome(page, R.drawable.ic_error, R.color.danger, R.string.failed_title)
    val details = Fold(context).also { page.content.put(it.view) }
    val notice = page.notice()
    val failed = state.value.flow as? AddDeviceState.Failed
    failed?.remedies.orEmpty().forEachIndexed { at, remedy ->
        val deed = { remedy(remedy, failed) }
        if (at == 0) page.primary(remedyName(remedy), deed) else page.secondary(remedyName(remedy), deed)
    }
    val report = (failed?.failure as? AddDeviceFailure.Internal)?.reportId
    if (report != null) page.secondary(R.string.settings_diagnostics) { (context as MainActivity).sendDiagnostics(report) }
    // Where nothing can be done there is nothing to keep.
    val giveUp = { ask { it.cancel() } }
    if (failed?.remedies.isNullOrEmpty()) page.primary(R.string.added_done, giveUp) else page.secondary(R.string.queued_give_up, giveUp)
    return { state ->
        (state.flow as? AddDeviceState.Failed)?.let {
            val (title, body) = context.wordsFor(it.failure)
            words.title(title)
            words.body(body)
        }
        details.say(report?.let { context.getString(R.string.report_id, it) })
        page.showProblem(FormState(problem = state.problem), notice, emptyMap())
    }
}

private fun AddDeviceScreen.remedy(remedy: Remedy, failed: AddDeviceState.Failed?) {
    when (remedy) {
        Remedy.TRY_AGAIN, Remedy.PRESS_BUTTON -> ask { it.tryAgain() }
        Remedy.RETYPE_PASSWORD, Remedy.USE_PASSWORD, Remedy.CREATE_PASSWORD, Remedy.CHANGE_DETAILS -> ask { it.goBack() }
        Remedy.CHECK_NUMBER -> ask { it.checkNumber() }
        Remedy.SHOW_DEVICE -> (failed?.failure as? AddDeviceFailure.AlreadyYours)?.let { stack.swap(Route.OneDevice(it.device)) }
    }
}

private fun remedyName(remedy: Remedy): Int = when (remedy) {
    Remedy.TRY_AGAIN -> R.string.remedy_try_again
    Remedy.PRESS_BUTTON -> R.string.remedy_press_button
    Remedy.RETYPE_PASSWORD -> R.string.remedy_retype_password
    Remedy.USE_PASSWORD -> R.string.remedy_use_password
    Remedy.CREATE_PASSWORD -> R.string.remedy_create_password
    Remedy.CHANGE_DETAILS -> R.string.remedy_change_details
    Remedy.CHECK_NUMBER -> R.string.remedy_check_number
    Remedy.SHOW_DEVICE -> R.string.remedy_show_device
}

/** Title and body for why a device was not added. */
private fun Context.wordsFor(failure: AddDeviceFailure): Pair<String, String> {
    fun words(title: Int, body: Int, vararg with: Any) = getString(title) to getString(body, *with)
    fun tries(left: UInt?) = left?.toInt()?.let { resources.getQuantityString(R.plurals.failure_tries_left, it, it) + " " }.orEmpty()
    return when (failure) {
        is AddDeviceFailure.WrongPassword -> getString(R.string.failure_wrong_password_title) to
            tries(failure.triesLeft) + getString(R.string.failure_wrong_password_body)
        is AddDeviceFailure.WrongClaimCode -> getString(R.string.failure_wrong_claim_code_title) to
            tries(failure.triesLeft) + getString(R.string.failure_wrong_claim_code_body)
        is AddDeviceFailure.NoAnswer -> words(R.string.failure_no_answer_title, R.string.failure_no_answer_body)
        is AddDeviceFailure.BelongsToAnother -> words(R.string.failure_belongs_to_another_title, R.string.failure_belongs_to_another_body)
        is AddDeviceFailure.AlreadyYours -> getString(R.string.failure_already_yours_title) to alreadyYours(failure)
        is AddDeviceFailure.TooManyTries -> words(R.string.failure_too_many_tries_title, R.string.failure_too_many_tries_body, spell(Duration.ofSeconds(failure.retryAfter.toLong())))
        is AddDeviceFailure.PresenceRequired -> words(R.string.failure_presence_required_title, R.string.failure_presence_required_body)
        is AddDeviceFailure.HasPassword -> words(R.string.failure_has_password_title, R.string.failure_has_password_body)
        is AddDeviceFailure.DeviceFault -> words(R.string.failure_device_fault_title, R.string.failure_device_fault_body)
        is AddDeviceFailure.WrongDeviceKey -> words(R.string.failure_wrong_device_key_title, R.string.failure_wrong_device_key_body)
        is AddDeviceFailure.NotAllowed -> words(R.string.failure_not_allowed_title, R.string.failure_not_allowed_body)
        is AddDeviceFailure.NotAccepted -> words(R.string.failure_not_accepted_title, R.string.failure_not_accepted_body)
        is AddDeviceFailure.WaitedTooLong -> words(R.string.failure_waited_too_long_title, R.string.failure_waited_too_long_body)
        is AddDeviceFailure.Internal -> words(R.string.failure_internal_title, R.string.failure_internal_body)
        is AddDeviceFailure.Interrupted -> words(R.string.failure_interrupted_title, R.string.failure_interrupted_body)
    }
}

private fun Context.alreadyYours(failure: AddDeviceFailure.AlreadyYours): String {
    val (name, site) = (failure.name ?: return getString(R.string.failure_already_yours_body)) to failure.site
    return if (site == null) getString(R.string.failure_already_yours_called, name) else getString(R.string.failure_already_yours_at, site, name)
}

/** The end of adding: a large icon, a title, what it means. */
private class Outcome(private val title: TextView, private val body: TextView) {
    fun title(words: String) {
        title.text = words
    }

    fun body(words: CharSequence) {
        body.text = words
    }
}

private fun AddDeviceScreen.outcome(page: Page, icon: Int, color: Int, title: Int): Outcome {
    val context = page.context
    page.bar(context.getString(R.string.add_title)) { stack.leaveTop() }
    page.content.put(context.icon(icon, color, if (context.isLow) 40 else 64).apply {
        (layoutParams as LinearLayout.LayoutParams).gravity = android.view.Gravity.START
    }, 32)
    val heading = page.text(Type.TITLE, context.getString(title), top = 16)
    heading.accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
    return Outcome(heading, page.text(Type.BODY))
}
