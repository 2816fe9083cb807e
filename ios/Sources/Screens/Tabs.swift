import Bridge
import SwiftUI

/// What the screens need of the phone they are on.
public struct PhoneParts {
    let camera: any CameraSource
    let links: any LinkOpener

    public init(camera: any CameraSource, links: any LinkOpener) { (self.camera, self.links) = (camera, links) }

    /// This phone's own.
    @MainActor public static var own: PhoneParts { PhoneParts(camera: PhoneCamera(), links: PhoneLinks()) }
}

extension View {
    /// One of the main places, in the bar at the bottom, with the screens that are opened from it.
    @MainActor func asTab<Opened: View>(
        _ tab: AppTab, _ title: LocalizedStringKey, _ icon: String, _ path: Binding<[AppRoute]>,
        @ViewBuilder _ screen: @escaping (AppRoute, Binding<[AppRoute]>) -> Opened
    ) -> some View {
        NavigationStack(path: path) {
            navigationDestination(for: AppRoute.self) { screen($0, path) }
        }
        .tabItem {
            Icon(icon)
            Text(title)
        }
        .tag(tab)
    }
}

/// The screens of an account's locations and devices, whoever works there.
struct PlaceScreen: View {
    let route: AppRoute
    let core: OpenCore
    let phone: PhoneParts
    let places: PlacesModel
    @Binding var path: [AppRoute]
    @Binding var adding: String

    var body: some View {
        switch route {
        case .newSite: NewSiteScreen(places: places)
        case .device(let id): OneDeviceScreen(core: core, deviceID: id)
        case .add(let opening):
            AddDeviceScreen(model: AddDeviceModel(core: core, opening: opening), camera: phone.camera, path: $path, kept: $adding)
                .toolbar(.hidden, for: .tabBar)
        case .register, .addCustomer, .customer, .ask, .request, .history, .unsent: EmptyView()
        }
    }
}
