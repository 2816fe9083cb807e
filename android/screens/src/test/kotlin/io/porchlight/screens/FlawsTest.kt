package io.porchlight.screens

import android.text.TextUtils
import android.view.ViewGroup.LayoutParams
import android.widget.FrameLayout
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** The eyes of [EveryScreenTest] see what they are there for. */
@RunWith(PicturesRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(qualifiers = "en-rUS-w411dp-h891dp-notnight-420dpi")
class FlawsTest {
    private fun flawsOf(build: (Page) -> Unit): List<String> = Studio().use { studio ->
        studio.show(Shot("flawed", { Flawed(build) })).flaws().map { it.substringAfter("' ") }
    }

    @Test
    fun a_plain_page_has_none() = assertEquals(emptyList<String>(), flawsOf { it.text(Type.BODY, "Plain") })

    @Test
    fun a_button_without_a_name_is_seen() {
        val found = flawsOf { page -> page.content.put(page.context.iconButton(R.drawable.ic_plus, "") {}, width = page.context.dp(48)) }
        assertEquals(listOf("has no name"), found)
    }

    @Test
    fun a_field_without_a_label_is_seen() {
        val found = flawsOf { page -> page.content.put(android.widget.EditText(page.context).apply { minHeight = page.context.dp(48) }) }
        assertEquals(listOf("has no name"), found)
    }

    @Test
    fun a_button_too_small_for_a_finger_is_seen() {
        val found = flawsOf { page ->
            val small = page.context.iconButton(R.drawable.ic_plus, "Add") {}
            small.layoutParams = android.widget.LinearLayout.LayoutParams(page.context.dp(47), page.context.dp(47))
            page.content.addView(small)
        }
        assertEquals(listOf("is too small to touch"), found)
    }

    @Test
    fun words_that_are_cut_are_seen() {
        val long = "word ".repeat(200)
        val dotted = flawsOf { page -> page.text(Type.BODY, long).apply { maxLines = 1; ellipsize = TextUtils.TruncateAt.END } }
        assertEquals(listOf("is cut"), dotted)
        val short = flawsOf { page -> page.text(Type.BODY, long).apply { layoutParams.height = 40 } }
        assertEquals(listOf("is cut"), short)
    }

    @Test
    fun what_sticks_out_or_lies_under_a_bar_is_seen() {
        val wide = flawsOf { page ->
            val words = page.context.textView(Type.BODY).apply { text = "Wide" }
            page.content.addView(words, android.widget.LinearLayout.LayoutParams(page.context.dp(900), LayoutParams.WRAP_CONTENT))
        }
        assertTrue("$wide", "is wider than its place" in wide)
        val under = flawsOf { page ->
            val activity = page.context as MainActivity
            val words = page.context.textView(Type.BODY).apply { text = "Under" }
            activity.addContentView(words, FrameLayout.LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.WRAP_CONTENT))
        }
        assertEquals(listOf("is under a bar"), under)
    }
}

private class Flawed(private val how: (Page) -> Unit) : Screen<Unit>(Unit) {
    override val route = Route.Waiting

    override fun build(page: Page): (Unit) -> Unit {
        page.text(Type.BODY, "Something to read")
        how(page)
        return {}
    }
}
