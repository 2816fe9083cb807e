import Bridge
import SwiftUI

/// Every way in.
public enum AppRoute: Hashable, Sendable {
    case register
    case newSite
    case device(id: String)
    case add(AddDeviceModel.Opening)
    /// Somebody new; or the same person again, who said no.
    case addCustomer(organizationID: String, again: Customer? = nil)
    case customer(id: String)
    case ask(customerID: String)
    case request(id: String)
    /// Who did what; by one grant only, when it is named.
    case history(grantID: String?)
    /// What was not sent when an access ended.
    case unsent

    var isAdding: Bool {
        if case .add = self { true } else { false }
    }
}

/// The bar at the bottom.
enum AppTab: Hashable { case home, devices, people, customers, more }

/// Which app it is: what stands first for somebody who is signed in.
public enum AppKind: Sendable { case customer, partner }

/// The first screen. In whose account it is: a customer's, as long as this phone acts there; or the person's own, where the
/// session decides. A link of the partner app comes before both.
public struct RootScreen: View {
    let core: OpenCore
    let kind: AppKind
    let phone: PhoneParts
    @State private var session: SessionModel
    @State private var places: PlacesModel
    @State private var access: AccessModel
    @State private var acting: ActingModel
    @State private var tab: AppTab
    @State private var paths: [AppTab: [AppRoute]] = [:]
    @State private var shownRequestID: String?
    /// The device that was being added, where the system keeps it if it kills the app.
    @SceneStorage("adding") private var adding = ""
    /// The same in a customer's account.
    @SceneStorage("adding_there") private var addingThere = ""
    @SceneStorage("site_there") private var siteThere = ""

    public init(core: OpenCore, kind: AppKind, phone: PhoneParts) {
        (self.core, self.kind, self.phone) = (core, kind, phone)
        _session = State(initialValue: SessionModel(core: core))
        _places = State(initialValue: PlacesModel(core: core))
        _access = State(initialValue: AccessModel(core: core))
        _acting = State(initialValue: ActingModel(core: core))
        _tab = State(initialValue: kind == .customer ? .home : .customers)
    }

    public var body: some View {
        account
            .tint(Color.primaryToken)
            .environment(\.diagnostics) { (try? core.porchlight.diagnostics()) ?? "" }
            .sheet(isPresented: Binding(get: { acting.hasLink }, set: { if !$0 { dismissLink() } })) {
                NavigationStack { HandoffScreen(acting: acting, links: phone.links) }
            }
            .onOpenURL { link in take(link) }
            .task {
                session.begin()
                places.begin()
                access.begin()
                acting.begin()
            }
            .onChange(of: stage, initial: true) { _, stage in begin(stage) }
            .onChange(of: isAdding) { _, isAdding in if !isAdding, stage == .signedIn { adding = "" } }
            .onChange(of: access.newestRequestID) { _, _ in showRequest() }
            .onChange(of: acting.acting == nil) { _, isOwn in if isOwn { (addingThere, siteThere) = ("", "") } else { putAddingAside() } }
    }

    @ViewBuilder private var account: some View {
        if case .ended(let acting, let why, let at, let unsent) = acting.state {
            NavigationStack {
                ActingEndedScreen(
                    model: self.acting, kind: kind, links: phone.links, acting: acting, why: why, at: at, unsent: unsent)
            }
        } else if let account = acting.account, let now = acting.acting {
            CustomersAccountScreen(
                core: account, phone: phone, model: acting, acting: now, adding: $addingThere, siteID: $siteThere
            ).id(now)
        } else if stage == .signedIn {
            VStack(spacing: 0) {
                if kind == .customer { GrantsBanner(access: access) { showGrants() } }
                tabs
            }
        } else {
            NavigationStack(path: path(of: .home)) {
                first.navigationDestination(for: AppRoute.self) { screen($0, path(of: .home)) }
            }
        }
    }

    /// The core knows which links are ours. One to the partner app only brings it here.
    private func take(_ link: URL) {
        if kind == .customer { Task { await acting.take(link) } }
    }

    private func showGrants() { (tab, paths[.people]) = (.people, []) }

