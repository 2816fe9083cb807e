import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// A process that is killed leaves a folder and the Keychain; the next one goes on from there.
@MainActor @Suite(.serialized) struct RestoreTests {
    @Test func queuedDeviceGoesOnInTheNextProcessAndIsAddedOnce() async throws {
        let left = try await queuedAndKilled()
        let kim = try await left.opensAgain()
        defer { kim.leaves() }
        try await kim.ui.wait(for: "1 device", within: .seconds(20))
        try kim.ui.tap("1 device")
        try await kim.ui.wait(for: kim.says("device_queued"), within: .seconds(20))
        let row = try #require(kim.ui.reachable.first { $0.action != nil && $0.label.contains("Gate") })
        row.action?()
        try await kim.waits(for: "queued_title")
        kim.phone.online = true
        try kim.core.porchlight.networkChanged()
        try await kim.waits(for: "added_title")
        try await kim.presses("added_done")
        try await kim.ui.wait(for: kim.says("device_online"), within: .seconds(20))
        #expect(try await kim.core.devices.window(section: nil, site: nil, offset: 0, count: 10).total == 1)
    }

    @Test func scanningGoesOnInTheNextProcess() async throws {
        let aiming: (Kim, Stage.Device) async throws -> Void = { kim, _ in
            try await kim.presses("home_add_device")
            try await kim.waits(for: "scan_hint")
        }
        try await goesOn(from: aiming, at: "scan_hint")
    }

    @Test func whatWasTypedIsThereInTheNextProcess() async throws {
        var serial = ""
        let typing: (Kim, Stage.Device) async throws -> Void = { kim, device in
            serial = device.serial
            try await kim.presses("home_add_device")
            try await kim.presses("scan_enter_manually")
            try await kim.types(device.serial, "field_serial")
            try await kim.ui.waitUntilEnabled(kim.says("type_define"))
        }
        try await goesOn(from: typing, at: "type_define") { kim in
            #expect(kim.ui.reachable.contains { $0.kind == .field && $0.value == serial })
        }
    }

    @Test func numberThatWasReadIsComparedInTheNextProcess() async throws {
        let reading: (Kim, Stage.Device) async throws -> Void = { kim, device in
            try await kim.presses("home_add_device")
            try await kim.types(device.picture, "scan_picture")
            try await kim.waits(for: "confirm_define")
        }
        try await goesOn(from: reading, at: "confirm_define")
    }

    @Test func detailsAreThereInTheNextProcessButForThePassword() async throws {
        let filling: (Kim, Stage.Device) async throws -> Void = { kim, device in
            try await kim.enters(device)
            try await kim.types("Boat gate", "field_device_name")
            try kim.ui.type(devicePassword, into: kim.says("field_device_password"))
        }
        try await goesOn(from: filling, at: "details_next") { kim in
            #expect(kim.ui.reachable.contains { $0.kind == .field && $0.value == "Boat gate" })
            #expect(kim.ui.reachable.contains { $0.kind == .secureField && $0.value == "" })
            try await kim.fillsIn("Boat gate", devicePassword)
            try await kim.waits(for: "added_title")
            let total = try await kim.core.devices.window(section: nil, site: nil, offset: 0, count: 10).total
            #expect(total == 1)
        }
    }

    /// The claim may be through before the next process asks: then the list shows the device.
    @Test func addingGoesOnInTheNextProcessAndNothingHappensTwice() async throws {
        let kim = try await Kim.atHome()
        // Off until the next process is there: adding takes a moment only.
        let gate = try kim.stage.device(password: devicePassword, on: false)
        try await kim.enters(gate)
        try await kim.fillsIn("Gate", devicePassword)
        try await kim.waits(for: "adding_title")
        let scene = kim.scene
        kim.ui.close()
        let next = try await Kim(stage: kim.stage, phone: kim.phone, folder: kim.folder, scene: scene)
        defer { next.leaves() }
        try kim.stage.switchOn(gate)
        try await until("it is added") { next.ui.shows(next.says("added_title")) || next.ui.shows("1 device") }
        try await Task.sleep(for: .milliseconds(500))
        let total = try await next.core.devices.window(section: nil, site: nil, offset: 0, count: 10).total
        #expect(total == 1)
    }

    @Test func failureIsStillExplainedInTheNextProcess() async throws {
        try await goesOn(
            from: { kim, device in
                try await kim.enters(device)
                try await kim.fillsIn("Gate", "not its password")
                try await kim.waits(for: "failure_wrong_password_title")
            }, at: "failure_wrong_password_title")
    }

    @Test func whoLeftTheFlowComesBackToTheirHome() async throws {
        try await goesOn(
            from: { kim, device in
                try await kim.enters(device)
                try await kim.waits(for: "details_next")
                for step in ["type_define", "scan_hint", "home_add_device"] {
                    try await kim.presses("back")
                    try await kim.waits(for: step)
                }
            }, at: "home_add_device")
    }

    /// Gets somewhere, is killed there, and is at the same place in the next process.
    private func goesOn(
        from steps: (Kim, Stage.Device) async throws -> Void, at place: String,
        then: (Kim) async throws -> Void = { _ in }
    ) async throws {
        let kim = try await Kim.atHome()
        try await steps(kim, try kim.stage.device(password: devicePassword))
        // As the system does before it kills.
        try await kim.core.porchlight.enteredBackground()
        let scene = kim.scene
        kim.ui.close()
        let next = try await Kim(stage: kim.stage, phone: kim.phone, folder: kim.folder, scene: scene)
        defer { next.leaves() }
        try await next.waits(for: place)
        try await then(next)
    }
}

/// What outlives a process.
@MainActor struct LeftOnThePhone {
    let stage: Stage
    let phone: TestPhone
    let folder: URL
    let password: String

    func opensAgain() async throws -> Kim { try await Kim(stage: stage, phone: phone, folder: folder) }
}

/// A device that was saved without a signal; nothing of the process that did it is alive.
@MainActor func queuedAndKilled() async throws -> LeftOnThePhone {
    let kim = try await Kim()
    let password = try kim.stage.account(email)
    try await kim.signsIn(password)
    try await kim.makesAPlace()
    let gate = try kim.stage.device(password: devicePassword)
    kim.phone.online = false
    try await kim.enters(gate)
    try await kim.fillsIn("Gate", devicePassword)
    try await kim.waits(for: "queued_title")
    kim.ui.close()
    return LeftOnThePhone(stage: kim.stage, phone: kim.phone, folder: kim.folder, password: password)
}
