import Foundation
import Observation
import PorchlightCore

/// What concerns this phone, whoever is signed in: links of the partner app, and acting in a customer's account.
@MainActor @Observable public final class ActingModel {
    public private(set) var handoff = HandoffState.idle
    public private(set) var state = DelegatedState.nobody
    /// The account that this phone acts in now; another one for another session.
    public private(set) var account: OpenCore?
    /// What was not sent when accesses ended, until the person has noted it: theirs; everybody's while nobody is signed in.
    public private(set) var unsent: [UnsentAct] = []
    public private(set) var problem: PorchlightError?
    /// The partner app was wanted, and is not on this phone.
    public private(set) var partnerAppIsMissing = false

    @ObservationIgnored private let core: OpenCore
    @ObservationIgnored private let flow: HandoffFlow
    @ObservationIgnored private let session: DelegatedSession
    @ObservationIgnored private var readings: [Reading] = []
    @ObservationIgnored private let turns = Turns()

    public init(core: OpenCore) {
        self.core = core
        (flow, session) = (core.porchlight.handoff(), core.porchlight.delegatedSession())
    }

    /// From now on, once: not when it is made, as `SessionModel`.
    public func begin() {
        guard readings.isEmpty else { return }
        let links = Listening<HandoffState>()
        let sessions = Listening<DelegatedState>()
        do {
            readings = [
                Reading(links, try flow.listen(listener: links)) { [weak self] in self?.follow($0) },
                Reading(sessions, try session.listen(listener: sessions)) { [weak self] in self?.follow($0) },
            ]
        } catch { problem = error as? PorchlightError }
    }

    /// A link waits for its tap, or for being read that nothing comes of it.
    public var hasLink: Bool {
        switch handoff {
        case .idle, .opened: false
        case .reading, .confirm, .opening, .unreached, .refused: true
        }
    }

    /// Who acts for whom; nobody before it began and after it ended.
    public var acting: Acting? {
        switch state {
        case .active(let acting), .locked(let acting): acting
        case .nobody, .ended: nil
        }
    }

    private func follow(_ next: HandoffState) { (handoff, problem, partnerAppIsMissing) = (next, nil, false) }

    private func follow(_ next: DelegatedState) {
        let former = acting
        (state, problem, partnerAppIsMissing) = (next, nil, false)
        if acting != former { account = acting == nil ? nil : core.customersAccount() }
        Task { await readUnsent() }
    }

    /// Whose it is depends on who is signed in: read it again when that is somebody else.
    public func readUnsent() async {
        let isNewest = turns.begin()
        let listed = (try? await session.unsent()) ?? []
        if isNewest() { unsent = listed }
    }

    /// A link was opened in the app; the core says what it is.
    public func take(_ link: URL) async { await ask { try await flow.takeLink(link: link.absoluteString) } }

    public func confirmLink() async { await ask { try await flow.confirm() } }

    public func dismissLink() async { await ask { try await flow.dismiss() } }

    /// Where a new link is made: instead of this one.
    public func openPartnerApp(_ links: any LinkOpener) async { if await isOpened(links) { await dismissLink() } }

    /// Where the customers are; the end was read.
    public func backToCustomers(_ links: any LinkOpener) async { if await isOpened(links) { await dismissEnd() } }

    /// The system may take its time to answer.
    private func isOpened(_ links: any LinkOpener) async -> Bool {
        let link = core.partnerAppLink
        let isOpen = await Task.detached { (try? links.openLink(link: link)) != nil }.value
        partnerAppIsMissing = !isOpen
        return isOpen
    }

    /// The installer is done in the customer's account.
    public func leave() async { await ask { try await session.leave() } }

    /// The person has read that it is over. What was not sent stays listed: there may be more of it than this end brought.
    public func dismissEnd() async { await ask { try session.dismiss() } }

    /// The person has noted what was not sent; whether it is forgotten.
    public func forgetUnsent() async -> Bool {
        await ask { try await session.forgetUnsent() }
        await readUnsent()
        return problem == nil
    }

    private func ask(_ deed: () async throws -> Void) async {
        problem = nil
        await attempt({ problem = $0 }, deed)
    }
}
