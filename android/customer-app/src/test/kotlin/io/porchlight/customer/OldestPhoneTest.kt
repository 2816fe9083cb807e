package io.porchlight.customer

import io.porchlight.screens.R
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config

/** API 26, the oldest that the apps run on. In a process of its own: the bindings know one class loader only. */
@RunWith(CoreTestRunner::class)
@Config(sdk = [26], application = TestApplication::class, qualifiers = "w411dp-h891dp-420dpi")
class OldestPhoneTest : AppOnStage() {
    @Test
    fun a_device_is_added_on_the_oldest_android() {
        opensTheApp()
        signsIn()
        makesAPlace()
        enters(stage.device(DEVICE_PASSWORD))
        fillsIn("Gate", DEVICE_PASSWORD)
        kim.waitFor(R.string.added_title)
    }
}
