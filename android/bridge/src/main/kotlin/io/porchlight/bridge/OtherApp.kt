package io.porchlight.bridge

import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Build

/** What became of opening a link in our other app. */
enum class OtherAppOpening {
    OPENED,

    /** It is not on this phone: the store has it. */
    NOT_THERE,

    /** Something calls itself like it, and is signed by somebody else: it gets no link. */
    NOT_OURS,
}

/** The other of our two apps on this phone, by its package. */
class OtherApp(private val context: Context, private val name: String, private val knownCertificates: List<ByteArray> = emptyList()) {
    /** Opens the link there and nowhere else; a browser or a stranger's app never sees it. */
    fun open(link: String): OtherAppOpening {
        if (!isThere()) return OtherAppOpening.NOT_THERE
        if (!isOurs()) return OtherAppOpening.NOT_OURS
        val intent = Intent(Intent.ACTION_VIEW, Uri.parse(link)).setPackage(name).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
        return try {
            context.startActivity(intent)
            OtherAppOpening.OPENED
        } catch (_: ActivityNotFoundException) {
            OtherAppOpening.NOT_THERE
        }
    }

    private fun isThere() = try {
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
