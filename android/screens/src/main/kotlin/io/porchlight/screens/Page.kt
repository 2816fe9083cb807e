package io.porchlight.screens

import android.content.Context
import android.content.res.ColorStateList
import android.text.Editable
import android.text.InputType
import android.text.TextWatcher
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.Button
import android.widget.EditText
import android.widget.FrameLayout
import android.widget.LinearLayout
import android.widget.ProgressBar
import android.widget.ScrollView
import android.widget.Switch
import android.widget.TextView

/** The frame of a screen: its bar, what scrolls, and the one main action at the bottom. Built once, then drawn. */
internal class Page(val context: Context) {
    private val bar = context.row().apply { setPadding(context.dp(4), context.dp(4), context.dp(4), context.dp(4)) }
    private val line = ProgressBar(context, null, android.R.attr.progressBarStyleHorizontal)
    val content: LinearLayout = context.column().apply {
        setPadding(context.dp(16), context.dp(8), context.dp(16), context.dp(24))
    }
    private val scroll = ScrollView(context).apply {
        isFillViewport = true
        addView(content, FrameLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    }
    private val footer = context.column().apply { setPadding(context.dp(16), context.dp(8), context.dp(16), context.dp(16)) }
    val view: LinearLayout = context.column().apply {
        setBackgroundColor(context.getColor(R.color.background))
        put(bar)
        put(line, height = context.dp(4))
        addView(scroll, LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
        put(footer)
    }

    init {
        line.shown(false)
        footer.shown(false)
        bar.minimumHeight = context.dp(56)
    }

    /** Empties it for another step of the same screen. */
    fun clear() {
        bar.removeAllViews()
        content.removeAllViews()
        footer.removeAllViews()
        footer.shown(false)
        scroll.scrollTo(0, 0)
    }

    fun bar(title: CharSequence, onBack: (() -> Unit)? = null) {
        if (onBack != null) bar.addView(context.iconButton(R.drawable.ic_back, context.getString(R.string.back), onClick = onBack))
        val words = context.textView(Type.SECTION).apply { text = title }
        bar.addView(words, LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f).apply { marginStart = context.dp(12) })
    }

    fun barView(view: View, fills: Boolean = false) {
        val width = if (fills) 0 else WRAP_CONTENT
        bar.addView(view, view.layoutParams as? LinearLayout.LayoutParams ?: LinearLayout.LayoutParams(width, WRAP_CONTENT, if (fills) 1f else 0f))
    }

    /** How far a person is, as a thin line: `step` of `of`. */
    fun progress(step: Int, of: Int) {
        line.shown(true)
        line.max = of
        line.progress = step
        line.progressTintList = ColorStateList.valueOf(context.getColor(R.color.primary))
        line.contentDescription = context.getString(R.string.progress_step, step, of)
    }

    fun text(type: Type, words: CharSequence = "", color: Int = R.color.text, top: Int = 8): TextView =
        context.textView(type, color).apply { text = words }.also { content.put(it, top) }

    /** A field with its name above it and what is wrong with it below it. */
    fun field(name: Int, input: Int = InputType.TYPE_CLASS_TEXT, autofill: String? = null): Field {
        val field = Field(context, name, input, autofill)
        content.put(field.view, 12)
        return field
    }

    fun switch(name: Int, onChange: (Boolean) -> Unit): Switch = Switch(context).apply {
        setText(name)
        textSize = Type.BODY.sp
        setTextColor(context.getColor(R.color.text))
        minHeight = context.dp(48)
        id = name
        setOnCheckedChangeListener { _, on -> onChange(on) }
        content.put(this, 8)
    }

    /** The one main action, within the thumb's reach. */
    fun primary(name: Int, onClick: () -> Unit): Button = button(name, R.color.on_primary, context.rounded(R.color.primary, 10), onClick)
        .also { footerPut(it) }

    /** Another action: below the main one, or after what is read where there is little room. */
    fun secondary(name: Int, onClick: () -> Unit): Button = button(name, R.color.primary, null, onClick)
        .also { if (context.isLow) content.put(it, 8) else footerPut(it) }

    /** An action within the content. */
    fun link(name: Int, onClick: () -> Unit): Button = button(name, R.color.primary, context.rounded(R.color.raised, 10), onClick)
        .also { content.put(it, 12) }

    fun button(name: Int, color: Int, shape: android.graphics.drawable.GradientDrawable?, onClick: () -> Unit) = Button(context).apply {
        setText(name)
        id = name
        isAllCaps = false
        textSize = Type.BODY.sp
        stateListAnimator = null
        setTextColor(context.whenEnabled(color, R.color.muted))
        if (color == R.color.on_primary) shape?.color = context.whenEnabled(R.color.primary, R.color.raised)
        background = context.touchable(shape)
        minHeight = context.dp(48)
        setOnClickListener { onClick() }
    }

    private fun footerPut(view: View) {
        footer.shown(true)
        footer.put(view, if (footer.childCount == 0) 0 else 4)
    }

    /** What happened, in its colour, with an icon and words. Hidden until it says something. */
    fun notice(tone: Tone = Tone.DANGER): Notice = Notice(context).also {
        content.put(it.view, 8)
        it.show(tone, null, null)
    }

    fun spinner(words: Int): View = context.row().apply {
        addView(ProgressBar(context), LinearLayout.LayoutParams(context.dp(32), context.dp(32)))
        val label = context.textView(Type.BODY).apply { setText(words) }
        addView(label, LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT).apply { marginStart = context.dp(12) })
        content.put(this, 24)
    }

