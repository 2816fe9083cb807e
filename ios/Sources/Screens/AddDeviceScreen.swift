import Bridge
import SwiftUI

/// Adding a device, one step a page. The flow is the core's; here is only how its states look.
struct AddDeviceScreen: View {
    let camera: any CameraSource
    @Binding var path: [AppRoute]
    /// What names the flow after the app was killed.
    @Binding var kept: String
    @Environment(\.dismiss) private var dismiss
    @State private var model: AddDeviceModel

    init(model: AddDeviceModel, camera: any CameraSource, path: Binding<[AppRoute]>, kept: Binding<String>) {
        self.camera = camera
        (_path, _kept) = (path, kept)
        _model = State(initialValue: model)
    }

    var body: some View {
        VStack(spacing: 0) {
            if let number = model.state?.number { ProgressLine(number: number) }
            step
        }
        // A button of our own takes the system's swipe away: only where back is a step of adding.
        .navigationBarBackButtonHidden(model.stepsBack)
        .toolbar {
            if model.stepsBack {
                ToolbarItem(placement: .topBarLeading) {
                    Button {
                        Task { await model.back() }
                    } label: {
                        Icon("back").frame(minWidth: 48, minHeight: 48)
                    }
                    .accessibilityLabel("back")
                }
            }
        }
        // Covered by a sheet it is still in the path.
        .onDisappear { if !path.contains(where: \.isAdding) { Task { await model.leave() } } }
        .task { await model.open() }
        .onChange(of: model.kept) { _, id in kept = id ?? "" }
        .onChange(of: model.isGone) { _, isGone in if isGone { dismiss() } }
    }

    @ViewBuilder private var step: some View {
        switch model.state {
        case nil, .ended: OpeningStep(model: model)
        case .label(_, _, let label, _):
            if model.isTyping {
                TypingStep(model: model)
            } else if model.scanned.isEmpty {
                ScanningStep(model: model, label: label, camera: camera)
            } else {
                ConfirmingStep(model: model)
            }
        case .details(let device, let form, let changes, let problems, let proof, let isNew):
            DetailsStep(model: model, device: device, form: form, changes: changes, problems: problems, proof: proof, isNew: isNew)
        case .adding(_, _, let name, let step): AddingProgress(model: model, name: name, step: step)
        case .queued(_, _, let name, let reason): QueuedStep(model: model, name: name, reason: reason) { dismiss() }
        case .failed(_, _, _, let failure, let remedies):
            FailedStep(model: model, failure: failure, remedies: remedies) { path[path.count - 1] = .device(id: $0) }
        case .added(_, let device, let name): AddedStep(model: model, device: device, name: name) { dismiss() }
        }
    }
}

extension AddDeviceState {
    /// Which of the four steps it is.
    fileprivate var number: Int? {
        switch self {
        case .label: 1
        case .details: 2
        case .adding, .queued, .failed: 3
        case .added: 4
        case .ended: nil
        }
    }
}

/// How far a person is.
private struct ProgressLine: View {
    let number: Int
    private let steps = 4

    var body: some View {
        ProgressView(value: Double(number), total: Double(steps)).accessibilityLabel("progress_step \(number) \(steps)")
    }
}

private struct OpeningStep: View {
    let model: AddDeviceModel

    var body: some View {
        Page("add_title") {
            if model.problem == nil { ProgressView("waiting") }
            ProblemNotice(problem: model.problem)
        } action: {
            if model.problem != nil { PrimaryButton("remedy_try_again") { await model.open() } }
        }
    }
}
