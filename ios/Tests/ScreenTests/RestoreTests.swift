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

    @Test func signedInPersonStaysSignedInAndAStepWithoutAClaimLeavesNothing() async throws {
        let left = try await detailsAndKilled()
        let kim = try await left.opensAgain()
        defer { kim.leaves() }
        try await kim.waits(for: "home_add_device")
        #expect(try await kim.core.devices.window(section: nil, site: nil, offset: 0, count: 10).total == 0)
    }

    private func detailsAndKilled() async throws -> LeftOnThePhone {
        let kim = try await Kim()
        let password = try kim.stage.account(email)
        try await kim.signsIn(password)
        try await kim.makesAPlace()
        try await kim.enters(try kim.stage.device(password: devicePassword))
        try await kim.waits(for: "details_next")
        kim.ui.close()
        return LeftOnThePhone(stage: kim.stage, phone: kim.phone, folder: kim.folder, password: password)
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
