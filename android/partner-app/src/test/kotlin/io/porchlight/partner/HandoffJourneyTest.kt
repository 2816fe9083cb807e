package io.porchlight.partner

import android.content.Intent
import android.widget.EditText
import io.porchlight.customer.Person
import io.porchlight.customer.enters
import io.porchlight.customer.fillsIn
import io.porchlight.screens.R
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

private const val MAY_WORK = "Ana Ruiz of Bright Solar may work in your account until"
private const val REQUEST = "Ana Ruiz of Bright Solar asks to work in your account"

/** A second on a machine that has nothing else to do; end_to_end measures it. */
private const val LOCKED_WITHIN_MS = 5_000

/** An installer works in a customer's account by consent, through the real screens of both apps on one phone. */
internal class HandoffJourneyTest : OnTwoPhones() {
    private fun kimIsACustomer() {
        phones.everybodyIsSignedIn()
        stage.customer(KIM)
        ana.presses("Kim Lee")
    }

    private fun anaAsks(comment: String = "Two new cameras") {
        ana.presses(R.string.customer_ask)
        ana.waitFor("You ask Kim Lee ($KIM).")
        ana.presses("4 hours")
        ana.types(comment, R.string.ask_comment)
        ana.presses(R.string.ask_action)
    }

    private fun kimConsents() {
        kim.waitFor(REQUEST)
        kim.presses(R.string.request_consent)
        ana.waitFor("Access until")
    }

    /** Link, and what the phone does with it. */
    private fun anaOpensTheAccount(): Person {
        phones.installTheCustomerApp()
        val link = phones.anaTapsLink()
        assertEquals("nobody else sees it", "io.porchlight.customer", link.`package`)
        val there = phones.opensOnAnasPhone(link).person
        there.waitFor("Ana Ruiz of Bright Solar will work in the account of Kim Lee")
        return there
    }

    private fun anaWorksThere(): Person {
        kimIsACustomer()
        anaAsks()
        kimConsents()
        return anaOpensTheAccount().apply {
            presses(R.string.handoff_confirm)
            waitFor(AT_WORK)
        }
    }

    @Test
    fun an_installer_asks_the_customer_consents_and_ends_it_and_both_see_it_at_once() {
        phones.everybodyIsSignedIn()
        ana.presses(R.string.customers_add)
        ana.types("Kim", R.string.field_given_name)
        ana.types("Lee", R.string.field_family_name)
        ana.types(KIM, R.string.field_email)
        ana.presses(R.string.customers_add)
        ana.waitFor(R.string.customer_waiting)

        kim.presses(R.string.tab_people)
        kim.waitFor("Bright Solar says that you are their customer")
        kim.presses(R.string.offer_accept)
        anaAsks()
        ana.waitFor(R.string.customer_asked)

        kim.waitFor(REQUEST)
        kim.waitFor("“Two new cameras”")
        kim.waitFor("Add devices")
        assertFalse("nobody ticked it", kim.reads().contains("Watch live pictures"))
        kim.presses("1 hour")
        kim.presses(R.string.request_consent)
        ana.waitFor("Access until")

        val there = anaOpensTheAccount()
        assertFalse("nothing is shown before the tap", there.reads().contains("Lake house"))
        assertTrue(there.reads().contains("The whole account"))
        there.presses(R.string.handoff_confirm)
        there.waitFor(AT_WORK)
        there.enters(stage.device(DEVICE_PASSWORD))
        there.waitFor(AT_WORK)
        there.fillsIn("Gate", DEVICE_PASSWORD)
        there.waitFor(R.string.added_title)
        there.presses(R.string.added_done)
        there.waitFor("1 device")

        kim.waitFor("Ana Ruiz of Bright Solar")
        kim.presses(R.string.history_title)
        kim.waitFor("Added the device Gate")
        kim.waitFor("Ana Ruiz of Bright Solar, ")
        phones.kims.activity.onBackPressed()
        ana.presses(R.string.customer_history)
        ana.waitFor("Added the device Gate")
        phones.partner.activity.onBackPressed()
        kim.presses(R.string.grant_end)
        val asked = System.nanoTime()
        there.waitFor("Access to Kim Lee’s account has ended")
        val after = (System.nanoTime() - asked) / 1_000_000
        assertTrue("locked after $after ms", after < LOCKED_WITHIN_MS)
        assertFalse(there.reads().contains("1 device"))
        there.presses(R.string.acting_done)
        there.waitFor(R.string.sign_in_title)
        ana.waitFor(R.string.customer_no_access)
    }

    @Test
    fun a_customer_who_declines_gives_nothing() {
        kimIsACustomer()
        anaAsks()
        kim.waitFor(REQUEST)
        kim.presses(R.string.request_decline)
        ana.waitFor(R.string.customer_declined)
        assertFalse(kim.reads().contains(REQUEST))
    }

    @Test
    fun a_customer_who_takes_no_more_requests_is_not_asked_again() {
        kimIsACustomer()
        anaAsks()
        kim.waitFor(REQUEST)
        kim.waitFor(R.string.request_block_hint)
        kim.presses(R.string.request_block)
        ana.waitFor(R.string.customer_declined)
        anaAsks()
        ana.waitFor(R.string.error_requests_refused)
        assertFalse(kim.reads().contains(REQUEST))
    }

    @Test
    fun a_request_that_nobody_answers_is_said_to_be_over_on_both_sides() {
        kimIsACustomer()
        anaAsks()
        kim.waitFor(REQUEST)
        stage.letRequestsExpire()
        kim.waitFor(R.string.request_over)
        ana.waitFor(R.string.customer_unanswered)
    }

