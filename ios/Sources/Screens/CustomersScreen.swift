import Bridge
import SwiftUI

/// The partner app's first screen: whom the company works for, and what may be done there.
struct CustomersScreen: View {
    let access: AccessModel
    let unsent: [UnsentAct]
    @Binding var path: [AppRoute]
    @State private var model: CustomersModel
    @State private var isAdding = false

    init(core: OpenCore, access: AccessModel, unsent: [UnsentAct], path: Binding<[AppRoute]>) {
        (self.access, self.unsent) = (access, unsent)
        _path = path
        _model = State(initialValue: CustomersModel(core: core))
    }

    var body: some View {
        List {
            AgeNotice(problem: model.problem, age: model.age)
            UnsentNotice(unsent: unsent, path: $path)
            if model.companies.count == 1 { Text(model.companies[0].name).font(.subheadline).foregroundStyle(.secondary) }
            if model.isLoading, model.problem == nil {
                ProgressView("waiting")
            } else if model.customers.isEmpty {
                nobody
            }
            ForEach(model.customers, id: \.id) { customer in
                Button {
                    path.append(.customer(id: customer.id))
                } label: {
                    CustomerRow(customer: customer, company: model.company(of: customer))
                }
            }
            if model.hasMore { Button("devices_more") { Task { await model.readMore() } } }
        }
        .task(id: access.version) { await model.read() }
        .navigationTitle("customers_title")
        .toolbar {
            ToolbarItem(placement: .primaryAction) {
                if !model.companies.isEmpty {
                    Button {
                        if model.companies.count == 1 { add(to: model.companies[0]) } else { isAdding = true }
                    } label: {
                        Icon("plus").frame(minWidth: 48, minHeight: 48)
                    }
                    .accessibilityLabel("customers_add")
                }
            }
        }
        .confirmationDialog("customers_add", isPresented: $isAdding) {
            ForEach(model.companies, id: \.organization) { company in Button(company.name) { add(to: company) } }
        }
    }

    private func add(to company: Membership) { path.append(.addCustomer(organizationID: company.organization)) }

    @ViewBuilder private var nobody: some View {
        Text(model.companies.isEmpty ? "customers_no_company_title" : "customers_empty_title").font(.title2)
        Text(model.companies.isEmpty ? "customers_no_company_body" : "customers_empty_body").foregroundStyle(.secondary)
    }
}

private struct CustomerRow: View {
    let customer: Customer
    let company: Membership?

    var body: some View {
        HStack {
            VStack(alignment: .leading) {
                Text(customer.fullName).font(.headline)
                Text(customer.email).font(.subheadline).foregroundStyle(.secondary)
                if let company { Text(company.name).font(.subheadline).foregroundStyle(.secondary) }
                CustomerStatus(customer: customer)
            }
            Spacer()
            Text(action).foregroundStyle(Color.primaryToken)
        }
    }

    /// As the main action of the customer's screen is called.
    private var action: LocalizedStringKey {
        switch (customer.grant, customer.state) {
        case (.none, _): "customers_edit"
        case (.some, .waiting): "customer_prepare"
        case (.some, _): "customers_link"
        }
    }
}

/// What the company may do there, in words with a sign.
struct CustomerStatus: View {
    let customer: Customer

    var body: some View {
        HStack {
            Icon(status.icon)
            Text(status.words)
        }
        .foregroundStyle(status.color)
    }

    private var status: (words: LocalizedStringKey, icon: String, color: Color) {
        switch (customer.state, customer.until) {
        case (.refused, _): ("customer_refused", "error", .dangerToken)
        case (.waiting, .some(let until)): ("customer_waiting_until \(spell(until))", "queued", .warningToken)
        case (.waiting, .none): ("customer_waiting", "queued", .warningToken)
        case (_, .some(let until)): ("customer_access_until \(spell(until))", "check", .successToken)
        case (_, .none) where customer.pending != nil: ("customer_asked", "queued", .warningToken)
        case (_, .none): (withoutAccess, "offline", .mutedToken)
        }
    }

    /// Why there is no access, as far as the last question tells.
    private var withoutAccess: LocalizedStringKey {
        switch customer.asked {
        case .declined: "customer_declined"
        case .expired: "customer_unanswered"
        case .withdrawn: "customer_withdrawn"
        case .pending, .consented, .unknown, .none: "customer_no_access"
        }
    }
}

struct AddCustomerScreen: View {
    @Binding var path: [AppRoute]
    @State private var model: AddCustomerModel
    @State private var email = ""
    @State private var givenName = ""
    @State private var familyName = ""
    @State private var chosen: Language?
    @Environment(\.locale) private var locale

    init(core: OpenCore, organizationID: String, again: Customer?, path: Binding<[AppRoute]>) {
        _path = path
        _model = State(initialValue: AddCustomerModel(core: core, organizationID: organizationID))
        _email = State(initialValue: again?.email ?? "")
        _givenName = State(initialValue: again?.givenName ?? "")
        _familyName = State(initialValue: again?.familyName ?? "")
    }

    var body: some View {
        Page("add_customer_title") {
            Text("add_customer_what").foregroundStyle(.secondary)
            ProblemNotice(problem: model.problem, fields: [.email, .givenName, .familyName])
            TextField("field_given_name", text: $givenName)
            FieldProblem(problem: model.problem, field: .givenName)
            TextField("field_family_name", text: $familyName)
            FieldProblem(problem: model.problem, field: .familyName)
            TextField("field_email", text: $email).textInputAutocapitalization(.never).keyboardType(.emailAddress)
            FieldProblem(problem: model.problem, field: .email)
            Picker("add_customer_language", selection: Binding(get: { language }, set: { chosen = $0 })) {
                Text("language_english").tag(Language.english)
                Text("language_german").tag(Language.german)
            }
        } action: {
            PrimaryButton("customers_add") { await add() }.disabled(model.isBusy)
        }
    }

    private var language: Language { chosen ?? mailLanguage(locale) }

    private func add() async {
        let added = await model.add(email: email, givenName: givenName, familyName: familyName, language: language)
        if let added { path[path.count - 1] = .customer(id: added.id) }
    }
}
