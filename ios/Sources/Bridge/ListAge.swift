import Foundation
import Observation
import PorchlightCore

/// How old what a list shows is, and whether the cloud has been asked for longer than a moment.
@MainActor @Observable public final class ListAge {
    public private(set) var asOf: Date?
    /// The cloud was asked, and did not answer.
    public private(set) var isOld = false
    /// Said only of what lasts: a word that is gone at once is a flicker.
    public private(set) var isConnecting = false

    @ObservationIgnored private var connection = Connection.live
    @ObservationIgnored private var lasting: Task<Void, Never>?
    @ObservationIgnored private let moment: Duration

    public init(after moment: Duration = .seconds(1)) { self.moment = moment }

    func follow(_ connection: Connection, asOf: Date?) {
        (self.asOf, isOld) = (asOf, connection == .unreachable)
        guard connection != self.connection else { return }
        self.connection = connection
        isConnecting = false
        lasting?.cancel()
        lasting = connection == .connecting ? Task { [weak self] in await self?.last() } : nil
    }

    private func last() async {
        try? await Task.sleep(for: moment)
        if !Task.isCancelled { isConnecting = true }
    }
}
