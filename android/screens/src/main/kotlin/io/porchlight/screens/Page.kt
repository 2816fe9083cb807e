package io.porchlight.screens

import android.content.Context
import android.content.res.ColorStateList
import android.graphics.Rect
import android.graphics.drawable.GradientDrawable
import android.text.InputType
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.Button
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
    private val scrollingBanner = context.column()
    private val scroll = ScrollView(context).apply {
        isFillViewport = true
        val all = context.column().apply {
            put(scrollingBanner)
            addView(content, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT, 1f))
        }
        addView(all, FrameLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    }
    private val footer = context.column().apply { setPadding(context.dp(16), context.dp(8), context.dp(16), context.dp(16)) }
    private val tabs = context.row().apply { setBackgroundColor(context.getColor(R.color.surface)) }
    private val fields = mutableListOf<Field>()
    private var shownProblem: Any? = null
    private val banner = context.column()
    val view: LinearLayout = context.column().apply {
        setBackgroundColor(context.getColor(R.color.background))
        put(banner)
        put(bar)
        put(line, height = context.dp(4))
        addView(scroll, LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
        put(footer)
        put(tabs)
    }

    init {
        line.shown(false)
        footer.shown(false)
        tabs.shown(false)
        bar.minimumHeight = context.dp(56)
    }

    /** Clear of the system's bars and the keyboard; the ground of the tabs goes on below them. */
    fun keepClear(bars: Rect) {
        view.setPadding(bars.left, bars.top, bars.right, if (hasTabs) 0 else bars.bottom)
        tabs.setPadding(0, 0, 0, bars.bottom)
    }

    private val hasTabs get() = tabs.visibility == View.VISIBLE

    /** Empties it for another step of the same screen. */
    fun clear() {
        bar.removeAllViews()
        content.removeAllViews()
        footer.removeAllViews()
        footer.shown(false)
        fields.clear()
        scroll.scrollTo(0, 0)
    }

    /** Above everything, on every step of the screen; on the lowest screens it may scroll with what is read. */
    fun banner(view: View, mayScroll: Boolean) {
        val place = if (mayScroll && context.isTiny) scrollingBanner else banner
        place.removeAllViews()
        place.put(view)
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
        fields += field
        return field
    }

    /** Once for each problem: the first field that has one, or the notice that tells it, is brought to where it is seen. */
    fun bringToSight(problem: Any?, notice: Notice) {
        val isNew = problem != null && problem !== shownProblem
        shownProblem = problem
        if (!isNew) return
        val first = fields.firstOrNull { it.isWrong }
        first?.edit?.requestFocus()
        val seen = first?.view ?: notice.view
        // Where it lies is known after the next layout.
        view.post { seen.requestRectangleOnScreen(Rect(0, 0, seen.width, seen.height), true) }
    }

    /** One of the main places of the app, in the bar at the bottom. */
    fun tab(view: View) {
        tabs.shown(true)
        tabs.putWide(view)
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
    fun primary(name: Int, onClick: () -> Unit): Button = context.button(name, R.color.on_primary, context.rounded(R.color.primary, 10), onClick)
        .also { footerPut(it) }

    /** Another action: below the main one, or after what is read where there is little room. */
    fun secondary(name: Int, onClick: () -> Unit): Button = context.button(name, R.color.primary, null, onClick)
        .also { if (context.isLow) content.put(it, 8) else footerPut(it) }

    /** An action within the content. */
    fun link(name: Int, onClick: () -> Unit): Button = context.button(name, R.color.primary, context.rounded(R.color.raised, 10), onClick)
        .also { content.put(it, 12) }

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

internal fun Context.button(words: Int, color: Int, shape: GradientDrawable?, onClick: () -> Unit) = Button(this).apply {
    setText(words)
    id = words
    isAllCaps = false
    textSize = Type.BODY.sp
    stateListAnimator = null
    setTextColor(context.whenEnabled(color, R.color.muted))
    if (color == R.color.on_primary) shape?.color = context.whenEnabled(R.color.primary, R.color.raised)
    background = context.touchable(shape)
    minHeight = context.dp(48)
    setOnClickListener { onClick() }
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
