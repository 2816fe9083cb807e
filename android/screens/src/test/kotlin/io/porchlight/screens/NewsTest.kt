package io.porchlight.screens

import android.view.View
import android.widget.Button
import io.porchlight.bridge.Person
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** What stands above a person's own screens. */
@RunWith(PicturesRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(application = PicturesApplication::class)
class NewsTest {
    private val grant = acting.grant
    private val max = grant.copy(id = "g-2", actor = Person("a-3", "Max", "Lee"))

    private fun Studio.home(news: NewsState) = show(Shot("home", { HomeScreen(core, stack) }, HomeState(loading = false), news = news)).let {}

    private fun Studio.button(words: Int): View? = activity.findViewById<Button>(words)?.takeIf { it.isShown }

    @Test
    fun one_who_may_work_here_is_out_with_one_tap() = Studio().use { studio ->
        studio.home(NewsState(listOf(grant, grant.copy(id = "g-3"))))
        studio.button(R.string.grant_end)?.performClick()
        assertEquals(listOf(NewsDeed.END_ACCESS), studio.deeds)
    }

    @Test
    fun of_several_a_person_chooses_whose_access_ends() = Studio().use { studio ->
        studio.home(NewsState(listOf(grant, max)))
        studio.button(R.string.grants_show)?.performClick()
        assertEquals(listOf(NewsDeed.SHOW_ACCESS), studio.deeds)
    }

    @Test
    fun where_nobody_may_work_nothing_is_said() = Studio().use { studio ->
        studio.home(NewsState())
        assertEquals(null, studio.button(R.string.grant_end) ?: studio.button(R.string.grants_show))
    }

    @Test
    fun what_was_not_sent_is_said_on_the_first_screen_only() = Studio().use { studio ->
        val news = NewsState(unsent = listOf(shed))
        studio.home(news)
        assertTrue(studio.button(R.string.grants_show) != null)
        studio.show(Shot("settings", { SettingsScreen(studio.core, studio.stack) }, SettingsState(kim), news = news))
        assertFalse(studio.button(R.string.grants_show) != null)
    }
}
