package io.porchlight.bridge

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import java.math.BigInteger
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.PrivateKey
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec

/** P-256 keys in the Keystore: they sign, and cannot be taken out. */
internal class KeystoreSigner : Signer {
    override fun create(name: String): ByteArray = orBroken {
        val spec = KeyGenParameterSpec.Builder(alias(name), KeyProperties.PURPOSE_SIGN)
            .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
            .setDigests(KeyProperties.DIGEST_SHA256)
            .build()
        val generator = KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, ANDROID_KEYSTORE)
        generator.initialize(spec)
        uncompressedPoint(generator.generateKeyPair().public as ECPublicKey)
    }

    override fun publicKey(name: String): ByteArray = orBroken {
        val certificate = keys().getCertificate(alias(name)) ?: throw PortException.Missing()
        uncompressedPoint(certificate.publicKey as ECPublicKey)
    }

    override fun sign(name: String, bytes: ByteArray): ByteArray = orBroken {
        val key = keys().getKey(alias(name), null) as? PrivateKey ?: throw PortException.Missing()
        val signature = Signature.getInstance("SHA256withECDSA").run {
            initSign(key)
            update(bytes)
            sign()
        }
        rawSignature(signature)
    }

    override fun remove(name: String) = orBroken { keys().deleteEntry(alias(name)) }

    private fun alias(name: String) = "porchlight-signer-$name"

    private fun keys() = KeyStore.getInstance(ANDROID_KEYSTORE).apply { load(null) }
}

private const val COORDINATE_BYTES = 32

/** SEC 1, section 2.3.3: 0x04, x, y. */
internal fun uncompressedPoint(key: ECPublicKey): ByteArray =
    byteArrayOf(4) + fixed(key.w.affineX) + fixed(key.w.affineY)

/** RFC 3279, section 2.2.3 (a DER sequence of two integers) to RFC 7518, section 3.4 (r and s, 32 bytes each). */
internal fun rawSignature(der: ByteArray): ByteArray {
    // SEQUENCE, its length in one byte (two integers of 33 bytes at most), then INTEGER, length, bytes, twice.
    val rLength = der[3].toInt()
    val r = BigInteger(der.copyOfRange(4, 4 + rLength))
    val sLength = der[5 + rLength].toInt()
    val s = BigInteger(der.copyOfRange(6 + rLength, 6 + rLength + sLength))
    return fixed(r) + fixed(s)
}

private fun fixed(number: BigInteger): ByteArray {
    val bytes = number.toByteArray().dropWhile { it == 0.toByte() }.toByteArray()
    if (bytes.size > COORDINATE_BYTES) throw PortException.Broken()
    return ByteArray(COORDINATE_BYTES - bytes.size) + bytes
}
