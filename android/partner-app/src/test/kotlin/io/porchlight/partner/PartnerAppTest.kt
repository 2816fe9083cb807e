package io.porchlight.partner

import io.porchlight.customer.CoreTestRunner
import io.porchlight.customer.Person
import io.porchlight.customer.Stage
import io.porchlight.customer.signsIn
import io.porchlight.screens.MainActivity
import io.porchlight.screens.R
import org.junit.After
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

private const val EMAIL = "ana@bright.example"

@RunWith(CoreTestRunner::class)
@Config(application = TestPartnerApplication::class, qualifiers = "w411dp-h891dp-420dpi")
class PartnerAppTest {
    /** Before the application is made: it asks the stage where the cloud is. */
    private val stage = Stage().also { TestPartnerApplication.stage = it }

    @After
    fun close() {
        (RuntimeEnvironment.getApplication() as TestPartnerApplication).close()
        stage.close()
    }

    @Test
    fun an_installer_signs_in_sees_customers_and_signs_out() {
        Robolectric.buildActivity(MainActivity::class.java).setup().use { controller ->
            val ana = Person { controller.get() }
            ana.signsIn(EMAIL, stage.partner("Bright Solar", EMAIL))
            ana.waitFor("Bright Solar")
            ana.waitFor(R.string.customers_empty_title)
            ana.presses(R.string.tab_more)
            ana.waitFor(EMAIL)
            ana.presses(R.string.settings_sign_out)
            ana.waitFor(R.string.sign_in_register)
        }
    }

    @Test
    fun the_last_of_more_customers_than_a_window_holds_is_reached() {
        val password = stage.partner("Bright Solar", EMAIL)
        val names = (1..200).map { "Kim%03d".format(it) }
        names.forEach { stage.add("$it@example.org", it, "Lee") }
        stage.add("zoe@example.org", "Zoe", "Young")
        Robolectric.buildActivity(MainActivity::class.java).setup().use { controller ->
            val ana = Person { controller.get() }
            ana.signsIn(EMAIL, password)
            for (last in names.chunked(50).map { it.last() }) {
                ana.waitFor("$last Lee")
                ana.presses(R.string.devices_more)
            }
            ana.presses("Zoe Young")
            ana.waitFor(R.string.customer_waiting_hint)
        }
    }

    @Test
    fun somebody_whom_no_company_has_taken_in_is_told_so() {
        Robolectric.buildActivity(MainActivity::class.java).setup().use { controller ->
            val ana = Person { controller.get() }
            ana.signsIn(EMAIL, stage.account(EMAIL))
            ana.waitFor(R.string.customers_no_company_title)
        }
    }
}
