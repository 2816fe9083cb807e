package io.porchlight.screens

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

private const val LONGEST = 5

/** Every order in which a phone's camera can answer. */
class CameraStepTest {
    /** All rows of events up to this length. */
    private val orders: List<List<CameraEvent>> = generateSequence(listOf(emptyList<CameraEvent>())) { rows ->
        rows.flatMap { row -> CameraEvent.entries.map { row + it } }
    }.take(LONGEST + 1).flatten().toList()

    private class Run(order: List<CameraEvent>) {
        val deeds = mutableListOf<CameraDeed>()
        val end = order.fold(CameraStep.WAITING) { step, event -> step.on(event).let { (next, deed) -> next.also { deeds += deed } } }
    }

    @Test
    fun it_is_opened_shown_and_closed() {
        val run = Run(listOf(CameraEvent.AVAILABLE, CameraEvent.OPENED, CameraEvent.UNWANTED))
        assertEquals(listOf(CameraDeed.OPEN, CameraDeed.RUN, CameraDeed.CLOSE), run.deeds)
        assertEquals(CameraStep.CLOSED, run.end)
    }

    @Test
    fun what_opens_after_it_is_not_wanted_is_closed_and_not_shown() {
        val run = Run(listOf(CameraEvent.AVAILABLE, CameraEvent.UNWANTED, CameraEvent.OPENED))
        assertEquals(listOf(CameraDeed.OPEN, CameraDeed.NOTHING, CameraDeed.CLOSE), run.deeds)
    }

    @Test
    fun one_that_another_app_takes_is_told_once() {
        val run = Run(listOf(CameraEvent.AVAILABLE, CameraEvent.OPENED, CameraEvent.LOST, CameraEvent.LOST))
        assertEquals(CameraDeed.CLOSE_AND_TELL, run.deeds[2])
        assertEquals(CameraDeed.NOTHING, run.deeds[3])
    }

    @Test
    fun in_no_order_is_it_closed_twice_or_shown_or_told_after_it_is_not_wanted() {
        for (order in orders) {
            val run = Run(order)
            val closings = run.deeds.count { it == CameraDeed.CLOSE || it == CameraDeed.CLOSE_AND_TELL }
            assertTrue("$order", closings <= 1)
            assertEquals("$order", run.end == CameraStep.CLOSED, closings == 1)
            val unwanted = order.indexOf(CameraEvent.UNWANTED).takeIf { it >= 0 } ?: continue
            val after = run.deeds.drop(unwanted)
            assertTrue("$order", CameraDeed.RUN !in after && CameraDeed.OPEN !in after && CameraDeed.CLOSE_AND_TELL !in after)
        }
    }

    @Test
    fun in_no_order_does_a_camera_stay_open_that_nobody_wants() {
        for (order in orders.filter { CameraEvent.UNWANTED in it }) {
            val answered = CameraStep.WAITING.let { order.fold(it) { step, event -> step.on(event).first } }
            // The system answers each opening in the end.
            assertEquals("$order", CameraStep.CLOSED, answered.on(CameraEvent.OPENED).first)
        }
    }
}
