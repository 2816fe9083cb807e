import Bridge
import SwiftUI

/// Name, password, time zone, daylight saving. What is typed as a password is in these fields, and in the one call.
struct DetailsStep: View {
    let model: AddDeviceModel
    let device: DeviceOnLabel
    let form: DetailsForm
    let changes: [ClockChange]
    let problems: [DetailsProblem]
    let proof: PresenceProof
    let isNew: Bool
    @State private var name = ""
    @State private var hasPassword = true
    @State private var password = ""
    @State private var again = ""
    @State private var claimCode = ""

    var body: some View {
        Text("details_device \(device.model) \(grouped(device.serial))").foregroundStyle(.secondary)
        TextField("field_device_name", text: $name)
            .onAppear { (name, hasPassword) = (form.name, !isNew) }
            .onChange(of: name) { _, typed in if typed != form.name { change(.name(name: typed)) } }
        problem(.name)
        Picker("details_has_password_question", selection: $hasPassword) {
            Text("details_has_password").tag(true)
            Text("details_has_none").tag(false)
        }
        SecureField("field_device_password", text: $password).textContentType(.password)
        if !hasPassword { newPassword }
        problem(.devicePassword)
        clock
        if !isAboutField { ProblemNotice(problem: model.problem) }
        PrimaryButton("details_next") { await add() }.disabled(model.isBusy)
            .navigationTitle("details_title")
        Button("back") { Task { await model.goBack() } }
    }

    /// A label that was scanned brings its claim code; else it can be typed, or the device's button is pressed.
    @ViewBuilder private var newPassword: some View {
        SecureField("field_device_password_again", text: $again).textContentType(.newPassword)
        if proof == .claimCode {
            Text("details_by_label").font(.subheadline)
        } else {
            // Copied from a label that everybody near can read: seen while it is typed.
            TextField("field_claim_code", text: $claimCode)
                .textInputAutocapitalization(.characters)
                .autocorrectionDisabled()
            problem(.claimCode)
            Text("details_by_button").font(.subheadline)
        }
    }

    @ViewBuilder private var clock: some View {
        ZoneField(core: model.core, timeZone: Binding(get: { form.timeZone }, set: { change(.timeZone(timeZone: $0)) }))
        problem(.timeZone)
        Toggle("details_daylight", isOn: Binding(get: { form.daylightSaving }, set: { change(.daylightSaving(on: $0)) }))
        Text(clockWords).font(.subheadline).foregroundStyle(.secondary)
    }

    @ViewBuilder private func problem(_ field: InputField) -> some View {
        if let found = problems.first(where: { $0.field == field }) {
            Text(words(found.field, found.reason)).font(.subheadline).foregroundStyle(Color.dangerToken)
        }
    }

    private var isAboutField: Bool {
        if case .InvalidInput = model.problem { true } else { false }
    }

    private var clockWords: LocalizedStringKey {
        guard form.daylightSaving else { return "details_daylight_off" }
        guard let forward = changes.first(where: \.daylight), let back = changes.first(where: { !$0.daylight }) else {
            return "details_no_changes"
        }
        let (onward, backward) = (spellDay(forward.at, in: form.timeZone), spellDay(back.at, in: form.timeZone))
        return changes[0].daylight ? "details_forward_first \(onward) \(backward)" : "details_back_first \(backward) \(onward)"
    }

    private func change(_ edit: DetailsEdit) { Task { await model.edit(edit) } }

    /// The name as it stands on the screen, then the password: the core says which of them it cannot take.
    private func add() async {
        if hasPassword {
            await model.add(name, password: password)
        } else {
            await model.add(name, newPassword: password, again: again, claimCode: claimCode.isEmpty ? nil : claimCode)
        }
    }
}
