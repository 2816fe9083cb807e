package io.porchlight.screens

import android.app.Application
import android.content.Intent
import android.graphics.Rect
import android.view.View
import android.view.ViewGroup
import android.widget.ScrollView
import io.porchlight.bridge.InputField
import io.porchlight.bridge.InputReason
import io.porchlight.bridge.PorchlightException
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** Where a problem leads a person: to the store, to whoever helps, to the field that is wrong. */
@RunWith(PicturesRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(application = PicturesApplication::class, qualifiers = "en-rUS-w320dp-h480dp-notnight-420dpi")
class WaysOutTest {
    @Test
    fun an_app_that_is_too_old_leads_to_the_store() = Studio().use { studio ->
        studio.signIn(PorchlightException.UpdateRequired())
        studio.press(R.string.update_action)
        val intent = shadowOf(studio.activity).nextStartedActivity
        assertEquals(Intent.ACTION_VIEW to "market", intent.action to intent.data?.scheme)
    }

    @Test
    fun a_forgotten_password_leads_to_the_portal_in_the_browser() = Studio().use { studio ->
        studio.show(Shot("sign-in", { SignInScreen(it.core, it.stack) }))
        studio.press(R.string.password_forgot)
        val intent = shadowOf(studio.activity).nextStartedActivity
        assertEquals(Intent.ACTION_VIEW to "https://cloud.example/password", intent.action to intent.dataString)
    }

    @Test
    fun a_phone_without_a_browser_says_where_a_new_password_is_chosen() = Studio().use { studio ->
        shadowOf(studio.app as Application).checkActivities(true)
        studio.show(Shot("sign-in", { SignInScreen(it.core, it.stack) }))
        studio.press(R.string.password_forgot)
        studio.layOut()
        assertEquals(1.0, studio.seen(studio.activity.getString(R.string.password_no_browser, "https://cloud.example/password")), 0.0)
    }

    @Test
    fun a_fault_of_ours_is_sent_with_its_report() = Studio().use { studio ->
        studio.signIn(PorchlightException.Internal("7f3a-20c1"))
        studio.press(R.string.settings_diagnostics)
        shadowOf(android.os.Looper.getMainLooper()).idle()
        val chooser = shadowOf(studio.activity).nextStartedActivity
        @Suppress("DEPRECATION")
        val send = chooser.getParcelableExtra<Intent>(Intent.EXTRA_INTENT)
        assertEquals(Intent.ACTION_SEND, send?.action)
        assertTrue(send?.getStringExtra(Intent.EXTRA_TEXT).orEmpty().contains("7f3a-20c1"))
    }

    @Test
    fun what_is_wrong_with_a_field_is_brought_to_where_it_is_seen() = Studio().use { studio ->
        val form = LongForm()
        studio.show(Shot("form", { form }))
        val words = studio.activity.wordsFor(InputField.NAME, InputReason.EMPTY)
        form.fail(PorchlightException.InvalidInput(InputField.NAME, InputReason.EMPTY))
        studio.layOut()
        assertEquals(1.0, studio.seen(words), 0.0)
        studio.scrolls { it.scrollTo(0, 0) }
        assertEquals("it lies below what is seen at first", 0.0, studio.seen(words), 0.0)
    }

    private fun Studio.signIn(problem: PorchlightException) = show(Shot("sign-in", { SignInScreen(it.core, it.stack) }, FormState(problem = problem)))

    private fun Studio.press(words: Int) = activity.findViewById<View>(words).performClick()

    /** How much of some words is seen: 0 nothing, 1 all. */
    private fun Studio.seen(words: String): Double {
        val found = ArrayList<View>()
        activity.window.decorView.findViewsWithText(found, words, View.FIND_VIEWS_WITH_TEXT)
        val view = found.single()
        val seen = Rect()
        return if (view.getGlobalVisibleRect(seen)) seen.height().toDouble() / view.height else 0.0
    }

    private fun Studio.scrolls(deed: (ScrollView) -> Unit) {
        fun walk(view: View) {
            if (view is ScrollView) deed(view)
            if (view is ViewGroup) (0 until view.childCount).forEach { walk(view.getChildAt(it)) }
        }
        walk(activity.window.decorView)
    }
}

/** A form whose one field lies below what a small phone shows at first. */
private class LongForm : Screen<FormState>(FormState()) {
    override val route = Route.Waiting

    fun fail(problem: PorchlightException) = change { it.copy(problem = problem) }

    override fun build(page: Page): (FormState) -> Unit {
        val notice = page.notice()
        repeat(20) { page.text(Type.BODY, "A line") }
        val name = page.field(R.string.field_device_name)
        return { state -> page.showProblem(state, notice, mapOf(InputField.NAME to name)) }
    }
}