    private func dismissLink() { Task { await acting.dismissLink() } }

    /// A change of the session leaves nothing of the screens before it; a device that was being added goes on.
    private func begin(_ stage: Stage) {
        (tab, paths) = (kind == .customer ? .home : .customers, [:])
        Task { await acting.readUnsent() }
        switch stage {
        case .signedIn:
            if !adding.isEmpty { paths[.home] = [.add(.saved(claimID: adding))] }
            showRequest()
        // Whoever signs in next does not see where the one before them looked.
        case .out:
            places.forget()
            adding = ""
        case .waiting, .code: break
        }
    }

    /// A request that came while the app was open is shown at once, whatever else is.
    private func showRequest() {
        guard kind == .customer, stage == .signedIn, let newest = access.newestRequestID, newest != shownRequestID else { return }
        shownRequestID = newest
        paths[tab, default: []].append(.request(id: newest))
    }

    /// The customer's account takes the screen; the flow that was open comes back from what the core keeps of it.
    private func putAddingAside() {
        guard isAdding else { return }
        paths = adding.isEmpty ? [:] : [.home: [.add(.saved(claimID: adding))]]
    }

    private var isAdding: Bool { paths.values.joined().contains(where: \.isAdding) }

    private func path(of tab: AppTab) -> Binding<[AppRoute]> {
        Binding(get: { paths[tab] ?? [] }, set: { paths[tab] = $0 })
    }

    private var tabs: some View {
        TabView(selection: $tab) {
            if kind == .customer {
                HomeScreen(places: places, unsent: acting.unsent, path: path(of: .home), tab: $tab)
                    .asTab(.home, "tab_home", "home", path(of: .home), screen)
                DevicesScreen(core: core, places: places, path: path(of: .devices)).id(places.place)
                    .asTab(.devices, "tab_devices", "device", path(of: .devices), screen)
                PeopleScreen(core: core, access: access, path: path(of: .people))
                    .asTab(.people, "tab_people", "people", path(of: .people), screen)
            } else {
                CustomersScreen(core: core, access: access, unsent: acting.unsent, path: path(of: .customers))
                    .asTab(.customers, "customers_title", "people", path(of: .customers), screen)
            }
            SettingsScreen(core: core, session: session).asTab(.more, "tab_more", "more", path(of: .more), screen)
        }
    }

    /// Where a change of the session leaves nothing of the screens before it.
    private enum Stage: Equatable { case waiting, out, code, signedIn }

    private var stage: Stage {
        switch session.state {
        case nil, .locked: .waiting
        case .signedOut, .registering, .signingIn: .out
        case .codeNeeded, .verifying: .code
        case .signedIn, .signingOut: .signedIn
        }
    }

    @ViewBuilder private var first: some View {
        switch stage {
        case .waiting: WaitingScreen(isLocked: session.state == .locked)
        case .out: SignInScreen(session: session, unsent: acting.unsent, passwordPage: core.passwordPage, path: path(of: .home))
        case .code: CodeScreen(session: session)
        case .signedIn: EmptyView()
        }
    }

    @ViewBuilder private func screen(_ route: AppRoute, _ path: Binding<[AppRoute]>) -> some View {
        switch route {
        case .register: RegisterScreen(session: session)
        case .addCustomer(let organizationID, let again):
            AddCustomerScreen(core: core, organizationID: organizationID, again: again, path: path)
        case .customer(let id): CustomerScreen(core: core, access: access, customerID: id, links: phone.links, path: path)
        case .ask(let customerID): AskScreen(core: core, customerID: customerID)
        case .request(let id): RequestScreen(core: core, access: access, requestID: id)
        case .history(let grantID): HistoryScreen(core: core, grantID: grantID)
        case .unsent: UnsentScreen(model: acting)
        case .newSite, .device, .add: PlaceScreen(route: route, core: core, phone: phone, places: places, path: path, adding: $adding)
        }
    }
}

/// Before anything can be known: the core opens, or the phone is locked.
struct WaitingScreen: View {
    var isLocked = false

    var body: some View {
        ProgressView(isLocked ? "waiting_locked" : "waiting").navigationTitle("app_name")
    }
}
