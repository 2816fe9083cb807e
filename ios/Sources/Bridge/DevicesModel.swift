import Foundation
import Observation
import PorchlightCore

/// A window of the devices of a section, at a site or everywhere.
@MainActor @Observable public final class DevicesModel {
    public private(set) var lines: [DeviceLine] = []
    public private(set) var total = 0
    public private(set) var isLoading = true
    public let age = ListAge()
    public private(set) var problem: PorchlightError?

    @ObservationIgnored private let core: OpenCore
    @ObservationIgnored private let section: DeviceSection
    @ObservationIgnored private let siteID: String?
    @ObservationIgnored private var wanted = DevicesModel.part
    @ObservationIgnored private let turns = Turns()

    private static let part: UInt32 = 50
    private static let most: UInt32 = 200

    public init(core: OpenCore, section: DeviceSection, siteID: String?) {
        (self.core, self.section, self.siteID) = (core, section, siteID)
    }

    public var hasMore: Bool { lines.count < total && lines.count < Self.most }

    public func read() async {
        let isNewest = turns.begin()
        await attempt({ if isNewest() { (problem, isLoading) = ($0, false) } }) {
            let window = try await core.devices.window(section: section, site: siteID, offset: 0, count: min(wanted, Self.most))
            guard isNewest() else { return }
            (lines, total, problem) = (window.items, Int(window.total), nil)
            age.follow(window.connection, asOf: window.asOf)
            isLoading = window.asOf == nil && window.items.isEmpty
        }
    }

    public func readMore() async {
        wanted += Self.part
        await read()
    }
}

/// One device: rename it, or remove it from the account.
@MainActor @Observable public final class OneDeviceModel {
    public private(set) var device: Device?
    public private(set) var isBusy = false
    public private(set) var problem: PorchlightError?

    @ObservationIgnored private let core: OpenCore
    @ObservationIgnored private let deviceID: String

    public init(core: OpenCore, deviceID: String) { (self.core, self.deviceID) = (core, deviceID) }

    public func read() async { await ask { device = try await core.devices.get(device: deviceID) } }

    public func rename(_ name: String) async -> Bool { await ask { device = try await core.devices.rename(device: deviceID, name: name) } }

    public func remove() async -> Bool { await ask { try await core.devices.release(device: deviceID) } }

    @discardableResult private func ask(_ deed: () async throws -> Void) async -> Bool {
        (problem, isBusy) = (nil, true)
        await attempt({ problem = $0 }, deed)
        isBusy = false
        return problem == nil
    }
}
