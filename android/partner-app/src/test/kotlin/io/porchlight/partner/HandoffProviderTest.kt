package io.porchlight.partner

import android.app.Application
import android.os.Bundle
import io.porchlight.bridge.HandoffProvider
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

private const val AUTHORITY = "io.porchlight.partner.handoff"
private const val PERMISSION = "io.porchlight.permission.HANDOFF"

/** What the partner app leaves for the customer app goes to nobody else; that it arrives: HandoffVaultTest. */
@RunWith(RobolectricTestRunner::class)
@Config(application = Application::class)
class HandoffProviderTest {
    private val app = RuntimeEnvironment.getApplication()
    private val provider = Robolectric.buildContentProvider(HandoffProvider::class.java).create(AUTHORITY).get()

    @Test
    fun an_app_without_the_permission_gets_nothing() {
        assertThrows(SecurityException::class.java) { provider.call("take", null, null) }
    }

    @Test
    fun an_app_of_ours_gets_nothing_where_nothing_was_left() {
        shadowOf(app).grantPermissions(PERMISSION)
        assertEquals(0, (provider.call("take", null, null) ?: Bundle()).size())
        assertNull("nothing else can be asked", provider.call("put", null, Bundle()))
    }

    @Test
    fun it_has_no_rows() {
        shadowOf(app).grantPermissions(PERMISSION)
        val place = android.net.Uri.parse("content://$AUTHORITY")
        assertNull(provider.query(place, null, null, null, null))
        assertEquals(0, provider.delete(place, null, null))
    }
}
