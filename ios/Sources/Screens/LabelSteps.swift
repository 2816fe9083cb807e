import Bridge
import SwiftUI

/// A camera as the scan screen needs it: a preview to aim by, and frames to a scanner while it is shown.
@MainActor public protocol CameraSource: AnyObject {
    /// Whether the person allows it; asks if nobody was asked yet.
    func access() async -> CameraAccess
    /// Frames go to the scanner from now on.
    func start(_ scanner: LabelScanner)
    /// No frame is offered any more when this returns.
    func stop()
    func light(_ on: Bool)
}

public enum CameraAccess: Sendable { case allowed, refused }

/// The viewfinder, and the ways around it: light, a picture, typing.
struct ScanningStep: View {
    @Bindable var model: AddDeviceModel
    let label: LabelProgress
    let camera: any CameraSource
    @State private var access: CameraAccess?

    var body: some View {
        Page("scan_title") { rows } action: { PrimaryButton("scan_enter_manually") { model.isTyping = true } }
    }

    @ViewBuilder private var rows: some View {
        if access != .refused { Text("scan_hint").foregroundStyle(.secondary) }
        Group {
            if access == .allowed {
                Viewfinder(camera: camera, seen: model.seen)
                Toggle(model.torch ? "scan_torch_off" : "scan_torch", isOn: $model.torch)
                    .onChange(of: model.torch) { _, on in camera.light(on) }
            }
            if access == .refused {
                Notice(tone: .warning, title: "scan_camera_refused_title", message: "scan_camera_refused_body")
            }
        }
        .task { await aim() }
        if case .reading = label { ProgressView("scan_reading") }
        if case .nothingRead(let problem) = label { Notice(tone: .warning, title: "scan_nothing_title", message: why(problem)) }
        ProblemNotice(problem: model.problem)
        PicturePicker(title: "scan_picture") { bytes in await model.readPicture(bytes) }
    }

    /// Runs while the step is on the screen.
    private func aim() async {
        access = await camera.access()
        guard access == .allowed, let scanner = model.labelScanner() else { return }
        camera.start(scanner)
        await untilCancelled()
        camera.stop()
        model.closeLabelScanner()
    }

    private func untilCancelled() async {
        let (never, end) = AsyncStream.makeStream(of: Void.self)
        for await _ in never {}
        end.finish()
    }

    private func why(_ problem: ScanProblem?) -> LocalizedStringKey {
        switch problem {
        case .notAPicture: "scan_not_a_picture"
        case .unsupportedPicture: "scan_unsupported_picture"
        case .truncated: "scan_truncated"
        case .tooLarge: "scan_too_large"
        case .scannerUnavailable: "scan_unavailable"
        case .deadlinePassed, .decoderFailed, .wrongStride, .zeroSize, nil: "scan_nothing_body"
        }
    }
}

/// Enter manually: the core reads what is typed as it is typed.
struct TypingStep: View {
    let model: AddDeviceModel
    @State private var serial = ""

    var body: some View {
        Page("type_title") {
            rows
        } action: {
            PrimaryButton(defineTitle) { await model.confirmText(serial) }
                .disabled(serial.isEmpty || model.readings.first?.isComplete != true || model.isBusy)
        }
    }

    @ViewBuilder private var rows: some View {
        TextField("field_serial", text: $serial)
            .textInputAutocapitalization(.characters)
            .autocorrectionDisabled()
            .font(.body.monospaced())
            .onAppear { serial = model.typed ?? "" }
            .onChange(of: serial) { _, typed in if typed != model.typed { model.readText(typed) } }
        Text("type_where").font(.subheadline).foregroundStyle(.secondary)
        FieldProblem(problem: model.problem, field: .label)
        if let reading = model.readings.first, !serial.isEmpty { Findings(model: model, reading: reading) }
        ProblemNotice(problem: model.problem, fields: [.label])
        Button("type_scan") { model.isTyping = false }
    }

    /// While a repair is offered, going on means to keep what was typed.
    private var defineTitle: LocalizedStringKey {
        serial.isEmpty || model.readings.first?.repairs.isEmpty != false ? "type_define" : "repair_keep"
    }
}

/// What was read from a picture or a frame: the person compares it with the label.
struct ConfirmingStep: View {
    let model: AddDeviceModel

    var body: some View {
        Page("confirm_title") {
            rows
        } action: {
            if serials.count == 1 {
                PrimaryButton(hasRepairs ? "repair_keep" : "confirm_define") { await model.confirm(serials[0]) }.disabled(model.isBusy)
            }
        }
    }

    @ViewBuilder private var rows: some View {
        if serials.count == 1 { Text("confirm_compare").foregroundStyle(.secondary) }
        if serials.count > 1 { Text("confirm_which").foregroundStyle(.secondary) }
        ForEach(Array(model.readings.enumerated()), id: \.offset) { _, reading in
            if let serial = reading.serial {
                Text(grouped(serial)).font(.title2.monospaced()).accessibilityLabel(serial)
            }
            if let name = reading.model { Text("confirm_model \(name)").foregroundStyle(.secondary) }
            if !reading.secrets.isEmpty { Text("confirm_secrets").font(.subheadline) }
            Findings(model: model, reading: reading)
            if serials.count > 1, reading.isComplete, let serial = reading.serial {
                Button("confirm_this") { Task { await model.confirm(serial) } }
                    .accessibilityLabel("confirm_this_one \(serial)")
            }
        }
        ProblemNotice(problem: model.problem)
        Button("confirm_again") { Task { await model.goBack() } }
        Button("scan_enter_manually") { model.isTyping = true }
    }

    /// Those that can be confirmed as they were read: with one the main action does it, with several each its own button.
    private var serials: [String] { model.readings.filter(\.isComplete).compactMap(\.serial) }

    private var hasRepairs: Bool { model.readings.first { $0.isComplete }?.repairs.isEmpty == false }
}

/// What is wrong with a label or worth knowing, and what it probably meant.
private struct Findings: View {
    let model: AddDeviceModel
    let reading: LabelReading

    var body: some View {
        ForEach(Array(shown.enumerated()), id: \.offset) { _, finding in
            let said = words(finding)
            if finding.isHarmless {
                Text(said.title).font(.subheadline).foregroundStyle(.secondary)
            } else {
                Notice(tone: reading.isComplete ? .warning : .danger, title: said.title, message: said.message)
            }
        }
        ForEach(reading.repairs, id: \.serial) { repair in
            Notice(tone: .warning, title: "repair_title \(repair.serial)", message: "finding_look_alike_body")
            Button("repair_use") { Task { await model.confirm(repair.serial) } }
        }
    }

    /// A repair speaks for its finding.
    private var shown: [LabelFinding] { reading.findings.filter { $0 != .lookAlike || reading.repairs.isEmpty } }
}

extension LabelFinding {
    /// What was left out or read as something else: said, and no cause for alarm.
    fileprivate var isHarmless: Bool {
        switch self {
        case .spaceAround, .spaceWithin, .lineBreak, .fullWidth, .lowerCase: true
        default: false
        }
    }
}
