import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// The system's back (its button and its swipe) wherever back leads out; a button of our own where it is a step of adding.
@MainActor @Suite(.serialized) struct BackTests {
    @Test func systemsBackIsThereWhereBackLeadsOutAndOursWhereItIsAStep() async throws {
        let kim = try await Kim.atHome()
        defer { kim.leaves() }
        let gate = try kim.stage.device(password: devicePassword)
        try await kim.presses("home_add_device")
        try await kim.waits(for: "scan_hint")
        #expect(backs(kim) == [.systems])
        try await kim.presses("scan_enter_manually")
        try await kim.waits(for: "type_where")
        #expect(backs(kim) == [.ours])
        try kim.ui.type(gate.serial, into: kim.says("field_serial"))
        try await kim.presses("type_define")
        try await kim.waits(for: "details_next")
        #expect(backs(kim) == [.ours])
        try await kim.fillsIn("Gate", "not its password")
        try await kim.waits(for: "failure_wrong_password_title")
        #expect(backs(kim) == [.ours])
        try await kim.presses("remedy_retype_password")
        try await kim.fillsIn("Gate", devicePassword)
        try await kim.waits(for: "added_title")
        #expect(backs(kim) == [.systems])
    }

    @Test func everyOtherScreenLeavesBackToTheSystem() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        try await kim.presses("sign_in_register")
        try await kim.waits(for: "register_password_rule")
        #expect(backs(kim) == [.systems])
        try kim.ui.tap("Back")
        try await kim.signsIn(try kim.stage.account(email))
        try await kim.presses("home_make_site")
        try await kim.waits(for: "field_site_address")
        #expect(backs(kim) == [.systems])
    }

    @Test func whoGoesOutByTheSystemsBackLeavesNoFlowBehind() async throws {
        let kim = try await Kim.atHome()
        defer { kim.leaves() }
        let before = probeAliveObjects()
        try await kim.presses("home_add_device")
        try await kim.presses("scan_enter_manually")
        try await kim.types("2M047C9OAN00005", "field_serial")
        try await kim.waits(for: "finding_look_alike_body")
        try await kim.presses("back")
        try await kim.waits(for: "scan_hint")
        // What was typed is kept for a process that is killed, until the person leaves.
        let claim = try #require(kept(kim))
        try kim.ui.tap("Back")
        try await kim.waits(for: "home_add_device")
        #expect(kept(kim) == nil)
        try await until("the flow and its scanner are let go") { probeAliveObjects() <= before }
        // The core forgets it on a thread of its own; whoever resumes it at that very moment would keep it once more.
        try await Task.sleep(for: .seconds(2))
        for _ in 0..<1000 where (try? await kim.core.profile.resumeAddingDevice(id: claim)) != nil {
            try await Task.sleep(for: .milliseconds(10))
        }
        await #expect(throws: PorchlightError.NotFound) { _ = try await kim.core.profile.resumeAddingDevice(id: claim) }
    }

    @Test func whoLeavesASavedDeviceByTheSystemsBackKeepsIt() async throws {
        let left = try await queuedAndKilled()
        let kim = try await left.opensAgain()
        defer { kim.leaves() }
        try await kim.presses("tab_devices")
        try await kim.opens("Gate")
        try await kim.waits(for: "queued_title")
        #expect(backs(kim) == [.systems])
        try kim.ui.tap("Back")
        try await kim.waits(for: "device_queued")
    }

    private enum Back { case systems, ours }

    private func backs(_ kim: Kim) -> [Back] {
        kim.ui.reachable.filter { $0.kind == .button && $0.label == kim.says("back") }.map { $0.identifier == "BackButton" ? .systems : .ours }
    }

    /// What names the flow to the next process.
    private func kept(_ kim: Kim) -> String? { kim.scene.value("adding").flatMap { $0.isEmpty ? nil : $0 } }
}
