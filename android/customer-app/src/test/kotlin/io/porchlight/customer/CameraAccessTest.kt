package io.porchlight.customer

import android.Manifest
import android.app.Application
import android.content.pm.PackageManager
import android.provider.Settings
import io.porchlight.screens.CameraLoss
import io.porchlight.screens.R
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** Without the camera a person can do all the same, and with it again it reads again. */
@RunWith(CoreTestRunner::class)
@Config(application = TestApplication::class, qualifiers = "w411dp-h891dp-420dpi")
class CameraAccessTest : AppOnStage() {
    private fun scans(askedAgain: Boolean) {
        shadowOf(app as Application).denyPermissions(Manifest.permission.CAMERA)
        shadowOf(app.packageManager).setShouldShowRequestPermissionRationale(Manifest.permission.CAMERA, askedAgain)
        opensTheApp()
        signsIn()
        makesAPlace()
        kim.presses(R.string.home_add_device)
        kim.waitFor(R.string.scan_enter_manually)
        refuses()
        kim.waitFor(R.string.scan_camera_refused_title)
    }

    private fun refuses() = controller.get()
        .onRequestPermissionsResult(1, arrayOf(Manifest.permission.CAMERA), intArrayOf(PackageManager.PERMISSION_DENIED))

    @Test
    fun refused_once_it_can_be_asked_for_again() {
        scans(askedAgain = true)
        kim.presses(R.string.scan_camera_allow)
        shadowOf(app as Application).grantPermissions(Manifest.permission.CAMERA)
        controller.get().onRequestPermissionsResult(1, arrayOf(Manifest.permission.CAMERA), intArrayOf(PackageManager.PERMISSION_GRANTED))
        TestApplication.seen = stage.device(DEVICE_PASSWORD)
        kim.waitFor(R.string.confirm_title)
    }

    @Test
    fun refused_for_ever_the_phones_settings_open_and_typing_goes_on() {
        scans(askedAgain = false)
        kim.presses(R.string.scan_camera_settings)
        assertEquals(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, shadowOf(app as Application).nextStartedActivity.action)
        kim.presses(R.string.scan_enter_manually)
        kim.types(stage.device(DEVICE_PASSWORD).serial, R.string.field_serial)
        kim.presses(R.string.type_define)
        kim.waitFor(R.string.details_has_none)
    }

    @Test
    fun allowed_in_the_phones_settings_the_camera_reads_when_the_person_is_back() {
        scans(askedAgain = false)
        kim.presses(R.string.scan_camera_settings)
        controller.pause().stop()
        shadowOf(app as Application).grantPermissions(Manifest.permission.CAMERA)
        TestApplication.seen = stage.device(DEVICE_PASSWORD)
        controller.start().resume()
        kim.waitFor(R.string.confirm_title)
    }

    @Test
    fun another_app_has_the_camera_while_ours_is_away_and_ours_reads_again_after_it() {
        opensTheScanner()
        kim.waitUntil("a camera") { TestApplication.cameras.get() == 1 }
        controller.pause().stop()
        kim.waitUntil("no camera while nobody sees the app") { TestApplication.cameras.get() == 0 }
        TestApplication.seen = stage.device(DEVICE_PASSWORD)
        controller.start().resume()
        kim.waitFor(R.string.confirm_title)
    }

    @Test
    fun a_camera_that_is_in_use_says_so_and_is_tried_again() {
        TestApplication.cameraLoss = CameraLoss.OCCUPIED
        opensTheScanner()
        kim.waitFor(R.string.scan_camera_occupied_title)
        assertFalse("there is nothing to point with", app.getString(R.string.scan_hint) in kim.reads())
        TestApplication.cameraLoss = null
        TestApplication.seen = stage.device(DEVICE_PASSWORD)
        kim.presses(R.string.remedy_try_again)
        kim.waitFor(R.string.confirm_title)
    }

    @Test
    fun a_phone_without_a_camera_says_so_and_typing_goes_on() {
        TestApplication.cameraLoss = CameraLoss.NO_CAMERA
        opensTheScanner()
        kim.waitFor(R.string.scan_no_camera_title)
        kim.presses(R.string.scan_enter_manually)
        kim.waitFor(R.string.type_where)
    }

    private fun opensTheScanner() {
        shadowOf(app as Application).grantPermissions(Manifest.permission.CAMERA)
        opensTheApp()
        signsIn()
        makesAPlace()
        kim.presses(R.string.home_add_device)
    }
}
