package io.porchlight.bridge

import android.content.Context
import android.os.UserManager
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import java.security.GeneralSecurityException
import java.security.KeyStore
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * Secrets as files, wrapped by an AES key of the Keystore. The files lie in storage that opens with the phone's first
 * unlock, outside of backups; the key does not survive a reinstall, so leftovers read as broken.
 */
internal class KeystoreSecretStore(private val context: Context) : SecretStore {
    private val files = SecretFiles(context.noBackupFilesDir.resolve("secrets"))

    override fun load(name: String): ByteArray {
        requireUnlocked()
        return orBroken { unwrap(name, files.read(name) ?: throw PortException.Missing()) }
    }

    override fun save(name: String, value: ByteArray) {
        requireUnlocked()
        orBroken { files.write(name, wrap(name, value)) }
    }

    override fun remove(name: String) {
        requireUnlocked()
        orBroken { files.remove(name) }
    }

    private fun requireUnlocked() {
        val isUnlocked = context.getSystemService(UserManager::class.java)?.isUserUnlocked ?: true
        if (!isUnlocked) throw PortException.Locked()
    }

    private fun wrap(name: String, value: ByteArray): ByteArray {
        val cipher = Cipher.getInstance(CIPHER)
        cipher.init(Cipher.ENCRYPT_MODE, key())
        cipher.updateAAD(name.toByteArray())
        return cipher.iv + cipher.doFinal(value)
    }

    private fun unwrap(name: String, wrapped: ByteArray): ByteArray {
        if (wrapped.size < IV_BYTES) throw PortException.Broken()
        val cipher = Cipher.getInstance(CIPHER)
        cipher.init(Cipher.DECRYPT_MODE, key(), GCMParameterSpec(TAG_BITS, wrapped, 0, IV_BYTES))
        cipher.updateAAD(name.toByteArray())
        return cipher.doFinal(wrapped, IV_BYTES, wrapped.size - IV_BYTES)
    }

    /** One at a time: the core calls from several threads, and a second new key would lock the first one's secrets. */
    @Synchronized
    private fun key(): SecretKey {
        val store = KeyStore.getInstance(ANDROID_KEYSTORE).apply { load(null) }
        (store.getKey(ALIAS, null) as? SecretKey)?.let { return it }
        val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        val spec = KeyGenParameterSpec.Builder(ALIAS, purposes)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .build()
        return KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, ANDROID_KEYSTORE)
            .apply { init(spec) }
            .generateKey()
    }

    private companion object {
        const val ALIAS = "porchlight-secrets"
        const val CIPHER = "AES/GCM/NoPadding"
        const val IV_BYTES = 12
        const val TAG_BITS = 128
    }
}

internal const val ANDROID_KEYSTORE = "AndroidKeyStore"

/** What the platform throws is either an answer that the core knows, or broken. */
internal fun <T> orBroken(deed: () -> T): T = try {
    deed()
} catch (known: PortException) {
    throw known
} catch (_: GeneralSecurityException) {
    throw PortException.Broken()
} catch (_: java.io.IOException) {
    throw PortException.Broken()
} catch (_: RuntimeException) {
    // Keystores throw ProviderException and worse.
    throw PortException.Broken()
}
