package io.porchlight.screens

import io.porchlight.bridge.Act
import io.porchlight.bridge.ActAbout
import io.porchlight.bridge.Person
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** "Who did what at my home" says every deed that the cloud records. */
@RunWith(PicturesRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(application = PicturesApplication::class)
class DeedsInWordsTest {
    private fun wordsFor(what: String) = wordsFor(what, null, null)

    private fun wordsFor(what: String, actor: Person?, about: ActAbout?) = Robolectric.buildActivity(MainActivity::class.java).get()
        .wordsFor(Act("e-1", moment, what, actor, null, null, null, "Gate", about))

    @Test
    fun every_deed_has_words_of_its_own() {
        val said = DEEDS.associateWith(::wordsFor)
        for ((what, words) in said) assertNotEquals(what, wordsFor("roof.lifted"), words)
        assertEquals("no two deeds read the same", DEEDS.size, said.values.toSet().size)
    }

    @Test
    fun act_on_access_says_whose_it_was_unless_they_did_it_themselves() {
        val ended = "Ended an access: Ana Ruiz of Bright Solar"
        assertEquals(ended, wordsFor("access.ended", kimPerson, ActAbout(company, ana)))
        assertEquals("Ended an access", wordsFor("access.ended", ana, ActAbout(company, ana)))
        assertEquals("Ended what you are to a company: Bright Solar", wordsFor("membership.ended", null, ActAbout(company, null)))
    }

    private companion object {
        /** As `cloud/src` records them. */
        val DEEDS = listOf(
            "account.made", "account.disabled", "account.enabled", "password.changed", "password.taken",
            "membership.began", "membership.ended", "session.began", "session.ended", "site.made", "site.changed",
            "device.added", "device.renamed", "device.moved", "device.released", "device.claim_tried",
            "access.asked", "access.withdrawn", "access.granted", "access.declined", "access.expired", "access.ended",
            "access.blocked", "access.unblocked", "customer.added", "customer.confirmed", "customer.refused",
        )
    }
}
