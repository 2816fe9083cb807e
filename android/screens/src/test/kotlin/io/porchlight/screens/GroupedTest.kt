package io.porchlight.screens

import org.junit.Assert.assertEquals
import org.junit.Test

/** Serials as people compare them. */
class GroupedTest {
    private val samples = mapOf(
        "" to "",
        "LX4-00017" to "LX4-00017",
        "2M047C90AN00005" to "2M04\u20097C90\u2009AN00\u2009005",
        "1234567" to "1234\u2009567",
        "AB-1234567-C" to "AB-1234\u2009567-C",
        "-A--B-" to "-A--B-",
    )

    @Test
    fun a_serial_is_grouped_by_fours_between_its_hyphens() =
        samples.forEach { (serial, shown) -> assertEquals(shown, grouped(serial)) }

    @Test
    fun without_the_gaps_it_is_the_serial() =
        samples.keys.forEach { serial -> assertEquals(serial, grouped(serial).replace("\u2009", "")) }
}
