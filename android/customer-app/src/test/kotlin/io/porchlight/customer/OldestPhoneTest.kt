package io.porchlight.customer

import io.porchlight.screens.MainActivity
import io.porchlight.screens.R
import org.junit.After
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

private const val EMAIL = "kim@example.org"
private const val DEVICE_PASSWORD = "gate camera 7"

/** API 26, the oldest that the apps run on. In a process of its own: the bindings know one class loader only. */
@RunWith(CoreTestRunner::class)
@Config(sdk = [26], application = TestApplication::class, qualifiers = "w411dp-h891dp-420dpi")
class OldestPhoneTest {
    private val stage: Stage

    /** Before the application is made: it asks the stage where the cloud is. */
    init {
        TestApplication.phone = TestPhone()
        TestApplication.seen = null
        stage = Stage().also { TestApplication.stage = it }
    }

    @After
    fun close() {
        (RuntimeEnvironment.getApplication() as TestApplication).close()
        stage.close()
    }

    @Test
    fun a_device_is_added_on_the_oldest_android() {
        Robolectric.buildActivity(MainActivity::class.java).setup().use { controller ->
            val kim = Person { controller.get() }
            kim.types(EMAIL, R.string.field_email)
            kim.types(stage.account(EMAIL), R.string.field_password)
            kim.presses(R.string.sign_in_action)
            kim.presses(R.string.home_make_site)
            kim.types("Lake house", R.string.field_site_name)
            kim.presses(R.string.new_site_action)
            kim.presses(R.string.home_add_device)
            kim.presses(R.string.scan_enter_manually)
            kim.types(stage.device(DEVICE_PASSWORD).serial, R.string.field_serial)
            kim.presses(R.string.type_define)
            kim.types("Gate", R.string.field_device_name)
            kim.types(DEVICE_PASSWORD, R.string.field_device_password)
            kim.presses(R.string.details_next)
            kim.waitFor(R.string.added_title)
        }
    }
}
