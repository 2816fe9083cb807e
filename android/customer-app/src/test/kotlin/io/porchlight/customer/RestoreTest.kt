package io.porchlight.customer

import android.Manifest
import android.app.Application
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.os.Parcel
import android.widget.EditText
import io.porchlight.screens.R
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** In each step of adding a device: the phone is rotated, the process is killed, a link comes in. */
@RunWith(CoreTestRunner::class)
@Config(application = TestApplication::class, qualifiers = "w411dp-h891dp-420dpi")
class RestoreTest : AppOnStage() {
    private lateinit var password: String

    @Before
    fun signIn() {
        shadowOf(app as Application).grantPermissions(Manifest.permission.CAMERA)
        opensTheApp()
        password = stage.account(EMAIL)
        signsIn(password)
        makesAPlace()
    }

    private fun rotates() {
        controller.recreate()
    }

    /** The system takes the process; what it kept crosses as bytes. */
    private fun isKilled() {
        val kept = Bundle()
        controller.pause().stop().saveInstanceState(kept).destroy()
        app.close()
        val parcel = Parcel.obtain().apply { writeBundle(kept) }
        val bytes = parcel.marshall()
        for (charset in listOf(Charsets.UTF_8, Charsets.UTF_16LE)) {
            assertFalse("a password is kept", String(bytes, charset).contains(DEVICE_PASSWORD))
        }
        parcel.setDataPosition(0)
        val back = parcel.readBundle(javaClass.classLoader)
        app.open()
        opensTheApp(back)
    }

    /** It is refused before everything else; whoever has read that is where they were. */
    private fun aLinkComesIn() {
        val link = Uri.parse("https://porchlight.example/h#c=not-a-code")
        controller.newIntent(Intent(Intent.ACTION_VIEW, link))
        kim.waitFor(R.string.handoff_not_a_link)
        kim.presses(R.string.handoff_partner_app)
        kim.waitFor(R.string.handoff_partner_app_missing)
        kim.presses(R.string.cancel)
    }

    private fun field(name: Int): String? = controller.get().findViewById<EditText>(name)?.text?.toString()

    private fun everyInterruption(holds: () -> Unit) = listOf(::aLinkComesIn, ::rotates, ::isKilled, ::rotates).forEach {
        it()
        holds()
    }

    @Test
    fun the_scanner_stays_the_scanner_and_what_is_typed_stays_typed() {
        kim.presses(R.string.home_add_device)
        everyInterruption { kim.waitFor(R.string.scan_hint) }
        val gate = stage.device(DEVICE_PASSWORD)
        kim.presses(R.string.scan_enter_manually)
        kim.types(gate.serial, R.string.field_serial)
        rotates()
        kim.waitUntil("what was typed") { field(R.string.field_serial) == gate.serial }
        kim.presses(R.string.type_define)
        kim.waitFor(R.string.details_has_none)
    }

    @Test
    fun a_number_that_is_typed_is_there_again() {
        val gate = stage.device(DEVICE_PASSWORD)
        types(gate)
        everyInterruption { kim.waitUntil("what was typed") { field(R.string.field_serial) == gate.serial } }
        kim.presses(R.string.type_define)
        kim.waitFor(R.string.details_has_none)
    }

    @Test
    fun a_label_that_was_read_is_there_again() {
        val gate = stage.device(DEVICE_PASSWORD)
        kim.presses(R.string.home_add_device)
        picks(gate.picture.readBytes())
        everyInterruption { kim.waitFor(R.string.confirm_title) }
        kim.presses(R.string.confirm_define)
        everyInterruption { kim.waitFor(R.string.details_has_none) }
        fillsIn("Gate", DEVICE_PASSWORD)
        kim.waitFor(R.string.added_title)
    }

    @Test
    fun the_details_stay_and_the_password_is_kept_nowhere() {
        enters(stage.device(DEVICE_PASSWORD))
        kim.types("Gate, left", R.string.field_device_name)
        kim.types(DEVICE_PASSWORD, R.string.field_device_password)
        everyInterruption {
            kim.waitFor(R.string.details_has_none)
            kim.waitUntil("the name") { field(R.string.field_device_name) == "Gate, left" }
        }
        kim.types(DEVICE_PASSWORD, R.string.field_device_password)
        kim.presses(R.string.details_next)
        kim.waitFor(R.string.added_title)
        kim.waitFor("Gate, left")
    }

    @Test
    fun what_is_being_added_is_added_once() {
        val gate = stage.device(DEVICE_PASSWORD)
        enters(gate)
        fillsIn("Gate", DEVICE_PASSWORD)
        rotates()
        isKilled()
        // It came to its end before the process did, while there was none, or after.
        val ends = listOf(app.getString(R.string.added_title), app.getString(R.string.device_title), "1 device")
        kim.waitUntil("the end of adding") { ends.any { it in kim.reads() } }
        assertEquals(1u, devicesOnAnotherPhone())
    }

    /** What the cloud has, past everything that this phone remembers. */
    private fun devicesOnAnotherPhone(): UInt = soon {
        openCore(stage, TestPhone().ports(), "another-phone").use { core ->
            core.profile().use { profile ->
                profile.session().use { it.signIn(EMAIL, password) }
                profile.devices().use {
                    it.refresh()
                    it.window(null, null, 0u, 10u).total
                }
            }
        }
    }

    @Test
    fun what_waits_on_the_phone_waits_on_and_is_added_when_the_signal_is_back() {
        enters(stage.device(DEVICE_PASSWORD))
        TestApplication.phone.radio.online = false
        fillsIn("Gate", DEVICE_PASSWORD)
        kim.waitFor(R.string.queued_title)
        everyInterruption { kim.waitFor(R.string.queued_title) }
        TestApplication.phone.radio.online = true
        isKilled()
        kim.waitFor(R.string.added_title)
    }

    @Test
    fun a_failure_stays_with_its_way_out() {
        enters(stage.device(DEVICE_PASSWORD))
        fillsIn("Gate", "not its password")
        kim.waitFor(R.string.failure_wrong_password_title)
        everyInterruption { kim.waitFor(R.string.failure_wrong_password_title) }
        kim.presses(R.string.remedy_retype_password)
        fillsIn("Gate", DEVICE_PASSWORD)
        kim.waitFor(R.string.added_title)
        aLinkComesIn()
        rotates()
        kim.waitFor(R.string.added_title)
        isKilled()
        // The device itself, not another one to be added.
        kim.waitFor(R.string.device_remove)
    }
}
