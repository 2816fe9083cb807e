package io.porchlight.customer

import android.app.Activity
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import io.porchlight.screens.MainActivity
import io.porchlight.screens.R
import org.junit.After
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

const val EMAIL = "kim@example.org"
const val DEVICE_PASSWORD = "gate camera 7"

/** The real app on a stage's cloud, and Kim before its screen. */
abstract class AppOnStage {
    protected val stage: Stage
    protected lateinit var controller: ActivityController<MainActivity>
    protected val app get() = RuntimeEnvironment.getApplication() as TestApplication
    protected val kim = Person { controller.get() }

    /** Before the application is made: it asks the stage where the cloud is. */
    init {
        TestApplication.phone = TestPhone()
        TestApplication.seen = null
        TestApplication.cameraLoss = null
        stage = Stage().also { TestApplication.stage = it }
    }

    @After
    fun close() {
        if (::controller.isInitialized && !controller.get().isDestroyed) controller.pause().stop().destroy()
        app.close()
        stage.close()
    }

    protected fun opensTheApp(kept: Bundle? = null) {
        val activity = Robolectric.buildActivity(MainActivity::class.java)
        controller = if (kept == null) activity.setup() else activity.setup(kept)
    }

    protected fun signsIn(password: String = stage.account(EMAIL)) = kim.signsIn(EMAIL, password)

    protected fun makesAPlace() = kim.makesAPlace()

    protected fun types(device: StageDevice) = kim.types(device)

    protected fun enters(device: StageDevice) = kim.enters(device)

    /** Picks a picture instead of using the camera. */
    protected fun picks(bytes: ByteArray) {
        val place = Uri.parse("content://pictures/${bytes.size}")
        shadowOf(app.contentResolver).registerInputStream(place, bytes.inputStream())
        kim.presses(R.string.scan_picture)
        val asked = shadowOf(controller.get()).nextStartedActivityForResult.intent
        shadowOf(controller.get()).receiveResult(asked, Activity.RESULT_OK, Intent().setData(place))
    }

    protected fun fillsIn(name: String, password: String) = kim.fillsIn(name, password)
}
