package io.porchlight.screens

import io.porchlight.bridge.Act
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
    private fun wordsFor(what: String) = Robolectric.buildActivity(MainActivity::class.java).get()
        .wordsFor(Act("e-1", moment, what, null, null, null, null, "Gate"))

    @Test
    fun every_deed_has_words_of_its_own() {
        val said = DEEDS.associateWith(::wordsFor)
        for ((what, words) in said) assertNotEquals(what, wordsFor("roof.lifted"), words)
        assertEquals("no two deeds read the same", DEEDS.size, said.values.toSet().size)
    }

    private companion object {
        /** As `cloud/src` records them. */
        val DEEDS = listOf(
            "account.made", "account.disabled", "account.enabled", "password.changed", "password.taken",
            "membership.began", "membership.ended", "session.began", "session.ended", "site.made", "site.changed",
            "device.added", "device.renamed", "device.moved", "device.released", "device.claim_tried",
            "access.asked", "access.withdrawn", "access.granted", "access.declined", "access.expired", "access.ended",
            "company.blocked", "company.unblocked", "customer.added", "customer.confirmed", "customer.refused",
        )
    }
}
