package io.porchlight.bridge

import java.io.IOException
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder

/** Where wrapped secrets lie. */
class SecretFilesTest {
    @get:Rule val place = TemporaryFolder()

    private val files by lazy { SecretFiles(place.root.resolve("secrets")) }

    @Test
    fun what_was_written_last_is_read_and_nothing_lies_beside_it() {
        files.write("key", byteArrayOf(1))
        files.write("key", byteArrayOf(2, 3))
        assertArrayEquals(byteArrayOf(2, 3), files.read("key"))
        assertEquals(listOf("key"), place.root.resolve("secrets").list()?.toList())
    }

    @Test
    fun what_is_removed_is_gone_and_removing_it_again_is_no_fault() {
        files.write("key", byteArrayOf(1))
        files.remove("key")
        assertNull(files.read("key"))
        files.remove("key")
    }

    @Test
    fun a_secret_that_cannot_be_removed_is_not_said_to_be_gone() {
        // A folder with something in it: the one thing that nobody's rights can delete at once.
        place.root.resolve("secrets/key/within").mkdirs()
        assertThrows(IOException::class.java) { files.remove("key") }
    }
}
