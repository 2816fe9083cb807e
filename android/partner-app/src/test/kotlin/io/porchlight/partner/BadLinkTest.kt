package io.porchlight.partner

import android.content.Intent
import android.net.Uri
import io.porchlight.customer.Person
import io.porchlight.screens.R
import java.nio.ByteBuffer
import java.util.Base64
import java.util.zip.CRC32
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Test

/** Links from anywhere: a web page, a message, a printed code. None signs anybody in. */
internal class BadLinkTest : OnTwoPhones() {
    private fun link(text: String) = Intent(Intent.ACTION_VIEW, Uri.parse(text))

    @Test
    fun a_link_that_is_none_of_ours_is_refused_and_nothing_is_signed_in() {
        kim.waitFor(R.string.sign_in_title)
        for ((what, text) in badLinks(stage.places.getString("link_host"))) {
            phones.kims.takes(link(text))
            kim.waitUntil("$what is refused") { kim.reads().contains(phones.kims.activity.getString(R.string.handoff_not_a_link)) }
            kim.presses(R.string.cancel)
            kim.waitFor(R.string.sign_in_register)
            assertFalse(what, kim.reads().contains(phones.kims.activity.getString(R.string.handoff_title)))
        }
        // The code alone would not have been refused.
        phones.kims.takes(link("https://${stage.places.getString("link_host")}/h#c=$CODE"))
        kim.waitFor(R.string.handoff_not_here)
    }

    @Test
    fun a_link_whose_minute_is_over_says_so_and_leads_to_a_new_one() {
        phones.kimHasConsented()
        val there = opens(phones.anaTapsLink())
        stage.letCodesExpire()
        there.presses(R.string.handoff_confirm)
        there.waitFor(R.string.handoff_too_late)
        there.waitFor(R.string.handoff_link_again)
        there.presses(R.string.cancel)
        there.waitFor(R.string.sign_in_title)
        opens(phones.anaTapsLink()).presses(R.string.handoff_confirm)
        there.waitFor(BANNER)
    }

    private fun opens(link: Intent): Person = phones.opensOnAnasPhone(link).person.apply { waitFor(R.string.handoff_confirm) }

    @Test
    fun a_link_that_another_phone_made_is_refused_and_stays_good_where_it_was_made() {
        phones.kimHasConsented()
        val link = phones.anaTapsLink()
        phones.kims.takes(link)
        kim.waitFor(R.string.handoff_not_here)
        kim.presses(R.string.cancel)
        kim.waitFor(R.string.home_add_device)
        // Nobody is signed in there: a link comes before that too.
        val there = opens(link)
        there.presses(R.string.cancel)
        there.waitFor(R.string.sign_in_title)
        // What was in the vault is read once.
        phones.opensOnAnasPhone(link)
        there.waitFor(R.string.handoff_not_here)
    }

    @Test
    fun a_link_that_was_used_is_refused_and_the_first_goes_on() {
        phones.kimHasConsented()
        val link = phones.anaTapsLink()
        val there = opens(link)
        there.presses(R.string.handoff_confirm)
        there.waitFor(BANNER)
        phones.opensOnAnasPhone(link)
        there.waitFor(R.string.handoff_not_here)
        there.presses(R.string.handoff_partner_app)
        there.waitFor(BANNER)
        val back = phones.link() ?: error("nothing was opened")
        assertEquals("io.porchlight.partner" to "https://porchlight.example/p", back.`package` to back.dataString)
        phones.partner.takes(back)
        ana.waitFor(R.string.customer_open)
    }

    @Test
    fun a_link_is_taken_once_whoever_begins_the_process_again() {
        phones.kimHasConsented()
        val link = phones.anaTapsLink()
        val there = opens(link)
        there.presses(R.string.handoff_confirm)
        there.waitFor(BANNER)
        val app = phones.anas ?: error("it is open")
        app.isKilled()
        there.waitFor(BANNER)
        there.waits()
        there.waitFor(BANNER)
        app.isOpenedAgain(Intent(link).addFlags(Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY))
        there.waitFor(BANNER)
        there.waits()
        there.waitFor(BANNER)
    }

    @Test
    fun a_link_whose_access_ended_while_it_was_open_says_so() {
        phones.kimHasConsented()
        val there = opens(phones.anaTapsLink())
        kim.presses(R.string.tab_people)
        kim.presses(R.string.grant_end)
        ana.waitFor(R.string.customer_no_access)
        there.presses(R.string.handoff_confirm)
        there.waitFor(R.string.handoff_over)
        there.presses(R.string.cancel)
        there.waitFor(R.string.sign_in_register)
    }

    @Test
    fun a_second_link_while_one_waits_takes_its_place() {
        phones.kimHasConsented()
        opens(phones.anaTapsLink())
        val there = opens(phones.anaTapsLink())
        there.presses(R.string.handoff_confirm)
        there.waitFor(BANNER)
    }

    private companion object {
        const val BANNER = "You are working in Kim Lee’s account"

        /** As the cloud mints them, with their checksum: whatever is refused of a link below, it is not the code. */
        val CODE = ("pl_ho_" + "A".repeat(43)).let { body ->
            val sum = CRC32().apply { update(body.toByteArray()) }.value.toInt()
            body + Base64.getUrlEncoder().withoutPadding().encodeToString(ByteBuffer.allocate(4).putInt(sum).array())
        }

        /** What each tries, and the link; with the host of this cloud. */
        fun badLinks(host: String) = listOf(
            "another host" to "https://$host.evil.example/h#c=$CODE",
            "another scheme" to "http://$host/h#c=$CODE",
            "a scheme of one's own" to "porchlight://$host/h#c=$CODE",
            "a port" to "https://$host:8443/h#c=$CODE",
            "a user's name" to "https://$host@evil.example/h#c=$CODE",
            "a backslash" to "https://evil.example\\@$host/h#c=$CODE",
            "escaped dots" to "https://$host/%2e%2e/h#c=$CODE",
            "another path" to "https://$host/h/../x#c=$CODE",
            "a query" to "https://$host/h?next=evil#c=$CODE",
            "two codes" to "https://$host/h#c=$CODE&c=$CODE",
            "no code" to "https://$host/h",
            "10 KiB" to "https://$host/h#c=$CODE" + "a".repeat(10 * 1024),
            "text that turns" to "https://$host/h#c=\u202E$CODE",
            "what was mistyped" to "https://$host/h#c=${CODE.replaceFirst("AA", "AB")}",
            "what is too long" to "https://$host/h#c=${CODE}AAAA",
        )
    }
}
