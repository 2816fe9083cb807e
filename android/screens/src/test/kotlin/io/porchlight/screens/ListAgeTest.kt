package io.porchlight.screens

import io.porchlight.bridge.Connection
import java.time.Instant
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** What a list says of the cloud that it waits for. */
class ListAgeTest {
    private val told = mutableListOf<ListAge>()

    private fun follow(ages: ListAges, connection: Connection, forMillis: Long = 20_000) = runBlocking {
        withTimeoutOrNull(forMillis) { ages.follow(connection, Instant.EPOCH) { told += it } }
    }

    @Test
    fun connecting_is_said_only_of_what_lasts() {
        follow(ListAges(momentMillis = 60_000), Connection.CONNECTING, forMillis = 50)
        assertFalse(told.single().isConnecting)
        follow(ListAges(momentMillis = 20), Connection.CONNECTING)
        assertEquals(listOf(false, false, true), told.map { it.isConnecting })
    }

    @Test
    fun reading_again_does_not_begin_the_moment_anew() {
        val ages = ListAges(momentMillis = 100)
        val until = System.currentTimeMillis() + 20_000
        // Asked again more often than the moment is long.
        while (told.none { it.isConnecting } && System.currentTimeMillis() < until) follow(ages, Connection.CONNECTING, forMillis = 10)
        assertTrue(told.last().isConnecting)
        follow(ages, Connection.CONNECTING)
        assertTrue("it stays said", told.last().isConnecting)
    }

    @Test
    fun what_is_out_of_reach_is_old_and_what_is_there_is_neither() {
        val ages = ListAges(momentMillis = 20)
        follow(ages, Connection.CONNECTING)
        follow(ages, Connection.UNREACHABLE)
        assertEquals(ListAge(Instant.EPOCH, isOld = true), told.last())
        follow(ages, Connection.LIVE)
        assertEquals(ListAge(Instant.EPOCH), told.last())
        follow(ages, Connection.CONNECTING, forMillis = 1)
        assertFalse("the moment begins anew after it was there", told.last().isConnecting)
    }
}
