package io.porchlight.screens

import io.porchlight.bridge.CustomerPlaces
import io.porchlight.bridge.Permission
import io.porchlight.bridge.PlaceDevice
import io.porchlight.bridge.PlaceSite
import org.junit.Assert.assertEquals
import org.junit.Test

/** What was chosen of a request, in the process after this one. */
class AskChosenTest {
    private val chosen = AskChosen(4, "d-1", setOf(Permission.SITE_READ, Permission.VIDEO_WATCH))
    private val places = CustomerPlaces(listOf(PlaceSite("s-1", "Lake house")), listOf(PlaceDevice("d-1", "Gate", "s-1")))

    @Test
    fun it_is_read_as_it_was_written() {
        for (one in listOf(chosen, chosen.copy(hours = null), chosen.copy(place = null), chosen.copy(ticked = emptySet()))) {
            val route = Route.AskForAccess("c-1", one)
            assertEquals(route, Route.of(route.text()))
        }
        assertEquals(Route.AskForAccess("c-1"), Route.of("ask/c-1"))
    }

    @Test
    fun the_whole_account_never_stands_in_for_a_place_that_is_not_known() {
        val state = AskState(accessChoices, chosen)
        assertEquals("nothing is chosen until the places are there", -1, state.scope)
        assertEquals(2, state.copy(places = places).scope)
        assertEquals(-1, state.copy(places = places, chosen = chosen.copy(place = "s-9")).scope)
        assertEquals(0, state.copy(chosen = chosen.copy(place = null)).scope)
    }
}
