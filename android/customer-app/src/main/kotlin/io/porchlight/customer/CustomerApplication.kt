package io.porchlight.customer

import io.porchlight.screens.PorchlightApplication
import io.porchlight.screens.Route

/** The homeowner's app. */
open class CustomerApplication : PorchlightApplication() {
    override val home: Route = Route.Home
    override val clientName = "customer-android"
}
