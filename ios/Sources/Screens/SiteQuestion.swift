import Bridge
import Observation
import SwiftUI

/// Where a device is added: the core knows, or the person says.
@MainActor @Observable final class SiteQuestion {
    var sites: [Site] = []

    func ask(_ places: PlacesModel, _ path: Binding<[AppRoute]>) async {
        switch await places.choice() {
        case .make: path.wrappedValue.append(.newSite)
        case .use(let site): path.wrappedValue.append(.add(.new(section: places.section, siteID: site.id)))
        case .ask(let sites): self.sites = sites
        case nil: break
        }
    }
}

extension View {
    /// Asks where, the site that was used last first. Not over a screen that is covered: these are the customer's sites.
    @MainActor func choosesSite(
        _ question: SiteQuestion, _ places: PlacesModel, _ path: Binding<[AppRoute]>, isEnabled: Bool
    ) -> some View {
        let isAsking = Binding(get: { isEnabled && !question.sites.isEmpty }, set: { if !$0 { question.sites = [] } })
        return confirmationDialog("home_add_device", isPresented: isAsking) {
            ForEach(question.sites, id: \.id) { site in
                Button(site.name) {
                    places.chose(site)
                    path.wrappedValue.append(.add(.new(section: places.section, siteID: site.id)))
                }
            }
        }
    }
}
