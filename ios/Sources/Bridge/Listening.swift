import Foundation
import PorchlightCore

/// A listener of the core as an `AsyncStream`. The core calls on its own threads; a model reads the stream on the main
/// actor, in order. A cancelled reader ends a stream for good, so the model owns the task, never a view.
final class Listening<Element: Sendable>: Sendable {
    let elements: AsyncStream<Element>
    private let continuation: AsyncStream<Element>.Continuation

    init(_ policy: AsyncStream<Element>.Continuation.BufferingPolicy = .unbounded) {
        (elements, continuation) = AsyncStream.makeStream(bufferingPolicy: policy)
    }

    func hear(_ element: Element) { continuation.yield(element) }

    func finish() { continuation.finish() }
}

extension Listening: SessionListener where Element == SessionState {
    func onState(state: SessionState) { hear(state) }
}

extension Listening: AddDeviceListener where Element == AddDeviceState {
    func onState(state: AddDeviceState) { hear(state) }
}

extension Listening: HandoffListener where Element == HandoffState {
    func onState(state: HandoffState) { hear(state) }
}

extension Listening: DelegatedListener where Element == DelegatedState {
    func onState(state: DelegatedState) { hear(state) }
}

extension Listening: ListListener where Element == Void {
    func onChange() { hear(()) }
}

extension Listening: ViewfinderListener where Element == [SeenCode] {
    func onSeen(codes: [SeenCode]) { hear(codes) }
}

/// What a model listens to: reads until it is let go, then the core lets the listener go too.
@MainActor final class Reading {
    private let subscription: AnyObject
    private let end: @Sendable () -> Void
    private let task: Task<Void, Never>

    init<Element: Sendable>(
        _ listening: Listening<Element>, _ subscription: AnyObject, _ each: @escaping @MainActor (Element) async -> Void
    ) {
        self.subscription = subscription
        end = { listening.finish() }
        task = Task { for await element in listening.elements { await each(element) } }
    }

    deinit {
        end()
        task.cancel()
    }
}

/// What goes wrong in a call of the core, for the screen that asked.
@MainActor func attempt(_ failed: (PorchlightError) -> Void, _ deed: () async throws -> Void) async {
    do {
        try await deed()
    } catch let problem as PorchlightError {
        failed(problem)
    } catch {
        assertionFailure("the core throws PorchlightError only: \(error)")
    }
}