    /** A card that is pressed as a whole. */
    fun card(onClick: (() -> Unit)? = null): LinearLayout = context.card(onClick).also { content.put(it, 8) }
}

internal fun Context.card(onClick: (() -> Unit)? = null): LinearLayout = row().apply {
    val shape = rounded(R.color.surface, 12, R.color.hairline)
    background = if (onClick == null) shape else touchable(shape)
    setPadding(dp(16), dp(12), dp(16), dp(12))
    minimumHeight = dp(64)
    if (onClick != null) {
        isFocusable = true
        setOnClickListener { onClick() }
        accessibilityDelegate = AsButton
    }
}

/** A row that is pressed is a button to a screen reader. */
internal object AsButton : View.AccessibilityDelegate() {
    override fun onInitializeAccessibilityNodeInfo(host: View, node: AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(host, node)
        node.className = Button::class.java.name
    }
}

/** A field, its name, and what is wrong with it. */
internal class Field(context: Context, name: Int, input: Int, autofill: String?) {
    private val problem = context.textView(Type.SECONDARY, R.color.danger)
    val edit = EditText(context).apply {
        id = name
        inputType = input
        textSize = Type.BODY.sp
        setTextColor(context.getColor(R.color.text))
        background = context.rounded(R.color.raised, 10, R.color.outline)
        setPadding(context.dp(12), context.dp(12), context.dp(12), context.dp(12))
        minHeight = context.dp(48)
        if (autofill != null) setAutofillHints(autofill)
        // What is secret is not written into the state that the system keeps.
        isSaveEnabled = input and InputType.TYPE_TEXT_VARIATION_PASSWORD == 0
    }
    val view: LinearLayout = context.column().apply {
        val label = context.textView(Type.SECONDARY, R.color.muted).apply {
            setText(name)
            labelFor = edit.id
        }
        put(label)
        put(edit, 4)
        put(problem, 4)
    }
    val words: String get() = edit.text.toString()

    init {
        problem.say(null)
    }

    fun fill(words: String) {
        if (this.words != words) edit.setText(words)
    }

    fun wrong(words: CharSequence?) {
        problem.say(words)
        problem.accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
        edit.background = edit.context.rounded(R.color.raised, 10, if (words == null) R.color.outline else R.color.danger)
    }

    fun onType(heard: (String) -> Unit) = edit.addTextChangedListener(object : TextWatcher {
        override fun beforeTextChanged(text: CharSequence?, start: Int, count: Int, after: Int) = Unit
        override fun onTextChanged(text: CharSequence?, start: Int, before: Int, count: Int) = Unit
        override fun afterTextChanged(text: Editable) = heard(text.toString())
    })
}

/** Words on a soft ground with an icon: a failure, a warning, good news. */
internal class Notice(private val context: Context) {
    private val sign = context.icon(R.drawable.ic_error, R.color.danger)
    private val title = context.textView(Type.BODY)
    private val body = context.textView(Type.SECONDARY)
    val view: LinearLayout = context.row().apply {
        gravity = Gravity.TOP
        setPadding(context.dp(12), context.dp(12), context.dp(12), context.dp(12))
        addView(sign)
        putWide(context.column().apply { put(title); put(body, 4) }, 12)
        accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
    }

    fun show(tone: Tone, title: CharSequence?, body: CharSequence?) {
        view.shown(title != null || body != null)
        view.background = context.rounded(tone.soft, 12)
        sign.setImageResource(if (tone == Tone.SUCCESS) R.drawable.ic_check else if (tone == Tone.WARNING) R.drawable.ic_warning else R.drawable.ic_error)
        sign.imageTintList = ColorStateList.valueOf(context.getColor(tone.text))
        this.title.say(title)
        this.body.say(body)
        this.title.setTextColor(context.getColor(tone.text))
    }
}
