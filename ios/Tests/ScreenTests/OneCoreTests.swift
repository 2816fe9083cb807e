import Bridge
import Foundation
import Testing

/// The core without a screen: opened once, and sending what waits.
@MainActor @Suite(.serialized) struct OneCoreTests {
    @Test func windowAndBackgroundTaskShareOneCore() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        var times = 0
        let one = OneCore {
            times += 1
            await Task.yield()
            return kim.core
        }
        async let first = one.opened()
        async let second = one.opened()
        #expect(try await first === second)
        #expect(times == 1)
    }

    @Test func coreThatDidNotOpenIsOpenedByTheNextWhoAsks() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        var times = 0
        let one = OneCore {
            times += 1
            if times == 1 { throw PorchlightError.Offline }
            return kim.core
        }
        #expect(await one.work(within: 1) == nil)
        #expect(try await one.opened() === kim.core)
        #expect(times == 2)
    }

    @Test func queuedDeviceIsAddedByTheBackgroundTaskWithNoScreenOpen() async throws {
        let left = try await queuedAndKilled()
        defer { left.stage.close() }
        left.phone.online = true
        let configuration = try left.stage.configuration()
        let one = OneCore { try await OpenCore.open(configuration, in: left.folder, on: left.phone.ports) }
        _ = await one.work(within: 30)
        #expect(try await devices(of: left) == ["Gate"])
    }

    @Test func comingAndGoingIsToldInOrderOnceTheCoreIsOpen() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        let one = OneCore {
            try await Task.sleep(for: .milliseconds(50))
            return kim.core
        }
        var told: [Int] = []
        let steps = [true, false, true].enumerated().map { at, isShown in
            let step = one.shows(isShown)
            return Task { @MainActor in
                await step.value
                told.append(at)
            }
        }
        for step in steps { await step.value }
        #expect(told == [0, 1, 2])
    }

    @Test func systemsTaskIsNotSomebodyWhoLooks() async throws {
        let left = try await queuedAndKilled()
        defer { left.stage.close() }
        let configuration = try left.stage.configuration()
        let one = OneCore { try await OpenCore.open(configuration, in: left.folder, on: left.phone.ports) }
        _ = await one.work(within: 1)
        left.phone.online = true
        let core = try await one.opened()
        try core.porchlight.networkChanged()
        try await Task.sleep(for: .seconds(2))
        let window = try await core.sites.window(offset: 0, count: 1)
        #expect(window.connection != .live)
    }

    /// What the cloud has, as another phone sees it.
    private func devices(of left: LeftOnThePhone) async throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        let other = try await OpenCore.open(try left.stage.configuration(), in: folder, on: TestPhone().ports)
        try await other.session.signIn(email: email, password: left.password)
        try await other.devices.refresh()
        return try await other.devices.window(section: nil, site: nil, offset: 0, count: 10).items.map {
            switch $0 {
            case .added(let device): device.name
            case .queued(let device): "queued \(device.name)"
            }
        }
    }
}
