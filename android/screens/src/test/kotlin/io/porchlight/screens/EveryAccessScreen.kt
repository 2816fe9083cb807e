package io.porchlight.screens

import io.porchlight.bridge.AccessChoices
import io.porchlight.bridge.AccessEnd
import io.porchlight.bridge.AccessRequest
import io.porchlight.bridge.AccessScope
import io.porchlight.bridge.Act
import io.porchlight.bridge.ActAbout
import io.porchlight.bridge.Acting
import io.porchlight.bridge.Company
import io.porchlight.bridge.ConflictReason
import io.porchlight.bridge.ConsentChoice
import io.porchlight.bridge.Customer
import io.porchlight.bridge.CustomerOffer
import io.porchlight.bridge.CustomerPlaces
import io.porchlight.bridge.CustomerState
import io.porchlight.bridge.DelegatedState
import io.porchlight.bridge.DeviceSection
import io.porchlight.bridge.Grant
import io.porchlight.bridge.HandoffRefusal
import io.porchlight.bridge.HandoffState
import io.porchlight.bridge.InputField
import io.porchlight.bridge.InputReason
import io.porchlight.bridge.Membership
import io.porchlight.bridge.OfferedDevice
import io.porchlight.bridge.OrganizationKind
import io.porchlight.bridge.OrganizationRole
import io.porchlight.bridge.Permission
import io.porchlight.bridge.PermissionChoice
import io.porchlight.bridge.Person
import io.porchlight.bridge.PlaceDevice
import io.porchlight.bridge.PlaceSite
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.RequestState
import io.porchlight.bridge.UnsentAct
import java.time.Duration
import java.time.Instant

// An installer and her customers for the pictures.

internal val company = Company("o-1", "Bright Solar")
internal val ana = Person("a-2", "Ana", "Ruiz")
internal val kimPerson = Person("a-1", "Kim", "Lee")
internal val soon: Instant = Instant.parse("2026-11-20T16:40:00Z")
private val permissions = listOf(Permission.SITE_READ, Permission.SITE_CREATE, Permission.DEVICE_ADD, Permission.DEVICE_CHANGE)

internal val accessChoices = AccessChoices(
    listOf(1L, 4L, 24L).map(Duration::ofHours) + (2L..30L).map(Duration::ofDays),
    listOf(
        PermissionChoice(Permission.SITE_READ, ticked = true, needed = true),
        PermissionChoice(Permission.SITE_CREATE, ticked = true, needed = false),
        PermissionChoice(Permission.DEVICE_ADD, ticked = true, needed = false),
        PermissionChoice(Permission.DEVICE_CHANGE, ticked = true, needed = false),
        PermissionChoice(Permission.VIDEO_WATCH, ticked = false, needed = false),
    ),
)

private val grant = Grant("g-1", ana, company, kimPerson, AccessScope.Account, null, permissions, moment, soon, null, null)
internal val acting = Acting(grant, permissions, soon)

/** On one device, for ten days. */
internal val forTheGate = grant.copy(scope = AccessScope.Device("d-1"), scopeName = "Gate", expiresAt = soon + Duration.ofDays(10))

/** Who may look and nothing else. */
internal val looking = listOf(Permission.SITE_READ).let { Acting(grant.copy(permissions = it), it, soon) }
private val request = AccessRequest(
    "r-1", RequestState.PENDING, ana, company, "a-1", AccessScope.Site("s-1"), "Lake house", permissions,
    Duration.ofHours(4), "The inverter reports a fault, and the camera at the gate is to be replaced.", "t", moment, soon, null,
)

private fun customer(name: String, state: CustomerState, pending: String? = null, grant: String? = null, asked: RequestState? = null) =
    Customer("c-$name", "o-1", "$name.with.a.long.address@example.org", name, "Lee", state, pending, asked, grant, soon.takeIf { grant != null })

internal val customers = listOf(
    customer("Kim", CustomerState.CONFIRMED, grant = "g-1"),
    customer("Max", CustomerState.CONFIRMED),
    customer("Noa", CustomerState.CONFIRMED, pending = "r-1"),
    customer("Ola", CustomerState.WAITING, grant = "g-2"),
    customer("Pia", CustomerState.REFUSED),
    customer("Rui", CustomerState.CONFIRMED, asked = RequestState.DECLINED),
    customer("Sia", CustomerState.CONFIRMED, asked = RequestState.EXPIRED),
)

internal fun everyAccessScreen(): List<Shot<*>> = partners() + asking() + answering() + people() + news() + acting()

