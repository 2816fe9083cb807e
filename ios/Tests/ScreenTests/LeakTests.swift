import Bridge
import Foundation
import Testing

/// A thousand times opened and closed leave nothing behind: no task and no object of the core, no listener, no model.
@MainActor @Suite(.serialized) struct LeakTests {
    @Test func aThousandFlowsLeaveNothing() async throws {
        let kim = try await Kim.atHome()
        defer { kim.leaves() }
        let siteID = try await kim.core.sites.window(offset: 0, count: 1).items[0].id
        try await settle()
        let before = (tasks: probeAliveTasks(), objects: probeAliveObjects())
        var last = Weak()
        for _ in 0..<1000 {
            let model = AddDeviceModel(core: kim.core, opening: .new(section: .video, siteID: siteID))
            await model.open()
            last = Weak(model)
        }
        try await until("all tasks of the flows are gone") {
            probeAliveTasks() <= before.tasks && probeAliveObjects() <= before.objects
        }
        #expect(last.object == nil)
    }

    @Test func aThousandListenersLeaveNothing() async throws {
        let kim = try await Kim.atHome()
        defer { kim.leaves() }
        try await settle()
        let before = (tasks: probeAliveTasks(), objects: probeAliveObjects())
        var last = Weak()
        for _ in 0..<1000 {
            let model = SessionModel(core: kim.core)
            model.begin()
            last = Weak(model)
            withExtendedLifetime(model) { #expect(last.object != nil) }
        }
        try await until("all listeners are let go") {
            probeAliveTasks() <= before.tasks && probeAliveObjects() <= before.objects
        }
        #expect(last.object == nil)
    }

    /// What the screens began with is running, and nothing more is about to end.
    private func settle() async throws { try await Task.sleep(for: .milliseconds(500)) }
}

private struct Weak {
    weak var object: AnyObject?
    init(_ object: AnyObject? = nil) { self.object = object }
}

@MainActor func until(_ what: String, _ holds: () -> Bool) async throws {
    for _ in 0..<1000 {
        if holds() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("not within 10 s: \(what)")
}
