package io.porchlight.bridge

import android.content.ContentProvider
import android.content.ContentValues
import android.database.Cursor
import android.net.Uri
import android.os.Bundle

/**
 * Gives the partner app's entry to the customer app, once. Whoever asks holds the permission that only apps of the same
 * signer get, or it is a crash of theirs: the system does not ask for it before [call].
 */
class HandoffProvider : ContentProvider() {
    override fun onCreate() = true

    override fun call(method: String, arg: String?, extras: Bundle?): Bundle? {
        val context = requireNotNull(context)
        context.enforceCallingPermission(HANDOFF_PERMISSION, null)
        if (method != TAKE) return null
        return HandoffEntry(KeystoreSecretStore(context)).take()?.let { entry -> Bundle().apply { putByteArray(ENTRY, entry) } } ?: Bundle()
    }

    // It has no rows.
    override fun query(uri: Uri, columns: Array<String>?, where: String?, values: Array<String>?, order: String?): Cursor? = null

    override fun getType(uri: Uri): String? = null

    override fun insert(uri: Uri, values: ContentValues?): Uri? = null

    override fun delete(uri: Uri, where: String?, values: Array<String>?) = 0

    override fun update(uri: Uri, changes: ContentValues?, where: String?, values: Array<String>?) = 0

    internal companion object {
        const val HANDOFF_PERMISSION = "io.porchlight.permission.HANDOFF"
        const val TAKE = "take"
        const val ENTRY = "entry"
    }
}
