package io.porchlight.screens

import android.app.Activity
import android.graphics.Color
import android.view.View
import io.porchlight.bridge.AddDeviceFlow
import io.porchlight.bridge.AddDeviceListener
import io.porchlight.bridge.AddDeviceState
import io.porchlight.bridge.Configuration
import io.porchlight.bridge.Connection
import io.porchlight.bridge.CustomerList
import io.porchlight.bridge.CustomerPlaces
import io.porchlight.bridge.DelegatedListener
import io.porchlight.bridge.DelegatedSession
import io.porchlight.bridge.DetailsEdit
import io.porchlight.bridge.DeviceList
import io.porchlight.bridge.DeviceSection
import io.porchlight.bridge.DeviceWindow
import io.porchlight.bridge.GrantList
import io.porchlight.bridge.HandoffFlow
import io.porchlight.bridge.HandoffListener
import io.porchlight.bridge.HistoryList
import io.porchlight.bridge.LabelScanner
import io.porchlight.bridge.ListListener
import io.porchlight.bridge.MembershipList
import io.porchlight.bridge.NoHandle
import io.porchlight.bridge.OfferList
import io.porchlight.bridge.Porchlight
import io.porchlight.bridge.Profile
import io.porchlight.bridge.RequestList
import io.porchlight.bridge.SessionFlow
import io.porchlight.bridge.SessionListener
import io.porchlight.bridge.SiteList
import io.porchlight.bridge.SiteWindow
import io.porchlight.bridge.Subscription
import io.porchlight.bridge.ViewfinderListener

// A core that says nothing by itself: each state of each screen is given. The journey has the real one.

/** An app whose core does not open: the pictures put their own screens in its place. */
class PicturesApplication : PorchlightApplication() {
    override val home: Route = Route.Home
    override val clientName = "pictures"
    override val configuration get() = Configuration("https://cloud.example", "", clientName, "0", "", emptyList())
    override fun frames(activity: Activity): FrameSource = StillCamera(activity)
}

/** Shows a dark room and offers no frame. */
private class StillCamera(private val activity: Activity) : FrameSource {
    override fun preview() = View(activity).apply { setBackgroundColor(Color.rgb(0x2b, 0x30, 0x36)) }
    override fun start(offer: OfferFrame, lost: (CameraLoss) -> Unit) = Unit
    override fun stop() = Unit
    override fun light(on: Boolean) = Unit
}

private fun subscription() = Subscription(NoHandle)

internal class SilentPorchlight : Porchlight(NoHandle) {
    override fun profile(): Profile = SilentProfile()
    override fun handoff(): HandoffFlow = SilentHandoff()
    override fun delegatedSession(): DelegatedSession = SilentDelegated()
}

private class SilentProfile : Profile(NoHandle) {
    override fun session(): SessionFlow = SilentSession()
    override fun sites(): SiteList = SilentSites()
    override fun devices(): DeviceList = SilentDevices()
    override fun customers(): CustomerList = SilentCustomers()
    override fun offers(): OfferList = SilentOffers()
    override fun memberships(): MembershipList = SilentMemberships()
    override fun requests(): RequestList = SilentRequests()
    override fun grants(): GrantList = SilentGrants()
    override fun history(): HistoryList = SilentHistory()
    override fun findTimeZones(text: String, count: UInt) = listOf("Europe/Berlin", "Europe/London", "America/New_York")
}

private class SilentHandoff : HandoffFlow(NoHandle) {
    override fun listen(listener: HandoffListener): Subscription = subscription()
}

private class SilentDelegated : DelegatedSession(NoHandle) {
    override fun listen(listener: DelegatedListener): Subscription = subscription()
}

private class SilentCustomers : CustomerList(NoHandle) {
    override fun listen(listener: ListListener): Subscription = subscription()
    override suspend fun get(customer: String) = customers.first()
    override suspend fun places(customer: String) = CustomerPlaces(emptyList(), emptyList())
}

private class SilentOffers : OfferList(NoHandle) {
    override fun listen(listener: ListListener): Subscription = subscription()
}

private class SilentMemberships : MembershipList(NoHandle) {
    override fun listen(listener: ListListener): Subscription = subscription()
}

private class SilentRequests : RequestList(NoHandle) {
    override fun listen(listener: ListListener): Subscription = subscription()
    override fun choices() = accessChoices
}

private class SilentGrants : GrantList(NoHandle) {
    override fun listen(listener: ListListener): Subscription = subscription()
}

private class SilentHistory : HistoryList(NoHandle) {
    override fun listen(listener: ListListener): Subscription = subscription()
}

private class SilentSession : SessionFlow(NoHandle) {
    override fun listen(listener: SessionListener): Subscription = subscription()
}

private class SilentSites : SiteList(NoHandle) {
    override fun listen(listener: ListListener): Subscription = subscription()
    override suspend fun window(offset: UInt, count: UInt) = SiteWindow(offset, emptyList(), 0u, null, Connection.LIVE)
}

private class SilentDevices : DeviceList(NoHandle) {
    override fun listen(listener: ListListener): Subscription = subscription().also { listener.onChange() }
    override suspend fun window(section: DeviceSection?, site: String?, offset: UInt, count: UInt) =
        DeviceWindow(offset, emptyList(), 0u, null, Connection.LIVE)
    override suspend fun get(device: String) = gate
}

/** A flow that stays in one state until somebody types, and then in another. */
internal class StillFlow(private val state: AddDeviceState, private val typed: AddDeviceState) : AddDeviceFlow(NoHandle) {
    override fun id() = "flow-1"

    private var listener: AddDeviceListener? = null

    override fun listen(listener: AddDeviceListener): Subscription {
        this.listener = listener
        listener.onState(state)
        return subscription()
    }

    override fun labelScanner(viewfinder: ViewfinderListener): LabelScanner = LabelScanner(NoHandle)

    override fun readText(text: String) {
        listener?.onState(typed)
    }

    override fun editDetails(edit: DetailsEdit) = Unit
}
