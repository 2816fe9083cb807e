package io.porchlight.customer

import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.os.Looper
import io.porchlight.bridge.DeviceLine
import io.porchlight.screens.MainActivity
import io.porchlight.screens.R
import io.porchlight.screens.WorkService
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadow.api.Shadow

private const val EMAIL = "kim@example.org"
private const val DEVICE_PASSWORD = "gate camera 7"
private const val PATIENCE_MS = 20_000L

/** What the phone still owes the cloud goes out without a screen. */
@RunWith(CoreTestRunner::class)
@Config(application = TestApplication::class, qualifiers = "w411dp-h891dp-420dpi")
class WorkTest {
    private val stage: Stage
    private val app get() = RuntimeEnvironment.getApplication() as TestApplication

    /** Before the application is made: it asks the stage where the cloud is. */
    init {
        TestApplication.phone = TestPhone()
        TestApplication.seen = null
        stage = Stage().also { TestApplication.stage = it }
    }

    @After
    fun close() {
        app.close()
        stage.close()
    }

    @Test
    fun a_queued_device_is_added_by_the_job_with_no_screen_open() {
        val password = stage.account(EMAIL)
        val device = stage.device(DEVICE_PASSWORD)
        val controller = Robolectric.buildActivity(MainActivity::class.java).setup()
        val kim = Person { controller.get() }
        kim.types(EMAIL, R.string.field_email)
        kim.types(password, R.string.field_password)
        kim.presses(R.string.sign_in_action)
        kim.presses(R.string.home_make_site)
        kim.types("Lake house", R.string.field_site_name)
        kim.presses(R.string.new_site_action)
        kim.presses(R.string.home_add_device)
        kim.presses(R.string.scan_enter_manually)
        kim.types(device.serial, R.string.field_serial)
        kim.presses(R.string.type_define)
        TestApplication.phone.radio.online = false
        kim.types("Gate", R.string.field_device_name)
        kim.types(DEVICE_PASSWORD, R.string.field_device_password)
        kim.presses(R.string.details_next)
        kim.waitFor(R.string.queued_title)
        controller.pause().stop().destroy()

        val jobs = app.getSystemService(JobScheduler::class.java)
        assertEquals("leaving the screen asks for work", 1, jobs.allPendingJobs.size)
        assertTrue("and so it does after a restart of the phone", jobs.allPendingJobs.single().isPersisted)
        TestApplication.phone.radio.online = true
        assertFalse("nothing is left to do", comesAgain())

        val here = devicesOf(password)
        assertEquals(listOf("Gate"), here)
    }

    /** Runs the job as the system does; whether it wants to be run again as it is. */
    private fun comesAgain(): Boolean {
        val service = Robolectric.buildService(WorkService::class.java).create()
        assertTrue(service.get().onStartJob(Shadow.newInstanceOf(JobParameters::class.java)))
        waitUntil { shadowOf(service.get()).isJobFinished }
        return shadowOf(service.get()).isRescheduleNeeded.also { service.destroy() }
    }

    @Test
    fun a_job_that_finds_the_core_broken_comes_again() {
        app.close()
        val folder = app.noBackupFilesDir.resolve("porchlight")
        folder.deleteRecursively()
        folder.writeText("a file where the folder should be")
        app.open()
        assertTrue(comesAgain())
        folder.delete()
        app.openAgain()
        assertFalse(comesAgain())
    }

    private fun waitUntil(holds: () -> Boolean) {
        val until = System.currentTimeMillis() + PATIENCE_MS
        while (!holds() && System.currentTimeMillis() < until) {
            shadowOf(Looper.getMainLooper()).idle()
            Thread.sleep(10)
        }
        assertTrue("it took too long", holds())
    }

    /** What the cloud has, as another phone sees it. */
    private fun devicesOf(password: String): List<String> = soon {
        openCore(stage, TestPhone().ports(), "another-phone").use { core ->
            core.profile().use { profile ->
                profile.session().use { it.signIn(EMAIL, password) }
                profile.devices().use { list ->
                    list.refresh()
                    list.window(null, null, 0u, 10u).items.map { (it as DeviceLine.Added).device.name }
                }
            }
        }
    }
}
