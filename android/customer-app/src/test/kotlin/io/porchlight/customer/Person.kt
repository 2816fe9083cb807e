package io.porchlight.customer

import android.app.Activity
import android.app.Dialog
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.TextView
import org.junit.Assert.fail
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowDialog

private const val PATIENCE_MS = 20_000L

/** Somebody at the screen: reads what is shown, types, presses. */
class Person(private val activity: () -> Activity) {
    /** Every view that can be seen, a dialog's before the activity's. */
    private fun views(): List<View> {
        val dialog: Dialog? = ShadowDialog.getLatestDialog()?.takeIf { it.isShowing }
        val root = (dialog?.window ?: activity().window).decorView
        return seen(root)
    }

    private fun seen(view: View): List<View> = when {
        view.visibility != View.VISIBLE -> emptyList()
        view is ViewGroup -> listOf(view) + (0 until view.childCount).flatMap { seen(view.getChildAt(it)) }
        else -> listOf(view)
    }

    /** All that can be read, a line a text. */
    fun reads(): String = views().filterIsInstance<TextView>().joinToString("\n") { it.text }

    fun waitFor(words: String) = waitUntil("\"$words\"") { reads().contains(words) }

    /** Long enough for what comes by itself to come. */
    fun waits(millis: Long = 1_000) {
        val until = System.currentTimeMillis() + millis
        waitUntil("time to pass") { System.currentTimeMillis() >= until }
    }

    fun waitUntil(what: String, holds: () -> Boolean) {
        val until = System.currentTimeMillis() + PATIENCE_MS
        while (System.currentTimeMillis() < until) {
            shadowOf(Looper.getMainLooper()).idle()
            if (holds()) return
            Thread.sleep(10)
        }
        fail("waited for $what; the screen says:\n${reads()}")
    }

    /** Types into the field of this name. */
    fun types(words: String, into: Int) {
        val name = activity().getString(into)
        waitUntil("a field \"$name\"") { views().any { it is EditText && it.id == into } }
        views().filterIsInstance<EditText>().first { it.id == into }.setText(words)
        shadowOf(Looper.getMainLooper()).idle()
    }

    /** Presses what says this, or is called this. */
    fun presses(words: String) {
        fun found() = views().filter { it.isEnabled && says(it, words) }.firstNotNullOfOrNull(::pressable)
        waitUntil("something to press called \"$words\"") { found() != null }
        found()?.performClick()
        shadowOf(Looper.getMainLooper()).idle()
    }

    fun presses(words: Int) = presses(activity().getString(words))

    fun waitFor(words: Int) = waitFor(activity().getString(words))

    private fun says(view: View, words: String) =
        (view as? TextView)?.text?.toString() == words || view.contentDescription?.toString() == words

    private fun pressable(view: View): View? = generateSequence(view) { it.parent as? View }.firstOrNull { it.isClickable && it.isEnabled }
}
