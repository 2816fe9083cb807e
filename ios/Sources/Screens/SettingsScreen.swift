import Bridge
import SwiftUI

struct SettingsScreen: View {
    let core: OpenCore
    let session: SessionModel

    var body: some View {
        List {
            if let account = session.account {
                Text("\(account.givenName) \(account.familyName)" as String).font(.title2)
                Text(account.email).foregroundStyle(.secondary)
            }
            if session.unsent == nil { ProblemNotice(problem: session.problem) }
            ShareLink("settings_diagnostics", item: (try? core.porchlight.diagnostics()) ?? "")
            Text("settings_diagnostics_what").font(.subheadline).foregroundStyle(.secondary)
            Button(session.isBusy ? "settings_signing_out" : "settings_sign_out") { Task { await session.signOut(.refuse) } }
                .disabled(session.isBusy)
        }
        .navigationTitle("settings_title")
        .alert("settings_unsent_title", isPresented: Binding(get: { session.unsent != nil }, set: { if !$0 { session.forgetProblem() } })) {
            Button("settings_sign_out_discard", role: .destructive) { Task { await session.signOut(.discard) } }
            Button("cancel", role: .cancel) {}
        } message: {
            Text("error_unsent_acts \(session.unsent ?? 0)")
        }
    }
}
