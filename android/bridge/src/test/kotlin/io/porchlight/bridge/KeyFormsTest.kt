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
    fun every_signature_verifies_in_its_raw_form() {
        val pair = keys.generateKeyPair()
        repeat(300) { round ->
            val message = "message $round".toByteArray()
            val der = Signature.getInstance("SHA256withECDSA").run {
                initSign(pair.private)
                update(message)
                sign()
            }
            val raw = rawSignature(der)
            assertEquals(64, raw.size)
            val isGood = Signature.getInstance("SHA256withECDSAinP1363Format").run {
                initVerify(pair.public)
                update(message)
                verify(raw)
            }
            assertTrue("round $round, ${der.size} bytes", isGood)
        }
    }

    @Test
    fun numbers_have_32_bytes_however_short_or_with_a_sign_byte_they_came() {
        val numbers = listOf(0, 7, 8, 127, 239, 246, 247, 254, 255).map { BigInteger.ONE.shiftLeft(it) }
        for (r in numbers) for (s in numbers) {
            val raw = rawSignature(der(r, s))
            assertEquals(64, raw.size)
            assertEquals(r to s, BigInteger(1, raw.copyOfRange(0, 32)) to BigInteger(1, raw.copyOfRange(32, 64)))
        }
    }

    /** SEQUENCE { INTEGER r, INTEGER s } (RFC 3279, section 2.2.3); no length here needs more than a byte. */
    private fun der(r: BigInteger, s: BigInteger): ByteArray {
        val numbers = listOf(r, s).map { it.toByteArray() }.fold(ByteArray(0)) { all, it -> all + byteArrayOf(2, it.size.toByte()) + it }
        return byteArrayOf(0x30, numbers.size.toByte()) + numbers
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
