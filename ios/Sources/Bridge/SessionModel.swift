import Foundation
import Observation
import PorchlightCore

/// The session as screens show it. Changes only on the main actor.
@MainActor @Observable public final class SessionModel {
    public private(set) var state: SessionState?
    public private(set) var problem: PorchlightError?
    public private(set) var sentCodeAgain = false

    @ObservationIgnored private let core: OpenCore
    @ObservationIgnored private var reading: Reading?

    public init(core: OpenCore) { self.core = core }

    /// From now on, once. Not when it is made: SwiftUI makes a screen's models again whenever the screen around is drawn,
    /// and throws them away; the core has one listener a flow, and one of those would take this one's place.
    public func begin() {
        guard reading == nil else { return }
        let listening = Listening<SessionState>()
        do {
            let subscription = try core.session.listen(listener: listening)
            reading = Reading(listening, subscription) { [weak self] in self?.state = $0 }
        } catch { problem = error as? PorchlightError }
    }

    public var account: Account? {
        if case .signedIn(let account) = state { account } else { nil }
    }

    public var isBusy: Bool {
        switch state {
        case .registering, .verifying, .signingIn, .signingOut: true
        default: false
        }
    }

    /// How many things a sign-out would throw away: the person is asked first.
    public var unsent: Int? {
        if case .Conflict(.unsentActs(let count)) = problem { Int(count) } else { nil }
    }

    public func forgetProblem() { problem = nil }

    public func register(email: String, password: String, givenName: String, familyName: String, language: Language) async {
        await ask {
            try await $0.register(email: email, password: password, givenName: givenName, familyName: familyName, language: language)
        }
    }

    public func verify(code: String) async { await ask { try await $0.verify(code: code) } }

    public func askForNewCode() async {
        await ask { try await $0.askForNewCode() }
        sentCodeAgain = problem == nil
    }

    public func goBack() async { await ask { try await $0.goBack() } }

    public func signIn(email: String, password: String) async { await ask { try await $0.signIn(email: email, password: password) } }

    public func signOut(_ unsent: UnsentActs) async { await ask { try await $0.signOut(unsent: unsent) } }

    private func ask(_ deed: (SessionFlow) async throws -> Void) async {
        (problem, sentCodeAgain) = (nil, false)
        await attempt({ problem = $0 }) { try await deed(core.session) }
    }
}
