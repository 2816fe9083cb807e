import Foundation
import PorchlightCore

/// The core of this app, opened once: by its window or by the system's background task, whichever comes first.
@MainActor public final class OneCore {
    private let open: @MainActor () async throws -> OpenCore
    private var opening: Task<OpenCore, any Error>?

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

    /// Sends what this phone owes the cloud, with no screen open. Answers when to come again, if something still waits.
    public func work(within deadline: TimeInterval) async -> Date? {
        do {
            return try await opened().porchlight.work(deadline: deadline)
        } catch {
            // It stays in the outbox and in the report; opening the app shows it.
            return nil
        }
    }
}
