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
    @State private var typed = ""
    @State private var again = ""
    @State private var claimCode = ""

    var body: some View {
        Page("details_title") {
            Text("details_device \(device.model) \(grouped(device.serial))").font(.body.monospaced()).foregroundStyle(.secondary)
            TextField("field_device_name", text: $name)
                .onAppear { (name, hasPassword) = (form.name, !isNew) }
                .onChange(of: name) { _, typed in if typed != form.name { change(.name(name: typed)) } }
            problem(.name)
            password
            clock
            if !isAboutField { ProblemNotice(problem: model.problem) }
        } action: {
            PrimaryButton("details_next") { await add() }.disabled(model.isBusy)
        }
    }

    @ViewBuilder private var password: some View {
        Picker("details_has_password_question", selection: $hasPassword) {
            Text("details_has_password").tag(true)
            Text("details_has_none").tag(false)
        }
        if !hasPassword { Text(proof == .claimCode ? "details_by_label" : "details_by_button").font(.subheadline) }
        PasswordField(title: "field_device_password", text: $typed, content: hasPassword ? .password : .newPassword)
        problem(.devicePassword) { $0 != .differs }
        if !hasPassword { newPassword }
    }

    /// A label that was scanned brings its claim code; else it can be typed, or the device's button is pressed.
    @ViewBuilder private var newPassword: some View {
        PasswordField(title: "field_device_password_again", text: $again, content: .newPassword)
        problem(.devicePassword) { $0 == .differs }
        if proof != .claimCode {
            // Copied from a label that everybody near can read: seen while it is typed, and kept by nobody.
            TextField("field_claim_code", text: $claimCode)
                .textInputAutocapitalization(.characters)
                .autocorrectionDisabled()
                .textContentType(nil)
                .keyboardType(.asciiCapable)
                .font(.body.monospaced())
            problem(.claimCode)
        }
    }

    @ViewBuilder private var clock: some View {
        ZoneField(core: model.core, timeZone: Binding(get: { form.timeZone }, set: { change(.timeZone(timeZone: $0)) }))
        problem(.timeZone)
        Toggle("details_daylight", isOn: Binding(get: { form.daylightSaving }, set: { change(.daylightSaving(on: $0)) }))
        Text(clockWords).font(.subheadline).foregroundStyle(.secondary)
    }

    @ViewBuilder private func problem(_ field: InputField, _ stands: (InputReason) -> Bool = { _ in true }) -> some View {
        if let found = problems.first(where: { $0.field == field }), stands(found.reason) {
            FieldWarning(words: words(found.field, found.reason))
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

    private func change(_ edit: DetailsEdit) { model.edit(edit) }

    /// The name as it stands on the screen, then the password: the core says which of them it cannot take.
    private func add() async {
        if hasPassword {
            await model.add(name, password: typed)
        } else {
            await model.add(name, newPassword: typed, again: again, claimCode: claimCode.isEmpty ? nil : claimCode)
        }
    }
}
