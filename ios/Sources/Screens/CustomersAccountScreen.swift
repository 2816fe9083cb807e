import Bridge
import SwiftUI

/// A customer's account, in which somebody else works: its places and devices, and nothing of the account.
struct CustomersAccountScreen: View {
    let core: OpenCore
    let phone: PhoneParts
    let model: ActingModel
    let acting: Acting
    /// The device that is being added here, where the system keeps it if it kills the app: its id, and nothing else of the
    /// customer's.
    @Binding var adding: String
    /// Where the installer was, likewise.
    @Binding var siteID: String
    @State private var places: PlacesModel
    @State private var tab = AppTab.home
    @State private var paths: [AppTab: [AppRoute]] = [:]

    init(core: OpenCore, phone: PhoneParts, model: ActingModel, acting: Acting, adding: Binding<String>, siteID: Binding<String>) {
        (self.core, self.phone, self.model, self.acting) = (core, phone, model, acting)
        (_adding, _siteID) = (adding, siteID)
        _places = State(initialValue: PlacesModel(core: core))
    }

    var body: some View {
        VStack(spacing: 0) {
            ActingBanner(model: model, acting: acting)
            // Below the cover everything stays as it is: what is being added goes on when the person is back at it.
            tabs
                .disabled(isCovered)
                .accessibilityHidden(isCovered)
                .overlay { if isCovered { CoveredAccount(places: places, path: path(of: tab)) } }
        }
        .environment(\.rights, Rights(of: acting))
        .task {
            if !siteID.isEmpty { places.keptSiteID = siteID }
            places.begin()
            if !adding.isEmpty, paths.isEmpty { paths[.home] = [.add(.saved(claimID: adding))] }
        }
        .onChange(of: places.knownSiteID) { _, id in siteID = id ?? "" }
        .onChange(of: isAdding) { _, isAdding in if !isAdding { adding = "" } }
    }

    /// The cloud was out of reach for too long: the customer's lists are covered until it is there again. Adding is not.
    private var isCovered: Bool {
        guard case .locked = model.state else { return false }
        return paths[tab]?.last?.isAdding != true
    }

    private var isAdding: Bool { paths.values.joined().contains(where: \.isAdding) }

    private var tabs: some View {
        TabView(selection: $tab) {
            HomeScreen(places: places, path: path(of: .home), tab: $tab)
                .asTab(.home, "tab_home", "home", path(of: .home), screen)
            DevicesScreen(core: core, places: places, path: path(of: .devices)).id(places.place)
                .asTab(.devices, "tab_devices", "device", path(of: .devices), screen)
        }
    }

    private func path(of tab: AppTab) -> Binding<[AppRoute]> {
        Binding(get: { paths[tab] ?? [] }, set: { paths[tab] = $0 })
    }

    private func screen(_ route: AppRoute, _ path: Binding<[AppRoute]>) -> some View {
        PlaceScreen(route: route, core: core, phone: phone, places: places, path: path, adding: $adding)
    }
}

/// What stands over a customer's account while its lists are closed. A device can still be added where the installer was.
private struct CoveredAccount: View {
    let places: PlacesModel
    @Binding var path: [AppRoute]
    @Environment(\.rights) private var rights

    var body: some View {
        NavigationStack {
            Page("app_name") {
                Text("acting_locked_title").font(.title2)
                Text("acting_locked_body").foregroundStyle(.secondary)
            } action: {
                if rights.allow(.deviceAdd), places.knownSiteID != nil { PrimaryButton("home_add_device") { await add() } }
            }
        }
    }

    private func add() async {
        if let site = await places.choiceOfKnown() { path.append(.add(.new(section: places.section, siteID: site.id))) }
    }
}