private fun partners(): List<Shot<*>> {
    val installer = Membership("o-1", "Bright Solar", OrganizationKind.PARTNER, OrganizationRole.OPERATOR)
    fun list(what: String, state: CustomersState) = Shot("customers-$what", { CustomersScreen(it.core, it.stack) }, state)
    fun one(what: String, state: CustomerScreenState) = Shot("customer-$what", { CustomerScreen(it.core, it.stack, Route.OneCustomer("c-1")) }, state)
    val known = CustomersState(false, listOf(installer), customers, customers.size, ListAge(Instant.now()))
    return listOf(
        list("loading", CustomersState()),
        list("no-company", CustomersState(loading = false)),
        list("empty", known.copy(customers = emptyList(), total = 0)),
        list("list", known),
        list("two-companies", known.copy(companies = listOf(installer, installer.copy(organization = "o-2", name = "Lake Electric")), customers = customers.take(2) + customers[2].copy(organization = "o-2"))),
        list("connecting", known.copy(age = ListAge(moment, isConnecting = true))),
        list("old", known.copy(age = ListAge(moment, isOld = true))),
        one("loading", CustomerScreenState()),
        one("linked", CustomerScreenState(customers[0])),
        one("no-access", CustomerScreenState(customers[1])),
        one("asked", CustomerScreenState(customers[2])),
        one("waiting", CustomerScreenState(customers[3])),
        one("refused", CustomerScreenState(customers[4])),
        one("app-missing", CustomerScreenState(customers[0], problem = PorchlightException.Conflict(ConflictReason.CustomerAppMissing))),
    )
}

private fun asking(): List<Shot<*>> {
    val places = CustomerPlaces(listOf(PlaceSite("s-1", "Lake house")), listOf(PlaceDevice("d-1", "Gate", "s-1")))
    fun ask(what: String, state: AskState) = Shot("ask-$what", { AskScreen(it.core, it.stack, Route.AskForAccess("c-1")) }, state)
    fun add(what: String, state: AddCustomerState) = Shot("add-customer-$what", { AddCustomerScreen(it.core, it.stack, Route.AddCustomer("o-1")) }, state)
    val filled = AskState(accessChoices, customer = customers[1], places = places)
    return listOf(
        add("empty", AddCustomerState()),
        add("exists", AddCustomerState(problem = PorchlightException.Conflict(ConflictReason.CustomerExists))),
        add("no-email", AddCustomerState(problem = wrong(InputField.EMAIL, InputReason.NOT_ALLOWED))),
        ask("empty", filled),
        ask("days", filled.copy(chosen = filled.chosen.copy(hours = null), problem = wrong(InputField.LASTS, InputReason.NOT_ALLOWED))),
        ask("comment", filled.copy(problem = wrong(InputField.COMMENT, InputReason.TOO_LONG))),
        ask("offline", filled.copy(problem = offline)),
    )
}

private fun answering(): List<Shot<*>> {
    fun request(what: String, state: RequestScreenState) = Shot("request-$what", { RequestScreen(it.core, it.stack, Route.Request("r-1")) }, state)
    fun handoff(what: String, state: HandoffState) = Shot("handoff-$what", { HandoffScreen(it.acting) }, HandoffScreenState(state))
    val shown = RequestScreenState(request, request.lasts, accessChoices.lasts.take(2).map { ConsentChoice(it, moment + it) })
    val days = accessChoices.lasts.map { ConsentChoice(it, null) }
    return listOf(
        request("loading", RequestScreenState()),
        request("pending", shown),
        request("days", shown.copy(request = request.copy(lasts = days.last().lasts), lasts = days.last().lasts, choices = days)),
        request("over", shown.copy(request = request.copy(state = RequestState.WITHDRAWN))),
        request("differs", shown.copy(problem = PorchlightException.Conflict(ConflictReason.TermsDiffer))),
        handoff("reading", HandoffState.Reading),
        handoff("confirm", HandoffState.Confirm(grant, soon, null)),
        Shot("handoff-one-device", { HandoffScreen(it.acting) }, HandoffScreenState(HandoffState.Confirm(forTheGate, soon, null)), atEnd = true),
        handoff("instead", HandoffState.Confirm(grant, soon, Acting(grant.copy(subject = Person("a-3", "Max", "Lee")), permissions, soon))),
        handoff("opening", HandoffState.Opening(grant, soon)),
        handoff("unreached", HandoffState.Unreached(grant, soon)),
        handoff("not-a-link", HandoffState.Refused(HandoffRefusal.NotALink)),
        handoff("phone-locked", HandoffState.Refused(HandoffRefusal.PhoneLocked)),
        handoff("update", HandoffState.Refused(HandoffRefusal.UpdateRequired)),
        handoff("not-here", HandoffState.Refused(HandoffRefusal.NotInitiatedHere)),
        Shot("handoff-no-partner-app", { HandoffScreen(it.acting) }, HandoffScreenState(HandoffState.Refused(HandoffRefusal.TooLate), noPartnerApp = true)),
        handoff("too-late", HandoffState.Refused(HandoffRefusal.TooLate)),
        handoff("over", HandoffState.Refused(HandoffRefusal.AccessOver)),
        handoff("broken", HandoffState.Refused(HandoffRefusal.Internal("7f3a-20c1"))),
    )
}

