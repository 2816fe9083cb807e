import Bridge
import SwiftUI

/// Every way in.
public enum AppRoute: Hashable, Sendable {
    case register
    case newSite
    case device(id: String)
    case add(AddDeviceModel.Opening)

    var isAdding: Bool {
        if case .add = self { true } else { false }
    }
}

/// The bar at the bottom.
enum AppTab: Hashable { case home, devices, people, customers, more }

/// Which app it is: what stands first for somebody who is signed in.
public enum AppKind: Sendable { case customer, partner }

/// The first screen: the session decides what it is.
public struct RootScreen: View {
    let core: OpenCore
    let kind: AppKind
    let camera: any CameraSource
    @State private var session: SessionModel
    @State private var places: PlacesModel
    @State private var tab: AppTab
    @State private var paths: [AppTab: [AppRoute]] = [:]
    /// The device that was being added, where the system keeps it if it kills the app.
    @SceneStorage("adding") private var adding = ""

    public init(core: OpenCore, kind: AppKind, camera: any CameraSource) {
        (self.core, self.kind, self.camera) = (core, kind, camera)
        _session = State(initialValue: SessionModel(core: core))
        _places = State(initialValue: PlacesModel(core: core))
        _tab = State(initialValue: kind == .customer ? .home : .customers)
    }

    public var body: some View {
        Group {
            if stage == .signedIn {
                tabs
            } else {
                NavigationStack(path: path(of: .home)) {
                    first.navigationDestination(for: AppRoute.self) { screen($0, path(of: .home)) }
                }
            }
        }
        .tint(Color.primaryToken)
        .environment(\.diagnostics) { (try? core.porchlight.diagnostics()) ?? "" }
        .task {
            session.begin()
            places.begin()
        }
        .onChange(of: stage, initial: true) { _, stage in begin(stage) }
        .onChange(of: isAdding) { _, isAdding in if !isAdding, stage == .signedIn { adding = "" } }
    }

    /// A change of the session leaves nothing of the screens before it; a device that was being added goes on.
    private func begin(_ stage: Stage) {
        (tab, paths) = (kind == .customer ? .home : .customers, [:])
        switch stage {
        case .signedIn: if !adding.isEmpty { paths[.home] = [.add(.saved(claimID: adding))] }
        // Whoever signs in next does not see where the one before them looked.
        case .out:
            places.forget()
            adding = ""
        case .waiting, .code: break
        }
    }

    private var isAdding: Bool { paths.values.joined().contains(where: \.isAdding) }

    private func path(of tab: AppTab) -> Binding<[AppRoute]> {
        Binding(get: { paths[tab] ?? [] }, set: { paths[tab] = $0 })
    }

    private var tabs: some View {
        TabView(selection: $tab) {
            if kind == .customer {
                page(.home, "tab_home", "home") { HomeScreen(places: places, path: $0, tab: $tab) }
                page(.devices, "tab_devices", "device") {
                    DevicesScreen(core: core, places: places, path: $0).id(places.place)
                }
                page(.people, "tab_people", "people") { _ in EmptyScreen("tab_people", "people_empty_title", "people_empty_body") }
            } else {
                page(.customers, "customers_title", "people") { _ in
                    EmptyScreen("customers_title", "customers_empty_title", "customers_empty_body")
                }
            }
            page(.more, "tab_more", "more") { _ in SettingsScreen(core: core, session: session) }
        }
    }

    private func page<Shown: View>(
        _ tab: AppTab, _ title: LocalizedStringKey, _ icon: String, @ViewBuilder _ first: (Binding<[AppRoute]>) -> Shown
    ) -> some View {
        let path = path(of: tab)
        return NavigationStack(path: path) {
            first(path).navigationDestination(for: AppRoute.self) { screen($0, path) }
        }
        .tabItem {
            Icon(icon)
            Text(title)
        }
        .tag(tab)
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
        case .out: SignInScreen(session: session, path: path(of: .home))
        case .code: CodeScreen(session: session)
        case .signedIn: EmptyView()
        }
    }

    @ViewBuilder private func screen(_ route: AppRoute, _ path: Binding<[AppRoute]>) -> some View {
        switch route {
        case .register: RegisterScreen(session: session)
        case .newSite: NewSiteScreen(places: places)
        case .device(let id): OneDeviceScreen(core: core, deviceID: id)
        case .add(let opening):
            AddDeviceScreen(model: AddDeviceModel(core: core, opening: opening), camera: camera, path: path, kept: $adding)
                .toolbar(.hidden, for: .tabBar)
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
