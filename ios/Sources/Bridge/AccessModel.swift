import Foundation
import Observation
import PorchlightCore

/// Whether something about who may work for whom is different, and which request came in. One for all screens of an app.
@MainActor @Observable public final class AccessModel {
    /// Another number whenever a list is different: screens read again.
    public private(set) var version = 0
    /// The request that came in last, while it waits for its answer.
    public private(set) var newestRequestID: String?
    /// Who may work in the account now.
    public private(set) var working: [Grant] = []
    public private(set) var isEnding = false
    public private(set) var problem: PorchlightError?

    @ObservationIgnored private let core: OpenCore
    @ObservationIgnored private var readings: [Reading] = []
    @ObservationIgnored private var seen: Set<String> = []
    @ObservationIgnored private let turns = Turns()

    private static let most: UInt32 = 200

    public init(core: OpenCore) { self.core = core }

    /// From now on, once: not when it is made, as `SessionModel`.
    public func begin() {
        guard readings.isEmpty else { return }
        do {
            readings = [
                try reading(core.customers.listen), try reading(core.memberships.listen), try reading(core.offers.listen),
                try reading(core.requests.listen), try reading(core.grants.listen),
            ]
        } catch { assertionFailure("a list that is open is listened to: \(error)") }
    }

    private func reading(_ listen: (any ListListener) throws -> Subscription) throws -> Reading {
        let changes = Listening<Void>(.bufferingNewest(1))
        return Reading(changes, try listen(changes)) { [weak self] in await self?.read() }
    }

    /// One tap, and nobody works by it any more.
    public func end(_ grant: Grant) async {
        (problem, isEnding) = (nil, true)
        await attempt({ problem = $0 }) { try await core.grants.end(grant: grant.id) }
        isEnding = false
    }

    private func read() async {
        version += 1
        let isNewest = turns.begin()
        let given = (try? await core.grants.window(side: .given, ended: false, offset: 0, count: Self.most).items) ?? []
        if isNewest() { working = given }
        // Nobody is signed in, or the cloud is not there: the next change asks again.
        guard let waiting = try? await core.requests.waiting().map(\.id) else { return }
        // Newest first.
        if let newest = waiting.first(where: { !seen.contains($0) }) { newestRequestID = newest }
        seen.formUnion(waiting)
    }
}
