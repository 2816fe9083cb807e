import Bridge
import SwiftUI

/// The four steps of adding, ticking.
struct AddingProgress: View {
    let model: AddDeviceModel
    let name: String
    let step: AddingStep

    private let steps: [AddingStep] = [.asking, .proving, .settingUp, .done]

    var body: some View {
        Page("adding_title") {
            Text(name).font(.title)
            ForEach(steps, id: \.self) { one in
                HStack {
                    Icon(icon(one))
                    Text(one.words)
                }
                .accessibilityLabel(label(one))
            }
            Text("adding_how_long").font(.subheadline).foregroundStyle(.secondary)
            Button("adding_cancel") { Task { await model.goBack() } }
        } action: {
        }
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

struct AddedStep: View {
    let model: AddDeviceModel
    let device: DeviceOnLabel
    let name: String
    let onDone: () -> Void

    var body: some View {
        Page("add_title") {
            Icon("check").foregroundStyle(Color.successToken)
            Text("added_title").font(.title)
            Text("added_body \(name) \(grouped(device.serial))")
            Button("added_another") { Task { await model.addAnother() } }
        } action: {
            PrimaryButton("added_done") { onDone() }
        }
    }
}

struct QueuedStep: View {
    let model: AddDeviceModel
    let name: String
    let reason: QueuedReason
    let onDone: () -> Void
    @State private var isGivingUp = false

    var body: some View {
        Page("add_title") {
            Icon("queued").foregroundStyle(Color.warningToken)
            Text("queued_title").font(.title)
            Text("queued_body \(name) \(Text(reason.words))")
            ProblemNotice(problem: model.problem)
            Button("queued_give_up", role: .destructive) { isGivingUp = true }.disabled(model.isBusy)
        } action: {
            PrimaryButton("added_done") { onDone() }
        }
        // What only this phone has is not thrown away by one touch.
        .alert("queued_give_up_title \(name)", isPresented: $isGivingUp) {
            Button("queued_give_up", role: .destructive) { Task { await model.cancel() } }
            Button("cancel", role: .cancel) {}
        } message: {
            Text("queued_give_up_body")
        }
    }
}

struct FailedStep: View {
    let model: AddDeviceModel
    let failure: AddDeviceFailure
    let remedies: [Remedy]
    let onShow: (String) -> Void

    var body: some View {
        let said = words(failure)
        Page("add_title") {
            Icon("error").foregroundStyle(Color.dangerToken)
            Text(said.title).font(.title)
            if let left = triesLeft(failure) { Text("failure_tries_left \(left)") }
            Text(said.message)
            if case .internal(let reportID) = failure { ReportDetails(reportID: reportID) }
            ProblemNotice(problem: model.problem)
            ForEach(Array(remedies.dropFirst()), id: \.self) { remedy in
                Button(remedy.words) { Task { await apply(remedy) } }.disabled(model.isBusy)
            }
            if !remedies.isEmpty { Button("queued_give_up") { Task { await model.cancel() } }.disabled(model.isBusy) }
        } action: {
            if let first = remedies.first {
                PrimaryButton(first.words) { await apply(first) }.disabled(model.isBusy)
            } else {
                // Where nothing can be done there is nothing to keep.
                PrimaryButton("added_done") { await model.cancel() }.disabled(model.isBusy)
            }
        }
    }

    private func apply(_ remedy: Remedy) async {
        switch remedy {
        case .tryAgain, .pressButton: await model.tryAgain()
        case .retypePassword, .usePassword, .createPassword, .changeDetails: await model.goBack()
        case .checkNumber: await model.checkNumber()
        case .showDevice: if case .alreadyYours(let device, _, _) = failure { onShow(device) }
        }
    }
}
