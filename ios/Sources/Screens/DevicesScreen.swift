import Bridge
import SwiftUI

struct DevicesScreen: View {
    let places: PlacesModel
    let section: DeviceSection
    let siteID: String?
    @Binding var path: [AppRoute]
    @State private var model: DevicesModel
    @State private var isChoosingSite = false

    init(core: OpenCore, places: PlacesModel, section: DeviceSection, siteID: String?, path: Binding<[AppRoute]>) {
        (self.places, self.section, self.siteID) = (places, section, siteID)
        _path = path
        _model = State(initialValue: DevicesModel(core: core, section: section, siteID: siteID))
    }

    var body: some View {
        List {
            AgeNotice(problem: model.problem, isLive: model.isLive, asOf: model.asOf)
            if model.isLoading, model.problem == nil {
                ProgressView("waiting")
            } else if model.lines.isEmpty {
                Text("devices_empty").foregroundStyle(.secondary)
            }
            ForEach(model.lines, id: \.rowID) { line in
                Button {
                    path.append(line.route)
                } label: {
                    DeviceRow(line: line, siteName: places.siteName(line.siteID))
                }
            }
            if model.hasMore { Button("devices_more") { Task { await model.readMore() } } }
        }
        .task(id: places.devicesVersion) { await model.read() }
        .navigationTitle(section.title)
        .toolbar {
            ToolbarItem(placement: .primaryAction) {
                Button {
                    add()
                } label: {
                    Icon("plus")
                }
                .accessibilityLabel("devices_add")
            }
        }
        .confirmationDialog("home_add_device", isPresented: $isChoosingSite) {
            ForEach(places.sites, id: \.id) { site in
                Button(site.name) { path.append(.add(.new(section: section, siteID: site.id))) }
            }
        }
    }

    private func add() {
        let only = places.sites.count == 1 ? places.sites.first?.id : nil
        if let siteID = siteID ?? only {
            path.append(.add(.new(section: section, siteID: siteID)))
        } else {
            isChoosingSite = true
        }
    }
}

extension DeviceLine {
    fileprivate var rowID: String {
        switch self {
        case .added(let device): device.id
        case .queued(let device): device.claim
        }
    }

    fileprivate var siteID: String {
        switch self {
        case .added(let device): device.site
        case .queued(let device): device.site
        }
    }

    fileprivate var route: AppRoute {
        switch self {
        case .added(let device): .device(id: device.id)
        case .queued(let device): .add(.saved(claimID: device.claim))
        }
    }
}

private struct DeviceRow: View {
    let line: DeviceLine
    let siteName: String

    var body: some View {
        switch line {
        case .added(let device): row(device.name, device.model, device.online ? "online" : "offline") { status(device) }
        case .queued(let device):
            row(device.name, device.model, device.needsYou ? "warning" : "queued") {
                Text(device.needsYou ? "device_needs_you" : "device_queued").foregroundStyle(Color.warningToken)
            }
        }
    }

    private func row(_ name: String, _ model: String, _ icon: String, @ViewBuilder status: () -> some View) -> some View {
        VStack(alignment: .leading) {
            Text(name).font(.headline)
            Text("device_model_at \(model) \(siteName)").font(.subheadline).foregroundStyle(.secondary)
            HStack {
                Icon(icon)
                status()
            }
        }
    }

    @ViewBuilder private func status(_ device: Device) -> some View {
        if device.online {
            Text("device_online").foregroundStyle(Color.successToken)
        } else if let since = device.onlineChangedAt {
            Text("device_offline_since \(spell(since))").foregroundStyle(.secondary)
        } else {
            Text("device_offline").foregroundStyle(.secondary)
        }
    }
}

struct OneDeviceScreen: View {
    @Environment(\.dismiss) private var dismiss
    @State private var model: OneDeviceModel
    @State private var name = ""
    @State private var isRemoving = false

    init(core: OpenCore, deviceID: String) { _model = State(initialValue: OneDeviceModel(core: core, deviceID: deviceID)) }

    var body: some View {
        Form {
            ProblemNotice(problem: model.problem, fields: [.name])
            TextField("field_device_name", text: $name)
            FieldProblem(problem: model.problem, field: .name)
            if let device = model.device {
                Text("device_serial \(grouped(device.serial))").font(.body.monospaced())
                Text("device_zone \(device.timeZone)").foregroundStyle(.secondary)
            }
            PrimaryButton("save") { if await model.rename(name) { dismiss() } }.disabled(model.isBusy)
            Button("device_remove", role: .destructive) { isRemoving = true }.disabled(model.isBusy)
        }
        .task {
            await model.read()
            name = model.device?.name ?? ""
        }
        .navigationTitle("device_title")
        .alert("device_remove_title \(model.device?.name ?? "")", isPresented: $isRemoving) {
            Button("device_remove", role: .destructive) { Task { if await model.remove() { dismiss() } } }
            Button("cancel", role: .cancel) {}
        } message: {
            Text("device_remove_body")
        }
    }
}
