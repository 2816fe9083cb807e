package io.porchlight.screens

import android.view.View
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** In a customer's account screens offer what the access is for, and nothing else; in one's own everything. */
@RunWith(PicturesRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(application = PicturesApplication::class)
class OfferedTest {
    private val home = HomeState(loading = false, sites = sites, place = Place(), devices = 4)

    private fun Studio.offers(words: Int) = activity.findViewById<View>(words)?.isShown == true

    private fun Studio.home(stack: Stack, state: HomeState = home) = show(Shot("home", { HomeScreen(core, stack) }, state)).let {}

    private fun Studio.device(stack: Stack) = show(Shot("device", { OneDeviceScreen(core, stack, Route.OneDevice(gate.id)) }, OneDeviceState(gate))).let {}

    @Test
    fun adding_needs_leave_to_add() = Studio().use { studio ->
        studio.home(studio.stack)
        assertTrue(studio.offers(R.string.home_add_device))
        studio.home(studio.customersStack)
        assertTrue(studio.offers(R.string.home_add_device))
        studio.home(studio.lookersStack)
        assertFalse(studio.offers(R.string.home_add_device))
    }

    @Test
    fun making_a_place_needs_leave_to_make_one() = Studio().use { studio ->
        val empty = home.copy(sites = emptyList())
        studio.home(studio.customersStack, empty)
        assertTrue(studio.offers(R.string.home_make_site))
        studio.home(studio.lookersStack, empty)
        assertFalse(studio.offers(R.string.home_make_site))
    }

    @Test
    fun nobody_but_the_customer_removes_a_device_and_renaming_needs_leave_to_change_one() = Studio().use { studio ->
        fun Studio.deeds() = listOf(R.string.field_device_name, R.string.save, R.string.device_remove).map { offers(it) }
        studio.device(studio.stack)
        assertEquals(listOf(true, true, true), studio.deeds())
        studio.device(studio.customersStack)
        assertEquals(listOf(true, true, false), studio.deeds())
        studio.device(studio.lookersStack)
        assertEquals(listOf(false, false, false), studio.deeds())
    }
}
