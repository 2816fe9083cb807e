package io.porchlight.customer

import android.app.Application
import android.content.pm.PackageInfo
import android.content.pm.ProviderInfo
import android.content.pm.Signature
import io.porchlight.bridge.HandoffProvider
import io.porchlight.bridge.Ports
import java.security.Security
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

private const val AUTHORITY = "io.porchlight.partner.handoff"
private const val PERMISSION = "io.porchlight.permission.HANDOFF"
private const val OURS = "ab12"

/** The whole way of what the partner app leaves for the customer app, with the phone's own vault, provider and storage. */
@RunWith(RobolectricTestRunner::class)
@Config(application = Application::class)
class HandoffVaultTest {
    private val app = RuntimeEnvironment.getApplication()
    private val packages = shadowOf(app.packageManager)
    private val vault = Ports.of(app).vault
    private val entry = "a verifier and names".toByteArray()

    @Before
    fun begin() {
        Security.addProvider(TestKeystore())
        shadowOf(app).grantPermissions(PERMISSION)
    }

    @After
    fun end() = Security.removeProvider("AndroidKeyStore")

    private fun installAPartnerApp(signer: String) {
        @Suppress("DEPRECATION") // What checkSignatures compares here.
        fun PackageInfo.signed(by: String) = apply { signatures = arrayOf(Signature(by)) }
        packages.getInternalMutablePackageInfo(app.packageName).signed(OURS)
        val place = ProviderInfo().apply {
            authority = AUTHORITY
            packageName = "io.porchlight.partner"
            name = HandoffProvider::class.java.name
        }
        val installed = PackageInfo().apply {
            packageName = "io.porchlight.partner"
            providers = arrayOf(place)
        }
        packages.installPackage(installed.signed(signer))
        Robolectric.buildContentProvider(HandoffProvider::class.java).create(AUTHORITY)
    }

    @Test
    fun what_the_partner_app_left_arrives_once_and_lies_nowhere_in_plain() {
        installAPartnerApp(signer = OURS)
        assertNull("nothing was left yet", vault.take())
        vault.put(entry)
        val kept = app.noBackupFilesDir.walk().filter { it.isFile }.map { String(it.readBytes(), Charsets.ISO_8859_1) }.toList()
        assertFalse("it is kept sealed", kept.isEmpty() || kept.any { "verifier" in it })
        assertArrayEquals(entry, vault.take())
        assertNull("it is read once", vault.take())
    }

    @Test
    fun an_app_of_another_signer_with_our_authority_leads_nobody_anywhere() {
        installAPartnerApp(signer = "cd34")
        vault.put(entry)
        assertNull(vault.take())
    }

    @Test
    fun without_a_partner_app_there_is_nothing_to_take() = assertNull(vault.take())
}
