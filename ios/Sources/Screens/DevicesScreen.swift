import Bridge
import SwiftUI

struct DevicesScreen: View {
    let places: PlacesModel
    @Binding var path: [AppRoute]
    @State private var model: DevicesModel
    @State private var choice = SiteQuestion()
    @Environment(\.rights) private var rights
    @Environment(\.isEnabled) private var isEnabled

    init(core: OpenCore, places: PlacesModel, path: Binding<[AppRoute]>) {
        self.places = places
        _path = path
        _model = State(initialValue: DevicesModel(core: core, section: places.section, siteID: places.site?.id))
    }

    var body: some View {
        List {
            AgeNotice(problem: model.problem, age: model.age)
            if model.isLoading, model.problem == nil {
                ProgressView("waiting")
            } else if model.lines.isEmpty {
                Text(mayAdd ? "devices_empty" : "home_devices \(0)").foregroundStyle(.secondary)
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
        .navigationTitle(places.section.title)
        .toolbar {
            ToolbarItem(placement: .primaryAction) {
                if mayAdd {
                    Button {
                        Task { await choice.ask(places, $path) }
                    } label: {
                        Icon("plus").frame(minWidth: 48, minHeight: 48)
                    }
                    .accessibilityLabel("devices_add")
                }
            }
        }
        .choosesSite(choice, places, $path, isEnabled: isEnabled)
    }

    private var mayAdd: Bool { rights.allowAdding(at: places.sites) }
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
    @Environment(\.rights) private var rights

    init(core: OpenCore, deviceID: String) { _model = State(initialValue: OneDeviceModel(core: core, deviceID: deviceID)) }

    var body: some View {
        Page("device_title") {
            ProblemNotice(problem: model.problem, fields: [.name])
            if rights.allow(.deviceChange) {
                TextField("field_device_name", text: $name)
                FieldProblem(problem: model.problem, field: .name)
            } else {
                Text(name).font(.title2)
            }
            if let device = model.device {
                Text("device_serial \(grouped(device.serial))").font(.body.monospaced())
                LabeledContent("device_model", value: device.model)
                Text("device_zone \(device.timeZone)").foregroundStyle(.secondary)
                LabeledContent("details_daylight") { Text(device.daylightSaving ? "device_daylight_on" : "device_daylight_off") }
            }
            if rights.allow(.deviceRelease) {
                Button("device_remove", role: .destructive) { isRemoving = true }.disabled(model.isBusy)
            }
        } action: {
            if rights.allow(.deviceChange) {
                PrimaryButton("save") { if await model.rename(name) { dismiss() } }.disabled(model.isBusy)
            }
        }
        .task {
            await model.read()
            name = model.device?.name ?? ""
        }
        .alert("device_remove_title \(model.device?.name ?? "")", isPresented: $isRemoving) {
            Button("device_remove", role: .destructive) { Task { if await model.remove() { dismiss() } } }
            Button("cancel", role: .cancel) {}
        } message: {
            Text("device_remove_body")
        }
    }
}
