import Bridge
import SwiftUI

/// Every way in.
public enum AppRoute: Hashable, Sendable {
    case register
    case newSite
    case settings
    case devices(section: DeviceSection, siteID: String?)
    case device(id: String)
    case add(AddDeviceModel.Opening)
}

/// Which app it is: what stands first for somebody who is signed in.
public enum AppKind: Sendable { case customer, partner }

/// The first screen: the session decides what it is.
public struct RootScreen: View {
    let core: OpenCore
    let kind: AppKind
    let camera: any CameraSource
    @State private var session: SessionModel
    @State private var places: PlacesModel
    @State private var path: [AppRoute] = []

    public init(core: OpenCore, kind: AppKind, camera: any CameraSource) {
        (self.core, self.kind, self.camera) = (core, kind, camera)
        _session = State(initialValue: SessionModel(core: core))
        _places = State(initialValue: PlacesModel(core: core))
    }

    public var body: some View {
        NavigationStack(path: $path) {
            first.navigationDestination(for: AppRoute.self) { screen($0) }
        }
        .onChange(of: stage) { _, stage in
            path = []
            // Whoever signs in next does not see where the one before them looked.
            if stage == .out { places.forget() }
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
        case .out: SignInScreen(session: session, path: $path)
        case .code: CodeScreen(session: session)
        case .signedIn:
            switch kind {
            case .customer: HomeScreen(places: places, path: $path)
            case .partner: CustomersScreen(path: $path)
            }
        }
    }

    @ViewBuilder private func screen(_ route: AppRoute) -> some View {
        switch route {
        case .register: RegisterScreen(session: session)
        case .newSite: NewSiteScreen(places: places)
        case .settings: SettingsScreen(core: core, session: session)
        case .devices(let section, let siteID): DevicesScreen(core: core, places: places, section: section, siteID: siteID, path: $path)
        case .device(let id): OneDeviceScreen(core: core, deviceID: id)
        case .add(let opening): AddDeviceScreen(core: core, opening: opening, camera: camera, path: $path)
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
