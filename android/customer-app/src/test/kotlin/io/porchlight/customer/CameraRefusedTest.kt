package io.porchlight.customer

import android.Manifest
import android.app.Application
import android.content.pm.PackageManager
import android.provider.Settings
import io.porchlight.screens.MainActivity
import io.porchlight.screens.R
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

private const val EMAIL = "kim@example.org"

/** Somebody who does not let the app use the camera can do all the same. */
@RunWith(CoreTestRunner::class)
@Config(application = TestApplication::class, qualifiers = "w411dp-h891dp-420dpi")
class CameraRefusedTest {
    private val stage: Stage
    private lateinit var controller: ActivityController<MainActivity>
    private val app get() = RuntimeEnvironment.getApplication() as TestApplication
    private val kim = Person { controller.get() }

    /** Before the application is made: it asks the stage where the cloud is. */
    init {
        TestApplication.phone = TestPhone()
        TestApplication.seen = null
        stage = Stage().also { TestApplication.stage = it }
    }

    @After
    fun close() {
        controller.pause().stop().destroy()
        app.close()
        stage.close()
    }

    private fun scans(askedAgain: Boolean) {
        shadowOf(app as Application).denyPermissions(Manifest.permission.CAMERA)
        shadowOf(app.packageManager).setShouldShowRequestPermissionRationale(Manifest.permission.CAMERA, askedAgain)
        controller = Robolectric.buildActivity(MainActivity::class.java).setup()
        kim.types(EMAIL, R.string.field_email)
        kim.types(stage.account(EMAIL), R.string.field_password)
        kim.presses(R.string.sign_in_action)
        kim.presses(R.string.home_make_site)
        kim.types("Lake house", R.string.field_site_name)
        kim.presses(R.string.new_site_action)
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
        TestApplication.seen = stage.device("gate camera 7")
        kim.waitFor(R.string.confirm_title)
    }

    @Test
    fun refused_for_ever_the_phones_settings_open_and_typing_goes_on() {
        scans(askedAgain = false)
        kim.presses(R.string.scan_camera_settings)
        assertEquals(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, shadowOf(app as Application).nextStartedActivity.action)
        kim.presses(R.string.scan_enter_manually)
        kim.types(stage.device("gate camera 7").serial, R.string.field_serial)
        kim.presses(R.string.type_define)
        kim.waitFor(R.string.details_has_none)
    }
}
