package io.porchlight.screens

import android.view.View
import android.view.ViewGroup
import android.widget.TextView
import io.porchlight.bridge.HandoffState
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** What somebody reads before the one tap that opens a customer's account. */
@RunWith(PicturesRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(application = PicturesApplication::class)
class HandoffWordsTest {
    private fun Studio.reads(state: HandoffState): List<String> {
        show(Shot("handoff", { HandoffScreen(it.acting) }, HandoffScreenState(state)))
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
        fun looks(state: HandoffState) = studio.reads(state).let { assertTrue("$it", it.containsAll(listOf("The device Gate", until))) }
        looks(HandoffState.Confirm(forTheGate, soon, null))
        looks(HandoffState.Opening(forTheGate, soon))
        looks(HandoffState.Unreached(forTheGate, soon))
    }
}
