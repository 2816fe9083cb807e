package io.porchlight.screens

import android.content.Context
import android.content.res.ColorStateList
import android.view.Gravity
import android.view.View
import android.widget.Button
import android.widget.LinearLayout

/** What a person can do, beside the words that say so. */
internal class Action(val words: Int, val deed: () -> Unit)

/** Words on a soft ground with an icon: a failure, a warning, good news. */
internal class Notice(private val context: Context) {
    private val sign = context.icon(R.drawable.ic_error, R.color.danger)
    private val title = context.textView(Type.BODY)
    private val body = context.textView(Type.SECONDARY)
    private val report = Fold(context)
    private val words = context.column().apply { put(title); put(body, 4); put(report.view) }
    private var button: Button? = null
    val view: LinearLayout = context.row().apply {
        gravity = Gravity.TOP
        setPadding(context.dp(12), context.dp(12), context.dp(12), context.dp(12))
        addView(sign)
        putWide(words, 12)
        accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
    }

    /** `report` names an entry of the log: for support only, so it is folded away. */
    fun show(tone: Tone, title: CharSequence?, body: CharSequence?, report: String? = null, action: Action? = null) {
        view.shown(title != null || body != null)
        view.background = context.rounded(tone.soft, 12)
        sign.setImageResource(if (tone == Tone.SUCCESS) R.drawable.ic_check else if (tone == Tone.WARNING) R.drawable.ic_warning else R.drawable.ic_error)
        sign.imageTintList = ColorStateList.valueOf(context.getColor(tone.text))
        this.title.say(title)
        this.body.say(body)
        this.title.setTextColor(context.getColor(tone.text))
        this.report.say(report?.let { context.getString(R.string.report_id, it) })
        offer(action)
    }

    private fun offer(action: Action?) {
        button?.let(words::removeView)
        button = action?.let { context.button(it.words, R.color.primary, context.rounded(R.color.surface, 10), it.deed) }
        button?.let { words.put(it, 8) }
    }
}

/** What only support asks for, under "Details" until somebody wants it. */
internal class Fold(context: Context) {
    private val words = context.textView(Type.SECONDARY, R.color.muted)
    private val sign = context.icon(R.drawable.ic_down, R.color.muted, 20)
    private val opener: LinearLayout = context.row().apply {
        minimumHeight = context.dp(48)
        background = context.touchable(null)
        isFocusable = true
        accessibilityDelegate = AsButton
        id = R.string.report_details
        addView(context.textView(Type.SECONDARY, R.color.muted).apply { setText(R.string.report_details) })
        addView(sign)
        setOnClickListener { open(words.visibility != View.VISIBLE) }
    }
    val view: LinearLayout = context.column().apply {
        put(opener)
        put(words)
        shown(false)
    }

    init {
        open(false)
    }

    fun say(words: CharSequence?) {
        view.shown(words != null)
        this.words.text = words ?: ""
    }

    private fun open(yes: Boolean) {
        words.shown(yes)
        sign.rotation = if (yes) 180f else 0f
    }
}
