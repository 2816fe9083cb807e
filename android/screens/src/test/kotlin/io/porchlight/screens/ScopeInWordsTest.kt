package io.porchlight.screens

import io.porchlight.bridge.AccessScope
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** On what somebody may work is never said to be more than it is. */
@RunWith(PicturesRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(application = PicturesApplication::class)
class ScopeInWordsTest {
    private fun wordsFor(scope: AccessScope, name: String?) =
        Robolectric.buildActivity(MainActivity::class.java).get().scopeOf(forTheGate.copy(scope = scope, scopeName = name))

    @Test
    fun a_place_that_is_there_has_its_name() {
        assertEquals("The location Lake house", wordsFor(AccessScope.Site("s-1"), "Lake house"))
        assertEquals("The device Gate", wordsFor(AccessScope.Device("d-1"), "Gate"))
        assertEquals("The whole account", wordsFor(AccessScope.Account, null))
    }

    @Test
    fun a_place_that_is_gone_is_said_to_be() {
        for (scope in listOf(AccessScope.Site("s-1"), AccessScope.Device("d-1"))) {
            assertEquals("Something that is not there any more", wordsFor(scope, null))
        }
    }

    @Test
    fun a_scope_of_a_newer_cloud_is_not_the_whole_account() =
        assertEquals("Something this app is too old to name (update it)", wordsFor(AccessScope.Unknown, null))
}
