import Bridge
import SwiftUI

/// Somebody asks to work in this account: who, for which company, what, until when, why. Yes, or no.
struct RequestScreen: View {
    let access: AccessModel
    @Environment(\.dismiss) private var dismiss
    @State private var model: RequestModel

    init(core: OpenCore, access: AccessModel, requestID: String) {
        self.access = access
        _model = State(initialValue: RequestModel(core: core, requestID: requestID))
    }

    private var isPending: Bool { model.request?.state == .pending }

    var body: some View {
        Page("request_bar") {
            ProblemNotice(problem: model.problem)
            if let request = model.request {
                Text("request_who \(request.actor.fullName) \(request.company.name)").font(.title2)
                if !isPending, model.problem == nil { Text("request_over") }
                Text(scope(of: request))
                ForEach(request.permissions, id: \.self) { Text($0.words) }
                if !request.comment.isEmpty { Text("request_why \(request.comment)").foregroundStyle(.secondary) }
                if isPending { length }
            } else if model.problem == nil {
                ProgressView("waiting")
            }
        } action: {
            if isPending {
                VStack {
                    PrimaryButton("request_consent") { if await model.consent() { dismiss() } }
                    Button("request_decline") { Task { if await model.decline(block: false) { dismiss() } } }
                }
                .disabled(model.isBusy)
            }
        }
        .task(id: access.version) { await model.read() }
    }

    @ViewBuilder private var length: some View {
        Picker("request_lasts", selection: $model.lasts) {
            ForEach(model.choices, id: \.lasts) { spellSpan($0.lasts).tag(Optional($0.lasts)) }
        }
        if let choice = model.choice { Text(end(of: choice)).font(.subheadline).foregroundStyle(.secondary) }
        Button("request_block", role: .destructive) { Task { if await model.decline(block: true) { dismiss() } } }.disabled(model.isBusy)
        Text("request_block_hint").font(.subheadline).foregroundStyle(.secondary)
    }

    /// By the cloud's clock: a phone's may be wrong by years. Where that is not known, the length alone.
    private func end(of choice: ConsentChoice) -> LocalizedStringKey {
        if let until = choice.until { "request_until \(spell(until))" } else { "request_lasts_from_now \(spellSpan(choice.lasts))" }
    }
}
