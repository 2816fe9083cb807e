import Foundation
import Observation
import PorchlightCore

/// Who asks, and who has access now.
@MainActor @Observable public final class PeopleModel {
    public private(set) var offers: [CustomerOffer] = []
    public private(set) var requests: [AccessRequest] = []
    public private(set) var grants: [Grant] = []
    public private(set) var isLoading = true
    public private(set) var isBusy = false
    public let age = ListAge()
    public private(set) var problem: PorchlightError?

    @ObservationIgnored private let core: OpenCore
    @ObservationIgnored private let turns = Turns()

    private static let most: UInt32 = 200

    public init(core: OpenCore) { self.core = core }

    public var isEmpty: Bool { !isLoading && offers.isEmpty && requests.isEmpty && grants.isEmpty }

    public func read() async {
        let isNewest = turns.begin()
        await attempt({ if isNewest() { (problem, isLoading) = ($0, false) } }) {
            let offers = try await core.offers.window(offset: 0, count: Self.most).items
            let requests = try await core.requests.waiting()
            let grants = try await core.grants.window(side: .given, ended: false, offset: 0, count: Self.most)
            guard isNewest() else { return }
            (self.offers, self.requests, self.grants) = (offers, requests, grants.items)
            age.follow(grants.connection, asOf: grants.asOf)
            isLoading = grants.asOf == nil
        }
    }

    public func end(_ grant: Grant) async { await ask { try await core.grants.end(grant: grant.id) } }

    /// `keep`: what was added for the person before they said yes.
    public func accept(_ offer: CustomerOffer, keep: Bool) async { await ask { try await core.offers.accept(shown: offer, keep: keep) } }

    public func refuse(_ offer: CustomerOffer) async { await ask { try await core.offers.refuse(offer: offer.id) } }

    private func ask(_ deed: () async throws -> Void) async {
        (problem, isBusy) = (nil, true)
        await attempt({ problem = $0 }, deed)
        isBusy = false
    }
}

/// Somebody asks to work in this account: yes, perhaps for less time than asked, or no.
@MainActor @Observable public final class RequestModel {
    public private(set) var request: AccessRequest?
    public private(set) var choices: [ConsentChoice] = []
    /// How long the yes shall last.
    public var lasts: TimeInterval?
    public private(set) var isBusy = false
    public private(set) var problem: PorchlightError?

    @ObservationIgnored private let core: OpenCore
    @ObservationIgnored private let requestID: String

    public init(core: OpenCore, requestID: String) { (self.core, self.requestID) = (core, requestID) }

    public func read() async {
        await attempt({ problem = $0 }) {
            let found = try await core.requests.get(request: requestID)
            let offered = try await core.requests.consentChoices(shown: found)
            (request, choices) = (found, offered)
            if lasts == nil { lasts = found.lasts }
        }
    }

    /// The one of the choices that is chosen, with its end.
    public var choice: ConsentChoice? { choices.first { $0.lasts == lasts } }

    /// Yes to what is shown; whether it was taken.
    public func consent() async -> Bool { await answer { _ = try await core.requests.consent(shown: $0, lasts: lasts) } }

    public func decline(block: Bool) async -> Bool { await answer { try await core.requests.decline(request: $0.id, block: block) } }

    private func answer(_ deed: (AccessRequest) async throws -> Void) async -> Bool {
        guard let request else { return false }
        (problem, isBusy) = (nil, true)
        await attempt({ problem = $0 }) { try await deed(request) }
        isBusy = false
        return problem == nil
    }
}

/// Who did what in the person's account, newest first; or with one grant only.
@MainActor @Observable public final class HistoryModel {
    public private(set) var acts: [Act] = []
    public private(set) var hasMore = false
    public private(set) var isLoading = true
    public private(set) var problem: PorchlightError?

    @ObservationIgnored private let history: HistoryList
    @ObservationIgnored private let grantID: String?
    @ObservationIgnored private var reading: Reading?
    @ObservationIgnored private var next: String?

    private static let part: UInt32 = 50

    public init(core: OpenCore, grantID: String?) { (history, self.grantID) = (core.history, grantID) }

    /// From now on, once: not when it is made, as `SessionModel`.
    public func begin() {
        guard reading == nil else { return }
        let changes = Listening<Void>(.bufferingNewest(1))
        do {
            reading = Reading(changes, try history.listen(listener: changes)) { [weak self] in await self?.read(before: nil) }
        } catch { problem = error as? PorchlightError }
    }

    public func readMore() async { await read(before: next) }

    private func read(before: String?) async {
        await attempt({ (problem, isLoading) = ($0, false) }) {
            let page = try await history.page(grant: grantID, before: before, count: Self.part)
            acts = before == nil ? page.acts : acts + page.acts
            (next, hasMore, isLoading, problem) = (page.next, page.next != nil, false, nil)
        }
    }
}
