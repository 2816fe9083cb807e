import Bridge
import SwiftUI

/// One customer: ask for access, work with it, give it back.
struct CustomerScreen: View {
    let access: AccessModel
    let links: any LinkOpener
    @Binding var path: [AppRoute]
    @State private var model: CustomerModel

    init(core: OpenCore, access: AccessModel, customerID: String, links: any LinkOpener, path: Binding<[AppRoute]>) {
        (self.access, self.links) = (access, links)
        _path = path
        _model = State(initialValue: CustomerModel(core: core, customerID: customerID))
    }

    var body: some View {
        Page("customer_title") {
            if let customer = model.customer {
                Text(customer.fullName).font(.title2)
                Text(customer.email).foregroundStyle(.secondary)
                CustomerStatus(customer: customer)
                Text(hint(customer)).font(.subheadline).foregroundStyle(.secondary)
            } else if model.problem == nil {
                ProgressView("waiting")
            }
            ProblemNotice(problem: model.problem)
            if let customer = model.customer { others(customer).disabled(model.isBusy) }
        } action: {
            if let customer = model.customer { main(customer).disabled(model.isBusy) }
        }
        .task(id: access.version) { await model.read() }
    }

    /// The one main action: link where there is access, ask where there can be.
    @ViewBuilder private func main(_ customer: Customer) -> some View {
        if let grant = customer.grant {
            if customer.state == .waiting {
                PrimaryButton("customer_prepare") { await model.workHere(grant) }
            } else {
                PrimaryButton("customer_open") { await model.link(grant, links) }
            }
        } else if customer.state == .confirmed, customer.pending == nil {
            PrimaryButton("customer_ask") { path.append(.ask(customerID: customer.id)) }
        } else if customer.state == .refused {
            PrimaryButton("customers_add") { path.append(.addCustomer(organizationID: customer.organization, again: customer)) }
        }
    }

    /// What else can be done: a yes can be asked for again and given back, a question taken back.
    @ViewBuilder private func others(_ customer: Customer) -> some View {
        if let request = customer.pending { Button("customer_withdraw") { Task { await model.withdraw(request) } } }
        if let grant = customer.grant {
            if customer.state == .confirmed { Button("customer_ask") { path.append(.ask(customerID: customer.id)) } }
            Button("customer_history") { path.append(.history(grantID: grant)) }
            Button("customer_release") { Task { await model.release(grant) } }
        }
    }

    private func hint(_ customer: Customer) -> LocalizedStringKey {
        switch customer.state {
        case .refused: "customer_refused_hint"
        case .waiting: "customer_waiting_hint"
        case .confirmed, .unknown:
            if customer.grant != nil {
                "customer_open_hint \(customer.fullName)"
            } else if customer.pending != nil {
                "customer_asked_hint"
            } else {
                "customer_ask_hint"
            }
        }
    }
}

/// Obtain authorization: how long, on what, what for, why.
struct AskScreen: View {
    @Environment(\.dismiss) private var dismiss
    @State private var model: AskModel
    @State private var comment = ""

    init(core: OpenCore, customerID: String) { _model = State(initialValue: AskModel(core: core, customerID: customerID)) }

    var body: some View {
        Page("ask_title") {
            if let customer = model.customer { Text("ask_whom \(customer.fullName) \(customer.email)") }
            ProblemNotice(problem: model.problem, fields: [.comment])
            if let choices = model.choices { questions(choices) }
            TextField("ask_comment", text: $comment)
            FieldProblem(problem: model.problem, field: .comment)
        } action: {
            PrimaryButton("ask_action") { if await model.ask(comment: comment) { dismiss() } }.disabled(model.isBusy || model.choices == nil)
        }
        .task { await model.read() }
    }

    @ViewBuilder private func questions(_ choices: AccessChoices) -> some View {
        Picker("ask_lasts", selection: $model.lasts) {
            ForEach(choices.lasts, id: \.self) { spellSpan($0).tag($0) }
        }
        Picker("ask_scope", selection: $model.scope) {
            Text("scope_account_of").tag(AskModel.Scope.account)
            ForEach(model.places.sites, id: \.id) { Text("scope_site \($0.name)").tag(AskModel.Scope.site(id: $0.id)) }
            ForEach(model.places.devices, id: \.id) { Text("scope_device \($0.name)").tag(AskModel.Scope.device(id: $0.id)) }
        }
        Text("ask_permissions").font(.subheadline).foregroundStyle(.secondary)
        ForEach(choices.permissions, id: \.permission) { choice in
            Toggle(choice.permission.words, isOn: ticked(choice.permission)).disabled(choice.needed)
        }
    }

    private func ticked(_ permission: Permission) -> Binding<Bool> {
        Binding(get: { model.ticked.contains(permission) }, set: { model.tick(permission, $0) })
    }
}
