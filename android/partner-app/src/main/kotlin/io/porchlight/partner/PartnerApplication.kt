package io.porchlight.partner

import io.porchlight.screens.PorchlightApplication
import io.porchlight.screens.Route

/** The installer's app. */
open class PartnerApplication : PorchlightApplication() {
    override val home: Route = Route.Customers
    override val clientName = "partner-android"
}
