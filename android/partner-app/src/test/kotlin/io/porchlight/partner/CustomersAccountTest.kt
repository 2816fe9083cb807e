package io.porchlight.partner

import android.widget.EditText
import io.porchlight.customer.Person
import io.porchlight.customer.enters
import io.porchlight.customer.fillsIn
import io.porchlight.customer.makesAPlace
import io.porchlight.customer.signsIn
import io.porchlight.screens.R
import java.text.DateFormat
import java.time.Duration
import java.time.Instant
import java.util.Date
import java.util.Locale
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** What stands above the list, whose rows are drawn by the system. */
private const val ONE_DEVICE = "1 device"

/** An installer is in a customer's account: phones whose clocks are wrong, that are out of reach, and customers who are new. */
internal class CustomersAccountTest : OnTwoPhones() {
    private fun Person.addsTheGate() {
        enters(stage.device(DEVICE_PASSWORD))
        fillsIn("Gate", DEVICE_PASSWORD)
        waitFor(R.string.added_title)
        presses(R.string.added_done)
        waitFor(ONE_DEVICE)
    }

    private fun worksWithAClockWrongBy(years: Long) {
        phones.anasClock.wrongBy = Duration.ofDays(365 * years)
        phones.kimHasConsented()
        val there = phones.anaWorksThere()
        there.addsTheGate()
        kim.presses(R.string.tab_people)
        kim.presses(R.string.grant_end)
        there.waitFor("Access to Kim Lee’s account has ended")
    }

    @Test
    fun a_phone_that_lives_thirty_years_ago_works_as_any() = worksWithAClockWrongBy(-30)

    @Test
    fun a_phone_that_lives_in_thirty_years_works_as_any() = worksWithAClockWrongBy(30)

    /** A week, so that the day is said. */
    private fun isAskedWithAClockWrongBy(years: Long) {
        phones.kimsClock.wrongBy = Duration.ofDays(365 * years)
        phones.everybodyIsSignedIn()
        stage.customer(KIM)
        stage.ask(KIM, 7 * 24, "Two new cameras")
        kim.waitUntil("the day by the cloud's clock") {
            val inAWeek = Date.from(Instant.now() + Duration.ofDays(7))
            "Until ${DateFormat.getDateInstance(DateFormat.MEDIUM, Locale.US).format(inAWeek)}" in kim.reads()
        }
        kim.presses("7 days")
        kim.presses(R.string.request_consent)
        kim.waitFor(R.string.home_add_device)
    }

    @Test
    fun a_customer_whose_phone_lives_thirty_years_ago_reads_the_day_on_which_the_access_ends() = isAskedWithAClockWrongBy(-30)

    @Test
    fun a_customer_whose_phone_lives_in_thirty_years_reads_the_day_on_which_the_access_ends() = isAskedWithAClockWrongBy(30)

    @Test
    fun a_phone_out_of_reach_covers_the_account_until_it_has_a_connection() {
        phones.kimHasConsented()
        val there = phones.anaWorksThere()
        there.addsTheGate()
        stage.cloudOff()
        phones.anasClock.slept = Duration.ofMinutes(16)
        there.waitFor(R.string.acting_locked_body)
        assertFalse("what is the customer's is covered", there.reads().contains(ONE_DEVICE))
        assertTrue("who acts is not", there.reads().contains(AT_WORK))
        stage.cloudOn()
        there.waitFor(ONE_DEVICE)
    }