    @Test
    fun a_comment_with_letters_that_turn_the_text_is_said_at_its_field() {
        kimIsACustomer()
        anaAsks("Two \u202Eweiv new cameras")
        ana.waitFor(R.string.input_not_allowed)
        assertTrue(ana.reads().contains("You ask Kim Lee"))
        ana.types("Two new\ncameras", R.string.ask_comment)
        ana.presses(R.string.ask_action)
        kim.waitFor("“Two new cameras”")
    }

    @Test
    fun a_request_that_is_taken_back_goes_from_the_customers_screen() {
        kimIsACustomer()
        anaAsks()
        kim.waitFor(REQUEST)
        ana.presses(R.string.customer_withdraw)
        kim.waitFor(R.string.request_over)
        assertFalse(kim.reads().contains("Consent"))
        ana.waitFor(R.string.customer_withdrawn)
    }

    @Test
    fun without_the_customer_app_the_partner_app_says_so_and_opens_nothing() {
        kimIsACustomer()
        anaAsks()
        kimConsents()
        ana.presses(R.string.customer_open)
        ana.waitFor(R.string.error_customer_app_missing)
        assertNull(phones.link())
    }

    @Test
    fun the_installer_leaves_the_account_and_the_access_stays() {
        val there = anaWorksThere()
        there.presses(R.string.acting_end)
        there.waitFor("You left Kim Lee’s account")
        assertFalse("the access is not over", there.reads().contains("has ended"))
        there.presses(R.string.acting_to_customers)
        there.waitFor(R.string.sign_in_title)
        assertTrue(ana.reads().contains("Access until"))
        val back = phones.link() ?: error("nothing was opened")
        assertEquals("io.porchlight.partner" to "https://porchlight.example/p", back.`package` to back.dataString)
    }

    @Test
    fun a_customer_reads_on_every_screen_who_may_work_there_and_ends_it_with_one_tap() {
        kimIsACustomer()
        repeat(2) {
            anaAsks()
            kim.waitFor(REQUEST)
            kim.presses(R.string.request_consent)
            ana.waitFor("Access until")
        }
        for (tab in listOf(R.string.tab_devices, R.string.tab_people, R.string.tab_more, R.string.tab_home)) {
            kim.presses(tab)
            kim.waitFor(MAY_WORK)
        }
        kim.presses(R.string.home_add_device)
        kim.waitFor(R.string.scan_enter_manually)
        kim.waitFor(MAY_WORK)
        kim.presses(R.string.grant_end)
        kim.waitUntil("nobody") { MAY_WORK !in kim.reads() }
        ana.waitFor(R.string.customer_no_access)
        kim.waitFor(R.string.scan_enter_manually)
    }

    @Test
    fun of_several_requests_the_newest_is_shown_first_and_then_the_others() {
        kimIsACustomer()
        stage.ask(KIM, 1, "The first")
        kim.waitFor("“The first”")
        stage.ask(KIM, 1, "The second")
        kim.waitFor("“The second”")
        // Both wait when the app is opened.
        phones.kims.isOpenedAgain(Intent())
        kim.waitFor("“The second”")
        kim.presses(R.string.request_decline)
        kim.waitFor("“The first”")
        kim.presses(R.string.request_decline)
        kim.waitFor(R.string.home_add_device)
    }

    @Test
    fun what_was_chosen_of_a_request_survives_the_process() {
        kimIsACustomer()
        ana.presses(R.string.customer_ask)
        ana.waitFor("You ask Kim Lee ($KIM).")
        ana.presses(R.string.ask_days)
        ana.types("12", R.string.field_days)
        ana.presses(R.string.permission_device_change)
        ana.presses(R.string.permission_video_watch)
        ana.types("Two new cameras", R.string.ask_comment)
        phones.partner.isKilled()
        ana.waitFor("You ask Kim Lee ($KIM).")
        ana.waitUntil("the words") { phones.partner.activity.findViewById<EditText>(R.string.ask_comment)?.text?.toString() == "Two new cameras" }
        ana.presses(R.string.ask_action)
        kim.waitFor("“Two new cameras”")
        kim.waitFor("12 days")
        kim.waitFor(R.string.permission_video_watch)
        assertFalse("it was unticked", kim.reads().contains(phones.kims.activity.getString(R.string.permission_device_change)))
    }

    @Test
    fun days_are_typed_from_1_to_30() {
        kimIsACustomer()
        ana.presses(R.string.customer_ask)
        ana.waitFor("You ask Kim Lee ($KIM).")
        ana.presses(R.string.ask_days)
        for (days in listOf("0", "31", "999999999999999999999", "")) {
            ana.types(days, R.string.field_days)
            ana.presses(R.string.ask_action)
            ana.waitFor(R.string.input_days)
            ana.types("", R.string.ask_comment)
        }
        ana.types("30", R.string.field_days)
        ana.presses(R.string.ask_action)
        kim.waitFor(REQUEST)
        kim.waitFor("30 days")
        kim.presses("24 hours")
        kim.presses(R.string.request_consent)
        ana.waitFor("Access until")
    }

    @Test
    fun a_comment_that_is_too_long_is_said_at_its_field() {
        kimIsACustomer()
        anaAsks("x".repeat(10 * 1024))
        ana.waitFor(R.string.input_too_long)
        assertTrue(ana.reads().contains("You ask Kim Lee"))
    }
}
