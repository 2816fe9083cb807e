package io.porchlight.bridge

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.Executors
import java.util.concurrent.Callable
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

/** What one app leaves for the other. */
class HandoffEntryTest {
    private val kept = ConcurrentHashMap<String, ByteArray>()
    private val entry = HandoffEntry(object : SecretStore {
        override fun load(name: String): ByteArray = kept[name] ?: throw PortException.Missing()

        override fun save(name: String, value: ByteArray) {
            kept[name] = value
        }

        override fun remove(name: String) {
            kept.remove(name)
        }
    })

    @Test
    fun the_last_entry_is_read_once_and_nothing_is_kept() {
        assertNull(entry.take())
        entry.put(byteArrayOf(1))
        entry.put(byteArrayOf(2, 3))
        assertArrayEquals(byteArrayOf(2, 3), entry.take())
        assertNull(entry.take())
        assertTrue(kept.isEmpty())
    }

    @Test
    fun of_many_that_ask_at_once_one_gets_it() {
        val askers = Executors.newFixedThreadPool(8)
        try {
            repeat(50) {
                entry.put(byteArrayOf(1))
                val answers = askers.invokeAll(List(16) { Callable { entry.take() } }).map { it.get() }
                assertEquals(1, answers.count { it != null })
            }
        } finally {
            askers.shutdownNow()
        }
    }
}
