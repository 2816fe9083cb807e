package io.porchlight.screens

import android.view.View
import android.view.ViewGroup
import android.widget.TextView
import io.porchlight.bridge.AccessEnd
import io.porchlight.bridge.DelegatedState
import io.porchlight.bridge.HandoffState
import java.time.Duration
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** What somebody reads before the one tap that opens a customer's account, and after the end. */
@RunWith(PicturesRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(application = PicturesApplication::class)
class HandoffWordsTest {
    private fun Studio.reads(shot: Shot<*>): List<String> {
        show(shot)
        return texts(activity.window.decorView)
    }

    private fun texts(view: View): List<String> = when {
        view.visibility != View.VISIBLE -> emptyList()
        view is ViewGroup -> (0 until view.childCount).flatMap { texts(view.getChildAt(it)) }
        else -> listOfNotNull((view as? TextView)?.text?.toString())
    }

    @Test
    fun it_says_on_what_and_until_when_the_session_lasts_whatever_the_access_does() = Studio().use { studio ->
        val until = studio.activity.getString(R.string.handoff_until, studio.activity.spell(soon))
        fun looks(state: HandoffState) {
            val read = studio.reads(Shot("handoff", { HandoffScreen(it.acting) }, HandoffScreenState(state)))
            assertTrue("$read", read.containsAll(listOf("The device Gate", until)))
        }
        looks(HandoffState.Confirm(forTheGate, soon, null))
        looks(HandoffState.Opening(forTheGate, soon))
        looks(HandoffState.Unreached(forTheGate, soon))
    }

    /** A phone that was off all night learns of it in the morning. */
    @Test
    fun an_end_is_never_said_to_be_when_the_phone_learnt_of_it() = Studio().use { studio ->
        val morning = soon + Duration.ofHours(14)
        fun reads(why: AccessEnd) = studio.reads(Shot("ended", { ActingEndedScreen(it.acting, ActingEndedState(DelegatedState.Ended(acting, why, morning, emptyList()))) }))
        for (why in AccessEnd.entries - AccessEnd.LEFT) {
            val read = reads(why)
            assertFalse("$why: $read", read.any { studio.activity.spell(morning) in it })
        }
        assertTrue("its own end", "Its time was over at ${studio.activity.spell(soon)}." in reads(AccessEnd.EXPIRED))
        assertTrue("this phone ended it", "You left the account at ${studio.activity.spell(morning)}." in reads(AccessEnd.LEFT))
    }
}
