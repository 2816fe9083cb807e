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

/// On every own screen while somebody may work in the account: who, until when, and the end.
struct GrantsBanner: View {
    let access: AccessModel
    let onShow: () -> Void

    var body: some View {
        if let grant = access.working.first {
            if access.working.count == 1 {
                PorchBar("grant_working \(grant.actor.fullName) \(grant.company.name) \(spell(grant.expiresAt))") {
                    Button("grant_end") { Task { await access.end(grant) } }.disabled(access.isEnding)
                }
            } else {
                PorchBar("grants_working \(access.working.count)") { Button("grants_show") { onShow() } }
            }
            ProblemNotice(problem: access.problem)
        }
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
                    line(act)
                    Text("act_who_when \(who(act)) \(spell(act.at))").font(.subheadline).foregroundStyle(.secondary)
                }
            }
            if model.hasMore { Button("devices_more") { Task { await model.readMore() } } }
        }
        .task { model.begin() }
        .navigationTitle("history_title")
    }
}
