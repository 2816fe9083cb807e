package io.porchlight.screens

import android.graphics.Typeface
import android.util.TypedValue
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.FrameLayout
import android.widget.LinearLayout

/** The bar at the bottom of the app's main screens: for homeowners and for installers. */
internal fun Page.tabs(here: Route, stack: Stack) {
    if (stack.home == Route.Customers) {
        tab(tab(this, R.drawable.ic_people, R.string.customers_title, here == Route.Customers) { stack.home() })
    } else {
        tab(tab(this, R.drawable.ic_home, R.string.tab_home, here == Route.Home) { stack.home() })
        tab(tab(this, R.drawable.ic_device, R.string.tab_devices, here is Route.Devices) { stack.goToTab(stack.devices) })
        if (!stack.isDelegated) tab(tab(this, R.drawable.ic_people, R.string.tab_people, here == Route.People) { stack.goToTab(Route.People) })
    }
    if (!stack.isDelegated) tab(tab(this, R.drawable.ic_more, R.string.tab_more, here == Route.Settings) { stack.goToTab(Route.Settings) })
}

/** Where a person is, is told by a ground behind its sign and by heavier letters, not by colour alone. */
private fun tab(page: Page, icon: Int, name: Int, isHere: Boolean, onClick: () -> Unit): LinearLayout {
    val context = page.context
    val color = if (isHere) R.color.primary else R.color.muted
    val sign = FrameLayout(context).apply {
        if (isHere) background = context.rounded(R.color.raised, 16)
        addView(context.icon(icon, color), FrameLayout.LayoutParams(context.dp(24), context.dp(24), Gravity.CENTER))
    }
    val words = context.textView(Type.CAPTION, color).apply {
        setText(name)
        // Its four names stand on one line each, however large the letters; a screen reader and the screen's own title say them too.
        setTextSize(TypedValue.COMPLEX_UNIT_DIP, (Type.CAPTION.sp * resources.configuration.fontScale).coerceAtMost(LARGEST_NAME_DP))
        textAlignment = View.TEXT_ALIGNMENT_CENTER
        typeface = Typeface.create("sans-serif-medium", if (isHere) Typeface.BOLD else Typeface.NORMAL)
    }
    return context.column().apply {
        id = name
        gravity = Gravity.CENTER
        minimumHeight = context.dp(64)
        setPadding(0, context.dp(6), 0, context.dp(6))
        background = context.touchable(null)
        isFocusable = true
        isSelected = isHere
        accessibilityDelegate = AsButton
        addView(sign, LinearLayout.LayoutParams(context.dp(56), context.dp(32)))
        addView(words, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        setOnClickListener { if (!isHere) onClick() }
    }
}

private const val LARGEST_NAME_DP = 16f
