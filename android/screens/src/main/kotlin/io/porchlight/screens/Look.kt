package io.porchlight.screens

import android.content.Context
import android.content.res.ColorStateList
import android.graphics.Typeface
import android.graphics.drawable.GradientDrawable
import android.graphics.drawable.RippleDrawable
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.TextView

// The look of the apps: spaces, type, shapes. Colours are resources, with their night side.

/** Sizes of type, in sp. */
internal enum class Type(val sp: Float) { TITLE(28f), SECTION(22f), BODY(17f), SECONDARY(15f), CAPTION(13f) }

/** What a coloured surface says, always beside an icon and a word. */
internal enum class Tone(val text: Int, val soft: Int) {
    PLAIN(R.color.text, R.color.raised),
    DANGER(R.color.danger, R.color.danger_soft),
    SUCCESS(R.color.success, R.color.success_soft),
    WARNING(R.color.warning, R.color.warning_soft),
}

/** So narrow, or with letters so large, that two names do not fit beside each other. */
internal val Context.isNarrow: Boolean get() = resources.configuration.run { screenWidthDp / fontScale < 360 }

/** So low, or with letters so large, that actions at the bottom would leave no room for what is read. */
internal val Context.isLow: Boolean get() = resources.configuration.run { screenHeightDp / fontScale < 600 }

/** So low that what always stands above would leave no room for what is below it. */
internal val Context.isTiny: Boolean get() = resources.configuration.run { screenHeightDp / fontScale < 400 }

internal fun Context.dp(size: Int): Int = (size * resources.displayMetrics.density + 0.5f).toInt()

/** One colour, and another for what cannot be pressed now. */
internal fun Context.whenEnabled(color: Int, otherwise: Int) = ColorStateList(
    arrayOf(intArrayOf(-android.R.attr.state_enabled), intArrayOf()),
    intArrayOf(getColor(otherwise), getColor(color)),
)

internal fun Context.rounded(color: Int, radius: Int, outline: Int? = null) = GradientDrawable().apply {
    setColor(getColor(color))
    cornerRadius = dp(radius).toFloat()
    if (outline != null) setStroke(dp(1), getColor(outline))
}

/** A shape that answers a touch. */
internal fun Context.touchable(shape: GradientDrawable?): RippleDrawable {
    val ripple = ColorStateList.valueOf(getColor(R.color.ripple))
    val mask = GradientDrawable().apply {
        setColor(getColor(R.color.text))
        cornerRadius = dp(10).toFloat()
    }
    return RippleDrawable(ripple, shape, mask)
}

internal fun Context.textView(type: Type, color: Int = R.color.text) = TextView(this).apply {
    textSize = type.sp
    setTextColor(context.getColor(color))
    setLineSpacing(0f, 1.2f)
    textAlignment = View.TEXT_ALIGNMENT_VIEW_START
    if (type == Type.TITLE || type == Type.SECTION) {
        typeface = Typeface.create("sans-serif-medium", Typeface.NORMAL)
        if (android.os.Build.VERSION.SDK_INT >= 28) isAccessibilityHeading = true
    }
}

internal fun Context.icon(drawable: Int, color: Int, size: Int = 24) = ImageView(this).apply {
    setImageResource(drawable)
    imageTintList = ColorStateList.valueOf(context.getColor(color))
    importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
    layoutParams = LinearLayout.LayoutParams(context.dp(size), context.dp(size))
}

/** An icon that is pressed; `name` is what a screen reader says. */
internal fun Context.iconButton(drawable: Int, name: String, color: Int = R.color.text, onClick: () -> Unit) =
    ImageView(this).apply {
        setImageResource(drawable)
        imageTintList = ColorStateList.valueOf(context.getColor(color))
        scaleType = ImageView.ScaleType.CENTER
        contentDescription = name
        background = context.touchable(null)
        minimumWidth = context.dp(48)
        minimumHeight = context.dp(48)
        isFocusable = true
        setOnClickListener { onClick() }
        layoutParams = LinearLayout.LayoutParams(context.dp(48), context.dp(48))
    }

internal fun Context.row() = LinearLayout(this).apply {
    orientation = LinearLayout.HORIZONTAL
    gravity = Gravity.CENTER_VERTICAL
}

internal fun Context.column() = LinearLayout(this).apply { orientation = LinearLayout.VERTICAL }

internal fun LinearLayout.put(view: View, top: Int = 0, width: Int = MATCH_PARENT, height: Int = WRAP_CONTENT, weight: Float = 0f): View {
    val given = view.layoutParams as? LinearLayout.LayoutParams
    val params = given ?: LinearLayout.LayoutParams(width, height, weight)
    params.topMargin = context.dp(top)
    addView(view, params)
    return view
}

internal fun LinearLayout.space(start: Int) = apply { (layoutParams as? LinearLayout.LayoutParams)?.marginStart = context.dp(start) }

/** Beside what comes before it: takes the width that is left. */
internal fun LinearLayout.putWide(view: View, start: Int = 0) {
    val params = LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f)
    params.marginStart = context.dp(start)
    addView(view, params)
}

internal fun View.shown(yes: Boolean) {
    visibility = if (yes) View.VISIBLE else View.GONE
}

/** A text, or nothing at all in its place. */
internal fun TextView.say(words: CharSequence?) {
    shown(words != null)
    if (text.toString() != words?.toString().orEmpty()) text = words ?: ""
}

/**
 * A serial as a person compares it: by fours, in the face whose letters differ. What is copied has no gaps. Hyphens part
 * it already, and what stands between them is taken in at a glance up to six characters.
 */
internal fun grouped(serial: String): String =
    serial.split('-').joinToString("-") { part -> if (part.length <= 6) part else part.chunked(4).joinToString("\u2009") }