    @Test
    fun a_phone_out_of_reach_goes_on_adding_and_begins_anew() {
        phones.kimHasConsented()
        val there = phones.anaWorksThere()
        val (gate, door) = stage.device(DEVICE_PASSWORD) to stage.device(DEVICE_PASSWORD)
        there.enters(gate)
        there.waitFor(R.string.details_has_none)
        there.types("Gate", R.string.field_device_name)
        there.types(DEVICE_PASSWORD, R.string.field_device_password)
        stage.cloudOff()
        phones.anasClock.slept = Duration.ofMinutes(16)
        there.waits(2_500)
        assertTrue("who acts is said", there.reads().contains(AT_WORK))
        there.presses(R.string.details_next)
        there.waitFor(R.string.queued_title)
        there.presses(R.string.added_done)
        there.waitFor(R.string.acting_locked_body)
        there.enters(door)
        there.fillsIn("Door", DEVICE_PASSWORD)
        there.waitFor(R.string.queued_title)
        there.presses(R.string.added_done)
        there.waitFor(R.string.acting_locked_body)
        assertFalse("what is the customer's is covered", there.reads().contains("devices"))
        stage.cloudOn()
        there.waitFor("2 devices")
    }

    @Test
    fun adding_in_a_customers_account_goes_on_in_the_next_process() {
        phones.kimHasConsented()
        val there = phones.anaWorksThere()
        val app = phones.anas ?: error("it is open")
        there.enters(stage.device(DEVICE_PASSWORD))
        there.waitFor(R.string.details_has_none)
        there.types("Gate, left", R.string.field_device_name)
        app.isKilled()
        there.waitFor(R.string.details_has_none)
        there.waitFor(AT_WORK)
        there.waitUntil("the name") { app.activity.findViewById<EditText>(R.string.field_device_name)?.text?.toString() == "Gate, left" }
        there.types(DEVICE_PASSWORD, R.string.field_device_password)
        there.presses(R.string.details_next)
        there.waitFor(R.string.added_title)
        there.presses(R.string.added_done)
        there.waitFor(ONE_DEVICE)
        // What was left with the account does not come back with the next one.
        there.presses(R.string.home_add_device)
        there.waitFor(R.string.scan_enter_manually)
        there.presses(R.string.acting_end)
        there.waitFor("You left Kim Lee’s account")
        there.presses(R.string.acting_done)
        app.isKilled()
        there.waitFor(R.string.sign_in_title)
    }

    @Test
    fun in_a_customers_account_nothing_is_offered_that_the_access_is_not_for() {
        phones.kimHasConsented()
        val there = phones.anaWorksThere()
        there.addsTheGate()
        there.presses(ONE_DEVICE)
        there.presses("Gate")
        there.waitFor("LX-4")
        assertFalse("removing is the customer's", there.reads().contains(phones.kims.activity.getString(R.string.device_remove)))
    }

    /** Ana adds a device for Kim, who has not answered yet. */
    private fun anaPreparesADevice() {
        ana.signsIn(ANA, stage.partner("Bright Solar", ANA))
        ana.presses(R.string.customers_add)
        ana.types("Kim", R.string.field_given_name)
        ana.types("Lee", R.string.field_family_name)
        ana.types(KIM, R.string.field_email)
        ana.presses(R.string.customers_add)
        ana.waitFor(R.string.customer_waiting)
        ana.presses(R.string.customer_prepare)
        ana.waitFor(AT_WORK)
        ana.makesAPlace()
        ana.addsTheGate()

        kim.signsIn(KIM, stage.account(KIM))
        kim.waitFor(R.string.home_empty_title)
        kim.presses(R.string.tab_people)
        kim.waitFor("The location Lake house")
        kim.waitFor("Gate at Lake house")
        kim.presses(R.string.offer_accept)
        kim.waitFor(R.string.offer_keep_title)
    }

    @Test
    fun a_new_customer_keeps_what_was_added_and_the_installer_is_out() {
        anaPreparesADevice()
        kim.presses(R.string.offer_keep_it)
        kim.presses(R.string.tab_home)
        kim.waitFor(ONE_DEVICE)
        ana.waitFor("Access to Kim Lee’s account has ended")
        ana.presses(R.string.acting_done)
        ana.waitFor(R.string.customer_no_access)
    }

    @Test
    fun a_new_customer_removes_what_was_added() {
        anaPreparesADevice()
        kim.presses(R.string.offer_remove)
        kim.presses(R.string.tab_home)
        kim.waitFor(R.string.home_empty_title)
        ana.waitFor("Access to Kim Lee’s account has ended")
    }
}
