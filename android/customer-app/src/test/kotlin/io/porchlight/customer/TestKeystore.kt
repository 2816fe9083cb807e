package io.porchlight.customer

import android.security.keystore.KeyGenParameterSpec
import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.SecureRandom
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import java.util.concurrent.ConcurrentHashMap
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey
import javax.crypto.spec.SecretKeySpec

/** Stands in for Android's Keystore, which Robolectric has not: AES keys by their names, in memory. */
class TestKeystore : Provider("AndroidKeyStore", "1", "keys in memory") {
    init {
        put("KeyStore.AndroidKeyStore", Keys::class.java.name)
        put("KeyGenerator.AES", Generator::class.java.name)
    }

    class Generator : KeyGeneratorSpi() {
        private lateinit var name: String

        override fun engineInit(spec: AlgorithmParameterSpec, random: SecureRandom?) {
            name = (spec as KeyGenParameterSpec).keystoreAlias
        }

        override fun engineInit(random: SecureRandom?) = Unit

        override fun engineInit(size: Int, random: SecureRandom?) = Unit

        override fun engineGenerateKey(): SecretKey =
            SecretKeySpec(ByteArray(32).also(SecureRandom()::nextBytes), "AES").also { KEYS[name] = it }
    }

    class Keys : KeyStoreSpi() {
        override fun engineGetKey(alias: String, password: CharArray?): Key? = KEYS[alias]
        override fun engineContainsAlias(alias: String) = KEYS.containsKey(alias)
        override fun engineIsKeyEntry(alias: String) = KEYS.containsKey(alias)
        override fun engineDeleteEntry(alias: String) = KEYS.remove(alias).let {}
        override fun engineAliases(): Enumeration<String> = Collections.enumeration(KEYS.keys)
        override fun engineSize() = KEYS.size
        override fun engineLoad(stream: InputStream?, password: CharArray?) = Unit
        override fun engineStore(stream: OutputStream?, password: CharArray?) = Unit
        override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null
        override fun engineGetCertificate(alias: String): Certificate? = null
        override fun engineGetCreationDate(alias: String): Date? = null
        override fun engineIsCertificateEntry(alias: String) = false
        override fun engineGetCertificateAlias(certificate: Certificate): String? = null
        override fun engineSetKeyEntry(alias: String, key: Key, password: CharArray?, chain: Array<out Certificate>?) = error("keys are made here")
        override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<out Certificate>?) = error("keys are made here")
        override fun engineSetCertificateEntry(alias: String, certificate: Certificate) = error("it has no certificates")
    }

    private companion object {
        val KEYS = ConcurrentHashMap<String, SecretKey>()
    }
}
