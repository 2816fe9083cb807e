package io.porchlight.customer

import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.os.Looper
import io.porchlight.bridge.DeviceLine
import io.porchlight.screens.R
import io.porchlight.screens.WorkService
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadow.api.Shadow

private const val PATIENCE_MS = 20_000L

/** What the phone still owes the cloud goes out without a screen. */
@RunWith(CoreTestRunner::class)
@Config(application = TestApplication::class, qualifiers = "w411dp-h891dp-420dpi")
class WorkTest : AppOnStage() {
    @Test
    fun a_queued_device_is_added_by_the_job_with_no_screen_open() {
        val password = stage.account(EMAIL)
        val device = stage.device(DEVICE_PASSWORD)
        opensTheApp()
        signsIn(password)
        makesAPlace()
        enters(device)
        TestApplication.phone.radio.online = false
        fillsIn("Gate", DEVICE_PASSWORD)
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
