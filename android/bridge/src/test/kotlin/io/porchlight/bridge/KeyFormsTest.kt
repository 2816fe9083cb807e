package io.porchlight.bridge

import java.math.BigInteger
import java.security.KeyPairGenerator
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** A Keystore speaks DER, the core speaks fixed bytes. */
class KeyFormsTest {
    private val keys = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }

    @Test
    fun every_signature_verifies_in_its_raw_form_however_short_its_numbers_are() {
        val pair = keys.generateKeyPair()
        val lengths = HashSet<Int>()
        repeat(2_000) { round ->
            val message = "message $round".toByteArray()
            val der = Signature.getInstance("SHA256withECDSA").run {
                initSign(pair.private)
                update(message)
                sign()
            }
            lengths += der.size
            val raw = rawSignature(der)
            assertEquals(64, raw.size)
            val isGood = Signature.getInstance("SHA256withECDSAinP1363Format").run {
                initVerify(pair.public)
                update(message)
                verify(raw)
            }
            assertTrue("round $round, ${der.size} bytes", isGood)
        }
        assertTrue("numbers with and without their sign byte, and shorter ones: $lengths", lengths.size >= 4)
    }

    @Test
    fun a_point_is_65_bytes_even_if_a_coordinate_begins_with_zeros() {
        repeat(600) {
            val key = keys.generateKeyPair().public as ECPublicKey
            val point = uncompressedPoint(key)
            assertEquals(65, point.size)
            assertEquals(4, point[0].toInt())
            assertArrayEquals(key.w.affineX.toByteArray(), BigInteger(1, point.copyOfRange(1, 33)).toByteArray())
            assertArrayEquals(key.w.affineY.toByteArray(), BigInteger(1, point.copyOfRange(33, 65)).toByteArray())
        }
    }
}
