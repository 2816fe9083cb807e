import Bridge
import SwiftUI

struct HomeScreen: View {
    @Bindable var places: PlacesModel
    @Binding var path: [AppRoute]
    @State private var isChoosingSite = false

    var body: some View {
        List {
            AgeNotice(problem: places.problem, isLive: places.isLive, asOf: places.asOf)
            if places.isLoading, places.problem == nil {
                ProgressView("waiting")
            } else if places.sites.isEmpty {
                Text("home_empty_title").font(.title2)
                Text("home_empty_body").foregroundStyle(.secondary)
                PrimaryButton("home_make_site") { path.append(.newSite) }
            } else {
                devices
            }
        }
        .navigationTitle("app_name")
        .toolbar {
            ToolbarItem(placement: .topBarLeading) { sectionPicker }
            ToolbarItem(placement: .topBarTrailing) { sitePicker }
            ToolbarItem(placement: .primaryAction) {
                Button {
                    path.append(.settings)
                } label: {
                    Icon("more")
                }
                .accessibilityLabel("tab_more")
            }
        }
        .confirmationDialog("home_add_device", isPresented: $isChoosingSite) {
            ForEach(places.sites, id: \.id) { site in
                Button(site.name) { path.append(.add(.new(section: places.section, siteID: site.id))) }
            }
        }
    }

    @ViewBuilder private var devices: some View {
        Button {
            path.append(.devices(section: places.section, siteID: places.site?.id))
        } label: {
            HStack {
                Icon(places.section.icon)
                Text("home_devices \(places.deviceCount)")
            }
        }
        PrimaryButton("home_add_device") { add() }
        Button("home_make_site") { path.append(.newSite) }
    }

    private var sectionPicker: some View {
        Picker(selection: $places.section) {
            ForEach(sections, id: \.self) { Text($0.title).tag($0) }
        } label: {
            Text("home_section \(Text(places.section.title))")
        }
    }

    private var sitePicker: some View {
        Picker(selection: $places.site) {
            ForEach(places.sites, id: \.id) { Text($0.name).tag(Optional($0)) }
            Text("home_all_sites").tag(Site?.none)
        } label: {
            if let site = places.site {
                Text("home_site \(site.name)")
            } else {
                Text("home_site \(Text("home_all_sites"))")
            }
        }
    }

    /// At the chosen site; at the only one; else the person says where.
    private func add() {
        let only = places.sites.count == 1 ? places.sites.first : nil
        if let site = places.site ?? only {
            path.append(.add(.new(section: places.section, siteID: site.id)))
        } else {
            isChoosingSite = true
        }
    }
}

struct NewSiteScreen: View {
    let places: PlacesModel
    @Environment(\.dismiss) private var dismiss
    @State private var name = ""
    @State private var address = ""
    @State private var timeZone = TimeZone.current.identifier
    @State private var problem: PorchlightError?
    @State private var isBusy = false

    var body: some View {
        Form {
            ProblemNotice(problem: problem, fields: [.name, .address, .timeZone])
            TextField("field_site_name", text: $name)
            FieldProblem(problem: problem, field: .name)
            TextField("field_site_address", text: $address)
            FieldProblem(problem: problem, field: .address)
            ZoneField(core: places.core, timeZone: $timeZone)
            FieldProblem(problem: problem, field: .timeZone)
            PrimaryButton("new_site_action") { await make() }.disabled(isBusy)
        }
        .navigationTitle("new_site_title")
    }

    private func make() async {
        isBusy = true
        problem = await places.make(name: name, address: address, timeZone: timeZone)
        isBusy = false
        if problem == nil { dismiss() }
    }
}

/// The time zone as a button that opens a search.
struct ZoneField: View {
    let core: OpenCore
    @Binding var timeZone: String
    @State private var isSearching = false
    @State private var typed = ""

    private var zones: [String] { (try? core.profile.findTimeZones(text: typed, count: 20)) ?? [] }

    var body: some View {
        Button("zone_chosen \(timeZone.replacing("_", with: " "))") { isSearching = true }
            .sheet(isPresented: $isSearching) {
                List {
                    TextField("zone_search", text: $typed)
                    ForEach(zones, id: \.self) { zone in
                        Button(zone) {
                            timeZone = zone
                            isSearching = false
                        }
                    }
                }
            }
    }
}
