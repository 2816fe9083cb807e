package io.porchlight.screens

import io.porchlight.bridge.DeviceSection

/** Every way in. As text it is all that the system keeps of a screen when it kills the process: ids, never a secret. */
sealed interface Route {
    data object Waiting : Route
    data object SignIn : Route
    data object Register : Route
    data object Code : Route
    data object Home : Route
    data object Customers : Route
    data object NewSite : Route
    data object People : Route
    data object Settings : Route

    /** What was not sent when accesses to customers' accounts ended. */
    data object Unsent : Route
    data class AddCustomer(val organization: String) : Route
    data class OneCustomer(val customer: String) : Route

    /** With what was chosen so far; none: nothing yet. */
    data class AskForAccess(val customer: String, val chosen: AskChosen? = null) : Route
    data class Request(val request: String) : Route

    /** Who did what; by one grant only, when it is named. */
    data class History(val grant: String?) : Route
    data class Devices(val section: DeviceSection, val site: String?) : Route
    data class OneDevice(val device: String) : Route

    /** Adding from the start. */
    data class AddDevice(val section: DeviceSection, val site: String) : Route

    /** Adding that was begun: goes on where it is, by the flow's id. */
    data class Adding(val id: String) : Route

    fun text(): String = when (this) {
        Waiting -> "waiting"
        SignIn -> "sign-in"
        Register -> "register"
        Code -> "code"
        Home -> "home"
        Customers -> "customers"
        NewSite -> "new-site"
        People -> "people"
        Settings -> "settings"
        Unsent -> "unsent"
        is AddCustomer -> "add-customer/$organization"
        is OneCustomer -> "customer/$customer"
        is AskForAccess -> "ask/$customer" + chosen?.let { "/" + it.text() }.orEmpty()
        is Request -> "request/$request"
        is History -> "history/${grant.orEmpty()}"
        is Devices -> "devices/${section.name}/${site.orEmpty()}"
        is OneDevice -> "device/$device"
        is AddDevice -> "add/${section.name}/$site"
        is Adding -> "adding/$id"
    }

    companion object {
        // Lazy: the first route is made while this class is.
        private val plain by lazy {
            listOf(Waiting, SignIn, Register, Code, Home, Customers, NewSite, People, Settings, Unsent).associateBy { it.text() }
        }

        /** Reads what [text] wrote; nothing for anything else. */
        fun of(text: String): Route? {
            val parts = text.split('/')
            return plain[text] ?: when (parts.first() to parts.size) {
                "add-customer" to 2 -> AddCustomer(parts[1])
                "customer" to 2 -> OneCustomer(parts[1])
                "ask" to 2 -> AskForAccess(parts[1])
                "ask" to 5 -> AskForAccess(parts[1], AskChosen.of(parts.drop(2)))
                "request" to 2 -> Request(parts[1])
                "history" to 2 -> History(parts[1].ifEmpty { null })
                "devices" to 3 -> section(parts[1])?.let { Devices(it, parts[2].ifEmpty { null }) }
                "device" to 2 -> OneDevice(parts[1])
                "add" to 3 -> section(parts[1])?.let { AddDevice(it, parts[2]) }
                "adding" to 2 -> Adding(parts[1])
                else -> null
            }
        }

        private fun section(name: String) = DeviceSection.entries.find { it.name == name }
    }
}
