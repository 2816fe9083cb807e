package io.porchlight.customer

import android.Manifest
import android.app.Application
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.os.Parcel
import android.widget.EditText
import io.porchlight.screens.MainActivity
import io.porchlight.screens.R
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

private const val EMAIL = "kim@example.org"
private const val DEVICE_PASSWORD = "gate camera 7"

/** In each step of adding a device: the phone is rotated, the process is killed, a link comes in. */
@RunWith(CoreTestRunner::class)
@Config(application = TestApplication::class, qualifiers = "w411dp-h891dp-420dpi")
class RestoreTest {
    private val stage: Stage
    private lateinit var password: String
    private lateinit var controller: ActivityController<MainActivity>
    private val app get() = RuntimeEnvironment.getApplication() as TestApplication
    private val kim = Person { controller.get() }

    /** Before the application is made: it asks the stage where the cloud is. */
    init {
        TestApplication.phone = TestPhone()
        TestApplication.seen = null
        stage = Stage().also { TestApplication.stage = it }
    }

    @Before
    fun signIn() {
        shadowOf(app as Application).grantPermissions(Manifest.permission.CAMERA)
        controller = Robolectric.buildActivity(MainActivity::class.java).setup()
        kim.types(EMAIL, R.string.field_email)
        password = stage.account(EMAIL)
        kim.types(password, R.string.field_password)
        kim.presses(R.string.sign_in_action)
        kim.waitFor(R.string.home_empty_title)
        kim.presses(R.string.home_make_site)
        kim.types("Lake house", R.string.field_site_name)
        kim.presses(R.string.new_site_action)
        kim.waitFor(R.string.home_add_device)
    }

    @After
    fun close() {
        controller.pause().stop().destroy()
        app.close()
        stage.close()
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
        controller = Robolectric.buildActivity(MainActivity::class.java).setup(back)
    }

    private fun aLinkComesIn() {
        val link = Uri.parse("https://porchlight.example/h#c=not-a-code")
        controller.newIntent(Intent(Intent.ACTION_VIEW, link))
    }

    private fun enters(device: StageDevice) {
        kim.presses(R.string.home_add_device)
        kim.presses(R.string.scan_enter_manually)
        kim.types(device.serial, R.string.field_serial)
    }

    private fun fillsIn(password: String) {
        kim.types("Gate", R.string.field_device_name)
        kim.types(password, R.string.field_device_password)
        kim.presses(R.string.details_next)
    }

    private fun field(name: Int): String = controller.get().findViewById<EditText>(name).text.toString()

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
    fun the_details_stay_and_the_password_is_kept_nowhere() {
        enters(stage.device(DEVICE_PASSWORD))
        kim.presses(R.string.type_define)
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
        kim.presses(R.string.type_define)
        fillsIn(DEVICE_PASSWORD)
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
        kim.presses(R.string.type_define)
        TestApplication.phone.radio.online = false
        fillsIn(DEVICE_PASSWORD)
        kim.waitFor(R.string.queued_title)
        everyInterruption { kim.waitFor(R.string.queued_title) }
        TestApplication.phone.radio.online = true
        isKilled()
        kim.waitFor(R.string.added_title)
    }

    @Test
    fun a_failure_stays_with_its_way_out() {
        enters(stage.device(DEVICE_PASSWORD))
        kim.presses(R.string.type_define)
        fillsIn("not its password")
        kim.waitFor(R.string.failure_wrong_password_title)
        everyInterruption { kim.waitFor(R.string.failure_wrong_password_title) }
        kim.presses(R.string.remedy_retype_password)
        fillsIn(DEVICE_PASSWORD)
        kim.waitFor(R.string.added_title)
        aLinkComesIn()
        rotates()
        kim.waitFor(R.string.added_title)
        isKilled()
        // The device itself, not another one to be added.
        kim.waitFor(R.string.device_remove)
    }
}
