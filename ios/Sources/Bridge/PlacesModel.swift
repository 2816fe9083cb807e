import Foundation
import Observation
import PorchlightCore

/// The sites, the section and the site that a person looks at, and how many devices are there.
@MainActor @Observable public final class PlacesModel {
    public private(set) var sites: [Site] = []
    public private(set) var deviceCount = 0
    public private(set) var isLoading = true
    public let age = ListAge()
    public private(set) var problem: PorchlightError?
    /// Another number whenever the list of devices is different: screens read their window again.
    public private(set) var devicesVersion = 0
    public var section = DeviceSection.video { didSet { readAgain() } }
    /// None: all locations.
    public var site: Site? { didSet { readAgain() } }

    /// Where a device was added last.
    private var used: Site?

    @ObservationIgnored public let core: OpenCore
    @ObservationIgnored private var readings: [Reading] = []
    @ObservationIgnored private let turns = Turns()

    /// The most sites that the picker lists.
    public static let shown: UInt32 = 200

    public init(core: OpenCore) { self.core = core }

    /// From now on, once: not when it is made, as `SessionModel`.
    public func begin() {
        guard readings.isEmpty else { return }
        let sites = Listening<Void>(.bufferingNewest(1))
        let devices = Listening<Void>(.bufferingNewest(1))
        do {
            readings = [
                Reading(sites, try core.sites.listen(listener: sites)) { [weak self] in await self?.read() },
                Reading(devices, try core.devices.listen(listener: devices)) { [weak self] in
                    self?.devicesVersion += 1
                    await self?.read()
                },
            ]
        } catch { problem = error as? PorchlightError }
    }

    /// Where a person looks.
    public var place: Place { Place(section: section, siteID: site?.id) }

    public struct Place: Hashable, Sendable {
        public let section: DeviceSection
        public let siteID: String?
    }

    /// Where a device is added; nothing if that cannot be read, and `problem` says why.
    public func choice() async -> SiteChoice? {
        var choice: SiteChoice?
        await attempt({ problem = $0 }) { choice = try await core.sites.choice(chosen: site?.id) }
        if case .use(let site) = choice { used = site }
        return choice
    }

    /// The person said where.
    public func chose(_ site: Site) { used = site }

    /// What the person knows of a list that is closed by now: where they looked, where they added last, the only one; or
    /// what the process before this one kept of that.
    public var knownSiteID: String? { site?.id ?? used?.id ?? (sites.count == 1 ? sites.first?.id : nil) ?? keptSiteID }
    public var keptSiteID: String?

    /// That site, if a device can be added there; the list itself is not read for that.
    public func choiceOfKnown() async -> Site? {
        var choice: SiteChoice?
        await attempt({ problem = $0 }) { choice = try await core.sites.choice(chosen: knownSiteID) }
        if case .use(let site) = choice { return site }
        return nil
    }

    public func make(name: String, address: String, timeZone: String) async -> PorchlightError? {
        var failed: PorchlightError?
        await attempt({ failed = $0 }) { site = try await core.sites.make(name: name, address: address, timeZone: timeZone) }
        return failed
    }

    /// Nobody is signed in any more.
    public func forget() {
        _ = turns.begin()
        (sites, site, used, keptSiteID, deviceCount, isLoading, problem) = ([], nil, nil, nil, 0, true, nil)
    }

    public func siteName(_ siteID: String) -> String { sites.first { $0.id == siteID }?.name ?? "" }

    private func readAgain() { Task { await read() } }

    private func read() async {
        let isNewest = turns.begin()
        await attempt({ if isNewest() { (problem, isLoading) = ($0, false) } }) {
            let window = try await core.sites.window(offset: 0, count: Self.shown)
            let devices = try await core.devices.window(section: section, site: site?.id, offset: 0, count: 1)
            guard isNewest() else { return }
            (sites, problem) = (window.items, nil)
            age.follow(window.connection, asOf: window.asOf)
            deviceCount = Int(devices.total)
            isLoading = window.asOf == nil && window.items.isEmpty
        }
    }
}
