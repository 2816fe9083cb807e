package io.porchlight.bridge

import android.content.Context
import android.net.Uri

/** The one entry that an app leaves for the other one: read once, never kept when it was read. */
internal class HandoffEntry(private val secrets: SecretStore) {
    fun put(entry: ByteArray) = synchronized(LOCK) { secrets.save(NAME, entry) }

    /** Removed before it is given away: of two that ask at once, one gets it. */
    fun take(): ByteArray? = synchronized(LOCK) {
        try {
            secrets.load(NAME).also { secrets.remove(NAME) }
        } catch (_: PortException.Missing) {
            null
        }
    }

    private companion object {
        const val NAME = "handoff"

        /** The port and the provider of an app share the entry. */
        val LOCK = Any()
    }
}

/**
 * What passes between our two apps on one phone. The partner app leaves an entry in its own storage; the customer app
 * asks the partner app's provider for it, which only apps of the same signer may. The customer app looks, too: where the
 * partner app is missing, anybody may hold its authority, and would lead the person into an account of their choice.
 */
internal class PhoneHandoffVault(
    private val context: Context,
    private val authority: String,
    private val knownCertificates: List<ByteArray>,
) : HandoffVault {
    override fun put(entry: ByteArray) = HandoffEntry(KeystoreSecretStore(context)).put(entry)

    /** None: no partner app is there, it left nothing, or it is somebody else's. */
    override fun take(): ByteArray? {
        val provider = context.packageManager.resolveContentProvider(authority, 0) ?: return null
        if (!OtherApp(context, provider.packageName, knownCertificates).isThere) return null
        val place = Uri.Builder().scheme("content").authority(authority).build()
        val answer = try {
            context.contentResolver.call(place, HandoffProvider.TAKE, null, null)
        } catch (_: IllegalArgumentException) {
            null // Nobody has this authority.
        } catch (_: SecurityException) {
            null
        }
        return answer?.getByteArray(HandoffProvider.ENTRY)
    }
}