private fun people(): List<Shot<*>> {
    fun people(what: String, state: PeopleState) = Shot("people-$what", { PeopleScreen(it.core, it.stack) }, state)
    fun act(at: Long, what: String, name: String?, actor: Person?, by: Company?, about: ActAbout? = null) =
        Act("e-$at", moment.minusSeconds(at), what, actor, by, null, null, name, about)
    val acts = listOf(
        act(0, "access.ended", null, kimPerson, null, ActAbout(company, ana)),
        act(60, "device.added", "Gate", ana, company),
        act(120, "session.began", null, ana, company),
        act(180, "roof.lifted", null, null, null),
        act(240, "site.made", "Grandmother's flat on the third floor", ana, company),
    )
    val offer = CustomerOffer("c-1", company, listOf("Lake house"), listOf(OfferedDevice("Gate", DeviceSection.VIDEO, "Lake house")), "s")
    return listOf(
        people("loading", PeopleState()),
        people("empty", PeopleState(loading = false, age = ListAge(Instant.now()))),
        people("all", PeopleState(false, listOf(offer), listOf(request), listOf(grant), ListAge(Instant.now()))),
        people("offline", PeopleState(false, grants = listOf(grant), age = ListAge(Instant.now()), problem = offline)),
        Shot("history", { HistoryScreen(it.core, it.stack, Route.History(null)) }, HistoryState(false, acts, "e-9")),
        Shot("history-loading", { HistoryScreen(it.core, it.stack, Route.History(null)) }, HistoryState()),
        Shot("history-empty", { HistoryScreen(it.core, it.stack, Route.History(null)) }, HistoryState(false)),
        Shot("history-offline", { HistoryScreen(it.core, it.stack, Route.History(null)) }, HistoryState(false, problem = offline)),
    )
}

private val home = HomeState(loading = false, sites = sites, place = Place(site = sites.first()), devices = 4, age = ListAge(Instant.now()))
internal val shed = UnsentAct(kimPerson, "lumen", "2M047C90AN00005", "Lumen Cam 4", DeviceSection.VIDEO, "Shed", soon)

/** What stands above a person's own screens. */
private fun news(): List<Shot<*>> {
    val max = grant.copy(id = "g-2", actor = Person("a-3", "Max", "Lee"))
    val acts = listOf(shed, shed.copy(name = "Garden, behind the shed where the bicycles are", serial = "2M047C90AN00006"))
    fun home(what: String, news: NewsState) = Shot("home-$what", { HomeScreen(it.core, it.stack) }, home, news = news)
    return listOf(
        home("one-works", NewsState(listOf(grant))),
        home("two-work", NewsState(listOf(grant, max))),
        home("one-works-offline", NewsState(listOf(grant), problem = offline)),
        home("unsent", NewsState(unsent = acts)),
        Shot("sign-in-unsent", { SignInScreen(it.core, it.stack) }, FormState(), news = NewsState(unsent = acts)),
        Shot("customers-unsent", { CustomersScreen(it.core, it.stack) }, CustomersState(loading = false), news = NewsState(unsent = acts)),
        Shot("unsent", { UnsentScreen(it.acting, it.stack) }, UnsentState(acts)),
        Shot("unsent-problem", { UnsentScreen(it.acting, it.stack) }, UnsentState(acts, problem = broken)),
    )
}

private fun acting(): List<Shot<*>> {
    fun ended(what: String, why: AccessEnd, unsent: List<UnsentAct> = emptyList(), hasPartnerApp: Boolean = false): Shot<*> {
        val state = DelegatedState.Ended(acting, why, soon, unsent)
        return Shot("acting-ended-$what", { ActingEndedScreen(it.acting, ActingEndedState(state, hasPartnerApp)) })
    }
    return listOf(
        Shot("acting-home", { HomeScreen(it.core, it.customersStack) }, home, acting = acting),
        Shot("acting-locked", { LockedScreen(null) }, acting = acting),
        Shot("acting-locked-adding", { LockedScreen({}) }, acting = acting),
        Shot("acting-home-looks", { HomeScreen(it.core, it.lookersStack) }, home, acting = acting),
        Shot("acting-home-nothing", { HomeScreen(it.core, it.lookersStack) }, HomeState(loading = false, age = ListAge(Instant.now())), acting = acting),
        Shot("acting-devices-nothing", { DevicesScreen(it.core, it.lookersStack, Route.Devices(DeviceSection.VIDEO, null)) }, DevicesState(loading = false), acting = acting),
        Shot("acting-device", { OneDeviceScreen(it.core, it.customersStack, Route.OneDevice(gate.id)) }, OneDeviceState(gate, sites.first().name), acting = acting),
        Shot("acting-device-looks", { OneDeviceScreen(it.core, it.lookersStack, Route.OneDevice(gate.id)) }, OneDeviceState(gate, sites.first().name), acting = acting),
        ended("revoked", AccessEnd.REVOKED),
        ended("unsent", AccessEnd.EXPIRED, listOf(shed)),
        ended("disabled", AccessEnd.SUBJECT_DISABLED),
        ended("left-company", AccessEnd.ACTOR_DISABLED),
        ended("session", AccessEnd.SESSION_ENDED),
        ended("left", AccessEnd.LEFT),
        ended("to-customers", AccessEnd.REVOKED, hasPartnerApp = true),
    )
}
