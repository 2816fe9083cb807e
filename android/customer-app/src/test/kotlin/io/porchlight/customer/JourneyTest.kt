package io.porchlight.customer

import android.Manifest
import android.app.Application
import android.net.ConnectivityManager
import android.widget.EditText
import android.widget.RadioButton
import io.porchlight.screens.R
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowBitmapFactory

private const val PASSWORD = "canary-porch-lantern"

/** The journey through the real screens: the real core, the real cloud, devices on the real channel. */
@RunWith(CoreTestRunner::class)
@Config(application = TestApplication::class, qualifiers = "w411dp-h891dp-420dpi")
class JourneyTest : AppOnStage() {
    @Before
    fun open() {
        shadowOf(app as Application).grantPermissions(Manifest.permission.CAMERA)
        opensTheApp()
    }

    private fun registers() {
        kim.presses(R.string.sign_in_register)
        kim.types("Kim", R.string.field_given_name)
        kim.types("Lee", R.string.field_family_name)
        kim.types(EMAIL, R.string.field_email)
        kim.types(PASSWORD, R.string.field_new_password)
        kim.presses(R.string.register_action)
        kim.waitFor("Enter the 8 digits we sent to $EMAIL")
        kim.types("00000000", R.string.field_code)
        kim.presses(R.string.code_action)
        kim.waitFor(R.string.input_wrong_code)
        kim.types(stage.code(EMAIL), R.string.field_code)
        kim.presses(R.string.code_action)
        kim.waitFor(R.string.sign_in_address_verified)
        signsIn("not the password")
        kim.waitFor(R.string.error_wrong_credentials)
        signsIn(PASSWORD)
    }

    @Test
    fun a_label_before_the_camera_and_a_typed_number_become_devices_in_the_list() {
        registers()
        makesAPlace()
        val gate = stage.device(DEVICE_PASSWORD)
        kim.presses(R.string.home_add_device)
        kim.waitFor(R.string.scan_hint)
        TestApplication.seen = gate
        kim.waitFor(R.string.confirm_title)
        kim.waitFor("LX4-00001")
        kim.presses(R.string.confirm_define)
        TestApplication.seen = null
        fillsIn("Gate", DEVICE_PASSWORD)
        kim.waitFor(R.string.added_title)
        kim.waitFor("Gate (LX4-00001) is in your list.")
        kim.presses(R.string.added_done)
        kim.waitFor("1 device")

        val door = stage.device(claimCode = true)
        enters(door)
        kim.presses(R.string.details_has_none)
        kim.types("Door", R.string.field_device_name)
        kim.types("door lock 12", R.string.field_device_password)
        kim.types("door lock 13", R.string.field_device_password_again)
        kim.types(door.claimCode ?: error("it has one"), R.string.field_claim_code)
        kim.presses(R.string.details_next)
        kim.waitFor(R.string.input_differs)
        kim.types("door lock 12", R.string.field_device_password_again)
        kim.presses(R.string.details_next)
        kim.waitFor(R.string.added_title)
        kim.presses(R.string.added_done)
        kim.presses("2 devices")
        kim.waitFor("Gate")
        kim.waitFor("Door")
        kim.waitFor(R.string.device_online)
        kim.waitFor("LX-4, Lake house")
    }

    @Test
    fun what_goes_wrong_says_what_to_do() {
        signsIn()
        makesAPlace()
        val gate = stage.device(DEVICE_PASSWORD)
        enters(gate)
        fillsIn("Gate", "not its password")
        kim.waitFor("That password does not open this device")
        kim.waitFor("You have 4 tries left in the next 15 minutes. The password is the device’s own, not your account’s.")
        kim.presses(R.string.remedy_retype_password)
        fillsIn("Gate", DEVICE_PASSWORD)
        kim.waitFor(R.string.added_title)
        kim.presses(R.string.added_done)

        val boxed = stage.device(DEVICE_PASSWORD, on = false)
        enters(boxed)
        fillsIn("Shed", DEVICE_PASSWORD)
        kim.waitFor("This device does not answer")
        stage.switchOn(boxed)
        kim.presses(R.string.remedy_try_again)
        kim.waitFor(R.string.added_title)
        kim.presses(R.string.added_done)

        val theirs = stage.device(DEVICE_PASSWORD)
        stage.own(theirs, DEVICE_PASSWORD)
        enters(theirs)
        fillsIn("Theirs", DEVICE_PASSWORD)
        kim.waitFor("This device belongs to another account")
        kim.presses(R.string.added_done)

        enters(gate)
        fillsIn("Gate again", DEVICE_PASSWORD)
        kim.waitFor("It is at Lake house, called Gate.")
        kim.presses(R.string.remedy_show_device)
        kim.waitFor(R.string.device_remove)
    }

