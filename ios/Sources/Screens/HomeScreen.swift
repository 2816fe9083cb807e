import Bridge
import SwiftUI

struct HomeScreen: View {
    @Bindable var places: PlacesModel
    var unsent: [UnsentAct] = []
    @Binding var path: [AppRoute]
    @Binding var tab: AppTab
    @State private var choice = SiteQuestion()
    @Environment(\.rights) private var rights
    @Environment(\.isEnabled) private var isEnabled

    var body: some View {
        Page("app_name") {
            AgeNotice(problem: places.problem, age: places.age)
            UnsentNotice(unsent: unsent, path: $path)
            if places.isLoading, places.problem == nil {
                ProgressView("waiting")
            } else if places.sites.isEmpty, rights.allow(.siteCreate) {
                Text("home_empty_title").font(.title2)
                Text("home_empty_body").foregroundStyle(.secondary)
            } else {
                Button {
                    tab = .devices
                } label: {
                    HStack {
                        Icon(places.section.icon)
                        Text("home_devices \(places.deviceCount)")
                    }
                }
                if rights.allow(.siteCreate) { Button("home_make_site") { path.append(.newSite) } }
            }
        } action: {
            if !places.sites.isEmpty {
                if rights.allow(.deviceAdd) { PrimaryButton("home_add_device") { await choice.ask(places, $path) } }
            } else if !places.isLoading, rights.allow(.siteCreate) {
                PrimaryButton("home_make_site") { path.append(.newSite) }
            }
        }
        .toolbar {
            ToolbarItem(placement: .topBarLeading) { sectionPicker }
            ToolbarItem(placement: .topBarTrailing) { sitePicker }
        }
        .choosesSite(choice, places, $path, isEnabled: isEnabled)
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
        Page("new_site_title") {
            ProblemNotice(problem: problem, fields: [.name, .address, .timeZone])
            TextField("field_site_name", text: $name)
            FieldProblem(problem: problem, field: .name)
            TextField("field_site_address", text: $address)
            FieldProblem(problem: problem, field: .address)
            ZoneField(core: places.core, timeZone: $timeZone)
            FieldProblem(problem: problem, field: .timeZone)
        } action: {
            PrimaryButton("new_site_action") { await make() }.disabled(isBusy)
        }
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
