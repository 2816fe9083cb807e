package io.porchlight.partner

import io.porchlight.customer.enters
import io.porchlight.customer.fillsIn
import io.porchlight.screens.R
import org.junit.Assert.assertFalse
import org.junit.Test

/** The access ended before the phone could send what the installer did: they read what that was, until they have noted it. */
internal class UnsentTest : OnTwoPhones() {
    @Test
    fun what_was_not_sent_is_listed_in_the_next_process_too_until_it_is_noted() {
        phones.kimHasConsented()
        val there = phones.anaWorksThere()
        val gate = stage.device(DEVICE_PASSWORD)
        there.enters(gate)
        phones.anasSignal = false
        there.fillsIn("Gate", DEVICE_PASSWORD)
        there.waitFor(R.string.queued_title)
        kim.presses(R.string.tab_people)
        kim.presses(R.string.grant_end)
        ana.waitFor(R.string.customer_no_access)
        phones.anasSignal = true
        there.waitFor("Access to Kim Lee’s account has ended")
        there.waitFor("Gate, ${gate.serial}")

        val app = phones.anas ?: error("it is open")
        app.isKilled()
        there.waitFor(R.string.sign_in_title)
        there.presses(R.string.grants_show)
        there.waitFor("Gate, ${gate.serial}, for Kim Lee")
        assertFalse(DEVICE_PASSWORD in there.reads())
        app.isKilled()
        there.presses(R.string.grants_show)
        there.presses(R.string.unsent_forget)
        there.waitFor(R.string.sign_in_title)
        there.waitUntil("nothing of it") { app.activity.getString(R.string.unsent_title) !in there.reads() }
        app.isKilled()
        there.waitFor(R.string.sign_in_title)
        there.waits()
        assertFalse(app.activity.getString(R.string.unsent_title) in there.reads())
    }
}
