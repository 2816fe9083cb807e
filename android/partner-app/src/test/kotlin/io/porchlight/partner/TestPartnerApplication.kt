package io.porchlight.partner

import io.porchlight.bridge.Configuration
import io.porchlight.bridge.Ports
import io.porchlight.customer.Stage
import io.porchlight.customer.TestPhone
import io.porchlight.customer.configurationOn

/** The real app on a stage's cloud, with ports that a test can hold. */
class TestPartnerApplication : PartnerApplication() {
    override val configuration: Configuration get() = configurationOn(stage, clientName)

    override fun ports(): Ports = phone.ports()

    companion object {
        lateinit var stage: Stage
        var phone = TestPhone()
    }
}
