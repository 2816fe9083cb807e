import Bridge
import SwiftUI

/// Adding a device, one step a page. The flow is the core's; here is only how its states look.
struct AddDeviceScreen: View {
    let camera: any CameraSource
    @Binding var path: [AppRoute]
    @Environment(\.dismiss) private var dismiss
    @State private var model: AddDeviceModel

    init(core: OpenCore, opening: AddDeviceModel.Opening, camera: any CameraSource, path: Binding<[AppRoute]>) {
        self.camera = camera
        _path = path
        _model = State(initialValue: AddDeviceModel(core: core, opening: opening))
    }

    var body: some View {
        Form { step }
            .task { await model.open() }
            .onChange(of: model.isGone) { _, isGone in if isGone { dismiss() } }
    }

    @ViewBuilder private var step: some View {
        switch model.state {
        case nil, .ended: OpeningStep(model: model)
        case .label(_, _, let label, _):
            if model.isTyping {
                TypingStep(model: model)
            } else if model.readings.isEmpty {
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

private struct OpeningStep: View {
    let model: AddDeviceModel

    var body: some View {
        if model.problem == nil { ProgressView("waiting") }
        ProblemNotice(problem: model.problem)
    }
}

private struct AddingProgress: View {
    let model: AddDeviceModel
    let name: String
    let step: AddingStep

    private let steps: [AddingStep] = [.asking, .proving, .settingUp, .done]

    var body: some View {
        Text(name).font(.title)
        ForEach(steps, id: \.self) { one in
            HStack {
                Icon(icon(one))
                Text(one.words)
            }
            .accessibilityLabel(label(one))
        }
        Button("adding_cancel") { Task { await model.goBack() } }
            .navigationTitle("adding_title")
    }

    private func place(_ one: AddingStep) -> Int { steps.firstIndex(of: one) ?? 0 }

    private func icon(_ one: AddingStep) -> String {
        if place(one) < place(step) { "check" } else if one == step { "running" } else { "dot" }
    }

    private func label(_ one: AddingStep) -> LocalizedStringKey {
        if place(one) < place(step) {
            "adding_done \(Text(one.words))"
        } else if one == step {
            "adding_running \(Text(one.words))"
        } else {
            "adding_waiting \(Text(one.words))"
        }
    }
}

private struct AddedStep: View {
    let model: AddDeviceModel
    let device: DeviceOnLabel
    let name: String
    let onDone: () -> Void

    var body: some View {
        Icon("check").foregroundStyle(Color.successToken)
        Text("added_title").font(.title)
        Text("added_body \(name) \(grouped(device.serial))")
        PrimaryButton("added_done") { onDone() }
        Button("added_another") { Task { await model.addAnother() } }
            .navigationTitle("add_title")
    }
}

private struct QueuedStep: View {
    let model: AddDeviceModel
    let name: String
    let reason: QueuedReason
    let onDone: () -> Void

    var body: some View {
        Icon("queued").foregroundStyle(Color.warningToken)
        Text("queued_title").font(.title)
        Text("queued_body \(name) \(Text(reason.words))")
        PrimaryButton("added_done") { onDone() }
        Button("queued_give_up") { Task { await model.cancel() } }
            .navigationTitle("add_title")
    }
}

private struct FailedStep: View {
    let model: AddDeviceModel
    let failure: AddDeviceFailure
    let remedies: [Remedy]
    let onShow: (String) -> Void

    var body: some View {
        let said = words(failure)
        Icon("error").foregroundStyle(Color.dangerToken)
        Text(said.title).font(.title)
        Text(said.message)
        if let left = triesLeft(failure) { Text("failure_tries_left \(left)") }
        ProblemNotice(problem: model.problem)
        ForEach(remedies, id: \.self) { remedy in
            Button(remedy.words) { Task { await apply(remedy) } }.disabled(model.isBusy)
        }
        Button("queued_give_up") { Task { await model.cancel() } }
            .navigationTitle("add_title")
    }

    private func apply(_ remedy: Remedy) async {
        switch remedy {
        case .tryAgain, .pressButton: await model.tryAgain()
        case .retypePassword, .usePassword, .createPassword, .changeDetails: await model.goBack()
        case .checkNumber:
            model.isTyping = true
            await model.checkNumber()
        case .showDevice: if case .alreadyYours(let device, _, _) = failure { onShow(device) }
        }
    }
}