    @Test
    fun a_device_without_a_password_leads_to_making_one_and_a_wrong_number_to_the_number() {
        signsIn()
        makesAPlace()
        val boxed = stage.device(DEVICE_PASSWORD, on = false)
        enters(boxed)
        fillsIn("Shed", DEVICE_PASSWORD)
        kim.presses(R.string.remedy_check_number)
        kim.waitUntil("the number to compare") { controller.get().findViewById<EditText>(R.string.field_serial)?.text?.toString() == boxed.serial }

        val door = stage.device(claimCode = true)
        kim.types(door.serial, R.string.field_serial)
        kim.presses(R.string.type_define)
        fillsIn("Door", "door lock 12")
        kim.presses(R.string.remedy_create_password)
        kim.waitUntil("the choice made") { controller.get().findViewById<RadioButton>(R.string.details_has_none)?.isChecked == true }
    }

    @Test
    fun without_a_signal_a_device_is_saved_and_added_when_it_is_back() {
        signsIn()
        makesAPlace()
        val gate = stage.device(DEVICE_PASSWORD)
        TestApplication.phone.radio.online = false
        enters(gate)
        fillsIn("Gate", DEVICE_PASSWORD)
        kim.waitFor(R.string.queued_title)
        kim.presses(R.string.added_done)
        kim.presses("1 device")
        kim.waitFor(R.string.device_queued)
        signalIsBack()
        kim.waitFor(R.string.device_online)
        assertFalse(kim.reads().contains(app.getString(R.string.device_queued)))
    }

    /** The system tells the app of its network, as it does on a phone. */
    private fun signalIsBack() {
        TestApplication.phone.radio.online = true
        val networks = app.getSystemService(ConnectivityManager::class.java)
        val network = networks.activeNetwork ?: error("Robolectric's phone has one")
        shadowOf(networks).networkCallbacks.forEach { it.onAvailable(network) }
    }

    @Test
    fun a_picked_picture_is_read_and_one_without_a_label_says_what_to_do() {
        signsIn()
        makesAPlace()
        val gate = stage.device(DEVICE_PASSWORD)
        // As a phone's decoder, which makes no picture of what is none.
        ShadowBitmapFactory.setAllowInvalidImageData(false)
        kim.presses(R.string.home_add_device)
        picks("not a picture".toByteArray())
        kim.waitFor(R.string.scan_not_a_picture)
        picks(gate.picture.readBytes())
        kim.waitFor(R.string.confirm_title)
    }

    @Test
    fun a_rotated_phone_and_a_killed_process_go_on_where_they_were() {
        signsIn()
        makesAPlace()
        val gate = stage.device(DEVICE_PASSWORD, on = false)
        enters(gate)
        kim.waitFor(R.string.details_has_none)
        controller.recreate()
        kim.waitFor(R.string.details_has_none)
        fillsIn("Gate", DEVICE_PASSWORD)
        kim.waitFor("This device does not answer")
        val kept = android.os.Bundle()
        controller.saveInstanceState(kept).pause().stop().destroy()
        stage.switchOn(gate)
        opensTheApp(kept)
        kim.waitFor("This device does not answer")
        kim.presses(R.string.remedy_try_again)
        kim.waitFor(R.string.added_title)
        kim.presses(R.string.added_done)
        kim.waitFor("1 device")
    }

    @Test
    fun signing_out_asks_before_it_throws_away_what_only_this_phone_has() {
        signsIn()
        makesAPlace()
        val gate = stage.device(DEVICE_PASSWORD)
        TestApplication.phone.radio.online = false
        enters(gate)
        fillsIn("Gate", DEVICE_PASSWORD)
        kim.waitFor(R.string.queued_title)
        kim.presses(R.string.added_done)
        kim.presses(R.string.tab_more)
        kim.presses(R.string.settings_sign_out)
        kim.waitFor("1 device is saved on this phone only and would be lost.")
        kim.presses(R.string.settings_sign_out_discard)
        kim.waitFor(R.string.sign_in_title)
        assertTrue(kim.reads().contains(app.getString(R.string.sign_in_register)))
    }
}
