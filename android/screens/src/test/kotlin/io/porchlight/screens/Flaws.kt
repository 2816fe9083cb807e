package io.porchlight.screens

import android.graphics.Rect
import android.view.View
import android.view.ViewGroup
import android.widget.AbsListView
import android.widget.EditText
import android.widget.ScrollView
import android.widget.TextView

/** What a person would miss on a screen: a control without a name or too small to touch, words that are cut, something under a bar. */
internal fun flaws(window: View, isEdgeToEdge: Boolean): List<String> {
    val visible = descendants(window).filter { it.isShown && it.width > 0 }
    val labels = visible.mapTo(HashSet()) { it.labelFor } - View.NO_ID
    return visible.flatMap { view ->
        listOfNotNull(
            "has no name".takeIf { isControl(view) && nameOf(view).isBlank() && view.id !in labels },
            "is too small to touch".takeIf { isControl(view) && (view.width < view.context.dp(TOUCH) || view.height < view.context.dp(TOUCH)) },
            "is cut".takeIf { view is TextView && isCut(view) },
            "is wider than its place".takeIf { (view is TextView || isControl(view)) && sticksOut(view) },
            "is under a bar".takeIf { isEdgeToEdge && view is TextView && isUnderBar(view, window) },
        ).map { flaw -> "${describe(view)} $flaw" }
    }
}

private const val TOUCH = 48

private fun descendants(view: View): List<View> =
    listOf(view) + ((view as? ViewGroup)?.let { group -> (0 until group.childCount).flatMap { descendants(group.getChildAt(it)) } }).orEmpty()

private fun isControl(view: View) = view.isClickable || view is EditText

/** What a screen reader says: the description, else the words in it. */
private fun nameOf(view: View): String {
    view.contentDescription?.let { return it.toString() }
    val own = (view as? TextView)?.takeIf { it !is EditText }?.text?.toString().orEmpty()
    val within = (view as? ViewGroup)?.let { group -> (0 until group.childCount).map { group.getChildAt(it) } }.orEmpty()
    return own + within.filter { it.isShown }.joinToString(" ") { nameOf(it) }
}

private fun isCut(view: TextView): Boolean {
    val layout = view.layout ?: return false
    val room = view.height - view.compoundPaddingTop - view.compoundPaddingBottom
    val isTooTall = layout.height > room + 1 && view !is EditText
    val isDotted = (0 until layout.lineCount).any { layout.getEllipsisCount(it) > 0 }
    return isTooTall || isDotted
}

/** Rows scroll downwards only. */
private fun sticksOut(view: View): Boolean {
    val parent = view.parent as? View ?: return false
    return view.left < 0 || view.right > parent.width || (parent !is ScrollView && parent !is AbsListView && view.bottom > parent.height && parent.height > 0)
}

private fun isUnderBar(view: View, window: View): Boolean {
    val seen = Rect()
    if (!view.getGlobalVisibleRect(seen)) return false
    return seen.top < view.context.dp(STATUS_BAR) || seen.bottom > window.height - view.context.dp(NAVIGATION_BAR)
}

private fun describe(view: View): String {
    val words = nameOf(view).ifBlank { (view as? TextView)?.text?.toString().orEmpty() }.take(WORDS)
    return "${view.javaClass.simpleName} '$words'"
}

private const val WORDS = 40
