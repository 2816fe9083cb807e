import Bridge
import SwiftUI

/// Who asks, and who has access now: each ends by one tap.
struct PeopleScreen: View {
    let access: AccessModel
    @Binding var path: [AppRoute]
    @State private var model: PeopleModel
    /// The yes that waits for whether to keep what was added.
    @State private var accepting: CustomerOffer?

    init(core: OpenCore, access: AccessModel, path: Binding<[AppRoute]>) {
        self.access = access
        _path = path
        _model = State(initialValue: PeopleModel(core: core))
    }

    var body: some View {
        List {
            AgeNotice(problem: model.problem, age: model.age)
            if model.isLoading, model.problem == nil { ProgressView("waiting") }
            if model.isEmpty {
                Text("people_empty_title").font(.title2)
                Text("people_empty_body").foregroundStyle(.secondary)
            }
            group("people_offers", model.offers, id: \.id) { offer($0) }
            group("people_requests", model.requests, id: \.id) { request($0) }
            group("people_grants", model.grants, id: \.id) { grant($0) }
            Button("history_title") { path.append(.history(grantID: nil)) }
        }
        .task(id: access.version) { await model.read() }
        .navigationTitle("tab_people")
        .alert("offer_keep_title", isPresented: Binding(get: { accepting != nil }, set: { if !$0 { accepting = nil } })) {
            if let offer = accepting {
                Button("offer_keep_it") { Task { await model.accept(offer, keep: true) } }
                Button("offer_remove", role: .destructive) { Task { await model.accept(offer, keep: false) } }
            }
            Button("cancel", role: .cancel) {}
        } message: {
            Text("offer_keep_body")
        }
    }

    @ViewBuilder private func group<Item, Shown: View>(
        _ name: LocalizedStringKey, _ items: [Item], id: KeyPath<Item, String>, @ViewBuilder _ draw: @escaping (Item) -> Shown
    ) -> some View {
        if !items.isEmpty {
            Text(name).font(.headline)
            ForEach(items, id: id) { draw($0) }
        }
    }

    private func request(_ request: AccessRequest) -> some View {
        Button {
            path.append(.request(id: request.id))
        } label: {
            VStack(alignment: .leading) {
                Text("request_who \(request.actor.fullName) \(request.company.name)")
                Text(scope(of: request)).font(.subheadline).foregroundStyle(.secondary)
            }
        }
    }

    @ViewBuilder private func grant(_ grant: Grant) -> some View {
        VStack(alignment: .leading) {
            Text("grant_who \(grant.actor.fullName) \(grant.company.name)").font(.headline)
            Text("grant_until \(Text(scope(of: grant))) \(spell(grant.expiresAt))").font(.subheadline).foregroundStyle(.secondary)
            ForEach(grant.permissions, id: \.self) { Text($0.words).font(.subheadline) }
        }
        Button("grant_end", role: .destructive) { Task { await model.end(grant) } }
            .accessibilityLabel("grant_end_of \(grant.actor.fullName)")
            .disabled(model.isBusy)
    }

    @ViewBuilder private func offer(_ offer: CustomerOffer) -> some View {
        Text("offer_who \(offer.company.name)").font(.headline)
        let isNothing = offer.sites.isEmpty && offer.devices.isEmpty
        if isNothing { Text("offer_nothing").foregroundStyle(.secondary) }
        ForEach(offer.sites, id: \.self) { Text("scope_site \($0)").font(.subheadline) }
        ForEach(offer.devices, id: \.self) { Text("offer_device \($0.name) \($0.site)").font(.subheadline) }
        // With nothing added there is nothing to ask.
        Button("offer_accept") { if isNothing { Task { await model.accept(offer, keep: true) } } else { accepting = offer } }
            .disabled(model.isBusy)
        Button("offer_refuse", role: .destructive) { Task { await model.refuse(offer) } }.disabled(model.isBusy)
    }
}

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
    }

    /// By the cloud's clock: a phone's may be wrong by years. Where that is not known, the length alone.
    private func end(of choice: ConsentChoice) -> LocalizedStringKey {
        if let until = choice.until { "request_until \(spell(until))" } else { "request_lasts_from_now \(spellSpan(choice.lasts))" }
    }
}

/// Who did what: at the person's home, or with one grant.
struct HistoryScreen: View {
    @State private var model: HistoryModel

    init(core: OpenCore, grantID: String?) { _model = State(initialValue: HistoryModel(core: core, grantID: grantID)) }

    var body: some View {
        List {
            ProblemNotice(problem: model.problem)
            if model.isLoading, model.problem == nil { ProgressView("waiting") }
            if !model.isLoading, model.acts.isEmpty, model.problem == nil { Text("history_empty").foregroundStyle(.secondary) }
            ForEach(model.acts, id: \.id) { act in
                VStack(alignment: .leading) {
                    Text(words(act))
                    Text("act_who_when \(who(act)) \(spell(act.at))").font(.subheadline).foregroundStyle(.secondary)
                }
            }
            if model.hasMore { Button("devices_more") { Task { await model.readMore() } } }
        }
        .task { model.begin() }
        .navigationTitle("history_title")
    }
}
