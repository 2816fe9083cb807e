import Foundation
import PorchlightCore

/// The core of this app, opened once: by its window or by the system's background task, whichever comes first.
@MainActor public final class OneCore {
    private let open: @MainActor () async throws -> OpenCore
    private var opening: Task<OpenCore, any Error>?
    private var telling: Task<Void, Never>?
    private var isShown = false

    public init(_ open: @escaping @MainActor () async throws -> OpenCore) { self.open = open }

    /// The open core; after a failure, the next one who asks tries again.
    public func opened() async throws -> OpenCore {
        let task = opening ?? Task { try await open() }
        opening = task
        do {
            return try await task.value
        } catch {
            opening = nil
            throw error
        }
    }

    /// The window came or went. The core hears it in this order, once it is open.
    @discardableResult public func shows(_ isShown: Bool) -> Task<Void, Never> {
        self.isShown = isShown
        let before = telling
        let next = Task {
            await before?.value
            await tell(isShown)
        }
        telling = next
        return next
    }

    /// Sends what this phone owes the cloud, with no screen open. Answers when to come again, if something still waits.
    public func work(within deadline: TimeInterval) async -> Date? {
        do {
            let core = try await opened()
            // The system's task is no reason to be connected as for a person who looks.
            if !isShown { await shows(false).value }
            return try await core.porchlight.work(deadline: deadline)
        } catch {
            // It stays in the outbox and in the report; opening the app shows it.
            return nil
        }
    }

    /// What goes wrong here is in the core's report; the next time comes with the next screen.
    private func tell(_ isShown: Bool) async {
        guard let core = try? await opened() else { return }
        if isShown { try? await core.porchlight.enteredForeground() } else { try? await core.porchlight.enteredBackground() }
    }
}
