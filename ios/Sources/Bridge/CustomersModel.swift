import Foundation
import Observation
import PorchlightCore

/// Whom the company works for: a window of its customers.
@MainActor @Observable public final class CustomersModel {
    /// Where the person is an installer; none: nobody has taken them in yet.
    public private(set) var companies: [Membership] = []
    public private(set) var customers: [Customer] = []
    public private(set) var total = 0
    public private(set) var isLoading = true
    public let age = ListAge()
    public private(set) var problem: PorchlightError?

    @ObservationIgnored private let core: OpenCore
    @ObservationIgnored private var wanted = CustomersModel.part
    @ObservationIgnored private let turns = Turns()

    private static let part: UInt32 = 50
    /// What one window of the core holds.
    private static let most: UInt32 = 200

    public init(core: OpenCore) { self.core = core }

    public var hasMore: Bool { customers.count < total }

    public func read() async {
        let isNewest = turns.begin()
        await attempt({ if isNewest() { (problem, isLoading) = ($0, false) } }) {
            let companies = try await core.memberships.window(offset: 0, count: Self.most).items
            let (shown, window) = try await first(wanted)
            guard isNewest() else { return }
            self.companies = companies.filter { $0.kind == .partner }
            (customers, total, problem) = (shown, Int(window.total), nil)
            age.follow(window.connection, asOf: window.asOf)
            isLoading = window.asOf == nil && shown.isEmpty
        }
    }

    /// The list from its beginning, as many of it as are wanted, read on by offset where that is more than one window holds.
    private func first(_ wanted: UInt32) async throws -> (customers: [Customer], window: CustomerWindow) {
        var customers: [Customer] = []
        while true {
            let offset = UInt32(customers.count)
            let window = try await core.customers.window(organization: nil, offset: offset, count: min(wanted - offset, Self.most))
            customers += window.items
            if window.items.isEmpty || customers.count >= min(wanted, window.total) { return (customers, window) }
        }
    }

    /// Whose customer it is, for somebody who works for several.
    public func company(of customer: Customer) -> Membership? {
        companies.count > 1 ? companies.first { $0.organization == customer.organization } : nil
    }

    public func readMore() async {
        wanted += Self.part
        await read()
    }
}

/// Puts somebody on the company's list: a mail asks them.
@MainActor @Observable public final class AddCustomerModel {
    public private(set) var isBusy = false
    public private(set) var problem: PorchlightError?

    @ObservationIgnored private let core: OpenCore
    @ObservationIgnored private let organizationID: String

    public init(core: OpenCore, organizationID: String) { (self.core, self.organizationID) = (core, organizationID) }

    /// The new customer; nothing if there is none, and `problem` says why.
    public func add(email: String, givenName: String, familyName: String, language: Language) async -> Customer? {
        var added: Customer?
        (problem, isBusy) = (nil, true)
        await attempt({ problem = $0 }) {
            added = try await core.customers.add(
                organization: organizationID, email: email, givenName: givenName, familyName: familyName, language: language)
        }
        isBusy = false
        return added
    }
}

/// One customer: ask for access, work with it, give it back.
@MainActor @Observable public final class CustomerModel {
    public private(set) var customer: Customer?
    public private(set) var isBusy = false
    public private(set) var problem: PorchlightError?

    @ObservationIgnored private let core: OpenCore
    @ObservationIgnored private let customerID: String

    public init(core: OpenCore, customerID: String) { (self.core, self.customerID) = (core, customerID) }

    public func read() async {
        await attempt({ failed($0) }) { customer = try await core.customers.get(customer: customerID) }
    }

    /// Whoever left the company reads nothing of its customers any more.
    private func failed(_ failure: PorchlightError) {
        problem = failure
        if case .NotFound = failure { customer = nil }
    }

    public func withdraw(_ requestID: String) async { await ask { _ = try await core.requests.withdraw(request: requestID) } }

    public func release(_ grantID: String) async { await ask { try await core.grants.end(grant: grantID) } }

    /// Prepares locations and devices on this phone for somebody who has not answered yet.
    public func workHere(_ grantID: String) async { await ask { try await core.porchlight.workHere(grant: grantID) } }

    /// Opens the customer app on this phone in their account.
    public func link(_ grantID: String, _ links: any LinkOpener) async {
        await ask { try await core.profile.openCustomerApp(grant: grantID, opener: links) }
    }

    private func ask(_ deed: () async throws -> Void) async {
        (problem, isBusy) = (nil, true)
        await attempt({ problem = $0 }, deed)
        isBusy = false
    }
}

/// Obtain authorization: how long, on what, what for, why.
@MainActor @Observable public final class AskModel {
    /// What a request is about.
    public enum Scope: Hashable, Sendable {
        case account
        case site(id: String)
        case device(id: String)
    }

    public private(set) var choices: AccessChoices?
    public private(set) var customer: Customer?
    public private(set) var places = CustomerPlaces(sites: [], devices: [])
    public private(set) var isBusy = false
    public private(set) var problem: PorchlightError?
    public var lasts: TimeInterval = 0
    public var scope = Scope.account
    public private(set) var ticked: Set<Permission> = []

    @ObservationIgnored private let core: OpenCore
    @ObservationIgnored private let customerID: String

    public init(core: OpenCore, customerID: String) { (self.core, self.customerID) = (core, customerID) }

    public func read() async {
        await attempt({ problem = $0 }) {
            if choices == nil {
                let offered = try core.requests.choices()
                (choices, lasts) = (offered, offered.lasts.first ?? 0)
                ticked = Set(offered.permissions.filter { $0.ticked || $0.needed }.map(\.permission))
            }
            customer = try await core.customers.get(customer: customerID)
            places = try await core.customers.places(customer: customerID)
        }
    }

    public func tick(_ permission: Permission, _ on: Bool) {
        if on { ticked.insert(permission) } else { ticked.remove(permission) }
    }

    /// Whether the request was made.
    public func ask(comment: String) async -> Bool {
        (problem, isBusy) = (nil, true)
        await attempt({ problem = $0 }) { _ = try await core.requests.ask(customer: customerID, wish: wish(comment)) }
        isBusy = false
        return problem == nil
    }

    private func wish(_ comment: String) -> AccessWish {
        let permissions = choices?.permissions.map(\.permission).filter(ticked.contains) ?? []
        var (site, device): (String?, String?) = (nil, nil)
        switch scope {
        case .account: break
        case .site(let id): site = id
        case .device(let id): device = id
        }
        return AccessWish(site: site, device: device, permissions: permissions, lasts: lasts, comment: comment)
    }
}
