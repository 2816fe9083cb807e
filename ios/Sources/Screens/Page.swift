import Bridge
import SwiftUI

/// A screen: rows that scroll, and below them its one main action, within the thumb's reach.
struct Page<Rows: View, Action: View>: View {
    private let title: LocalizedStringKey
    private let rows: Rows
    private let action: Action

    init(_ title: LocalizedStringKey, @ViewBuilder rows: () -> Rows, @ViewBuilder action: () -> Action) {
        (self.title, self.rows, self.action) = (title, rows(), action())
    }

    var body: some View {
        Form { rows }
            .scrollContentBackground(.hidden)
            .background(Color.backgroundToken)
            .safeAreaInset(edge: .bottom) { action.padding(16).background(Color.backgroundToken) }
            .navigationTitle(title)
    }
}

/// The one main action of a screen.
struct PrimaryButton: View {
    let title: LocalizedStringKey
    let action: @MainActor () async -> Void

    init(_ title: LocalizedStringKey, action: @escaping @MainActor () async -> Void) { (self.title, self.action) = (title, action) }

    var body: some View {
        Button {
            Task { await action() }
        } label: {
            Text(title).foregroundStyle(Color.onPrimaryToken).frame(maxWidth: .infinity, minHeight: 48)
        }
        .buttonStyle(.borderedProminent)
    }
}

/// A password that a person can look at while they type it.
struct PasswordField: View {
    let title: LocalizedStringKey
    @Binding var text: String
    var content = UITextContentType.password
    @State private var isShown = false

    var body: some View {
        HStack {
            Group {
                if isShown {
                    TextField(title, text: $text).textInputAutocapitalization(.never).autocorrectionDisabled()
                } else {
                    SecureField(title, text: $text)
                }
            }
            .textContentType(content)
            Button {
                isShown.toggle()
            } label: {
                Icon(isShown ? "hide" : "show").frame(minWidth: 48, minHeight: 48)
            }
            .buttonStyle(.borderless)
            .accessibilityLabel(isShown ? "password_hide \(Text(title))" : "password_show \(Text(title))")
        }
    }
}

/// What a call to the people who help needs to know, folded away.
struct ReportDetails: View {
    let reportID: String
    @Environment(\.diagnostics) private var diagnostics

    var body: some View {
        DisclosureGroup("report_details") { Text("report_id \(reportID)").font(.body.monospaced()) }
        ShareLink("settings_diagnostics", item: diagnostics())
    }
}

private struct DiagnosticsKey: EnvironmentKey {
    static let defaultValue: @MainActor @Sendable () -> String = { "" }
}

extension EnvironmentValues {
    /// What the core has to report.
    var diagnostics: @MainActor @Sendable () -> String {
        get { self[DiagnosticsKey.self] }
        set { self[DiagnosticsKey.self] = newValue }
    }
}
