package io.porchlight.bridge

import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Build

/** The other of our two apps on this phone, by its package. */
class OtherApp(
    private val context: Context,
    private val name: String,
    private val knownCertificates: List<ByteArray> = emptyList(),
) : LinkOpener {
    /** What only calls itself like our other app and is signed by somebody else is not there. */
    val isThere: Boolean get() = isInstalled() && isOurs()

    /** Opens the link there and nowhere else; a browser or a stranger's app never sees it. */
    override fun openLink(link: String) {
        if (!isThere) throw LinkException.AppMissing()
        val intent = Intent(Intent.ACTION_VIEW, Uri.parse(link)).setPackage(name).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
        try {
            context.startActivity(intent)
        } catch (_: ActivityNotFoundException) {
            throw LinkException.AppMissing()
        }
    }

    private fun isInstalled() = try {
        context.packageManager.getPackageInfo(name, 0)
        true
    } catch (_: PackageManager.NameNotFoundException) {
        false
    }

    /** Signed as this app is; or, since a store may sign each app with its own key, with one that the maker listed. */
    private fun isOurs(): Boolean {
        val packages = context.packageManager
        if (packages.checkSignatures(context.packageName, name) == PackageManager.SIGNATURE_MATCH) return true
        return Build.VERSION.SDK_INT >= 28 &&
            knownCertificates.any { packages.hasSigningCertificate(name, it, PackageManager.CERT_INPUT_SHA256) }
    }
}
