import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// What a camera, a port or a person may do wrong: a typed answer, and everything goes on.
@MainActor @Suite(.serialized) struct BadInputTests {
    @Test func framesThatCannotBeAreRefusedAndTheNextOneIsRead() async throws {
        let kim = try await Kim.atHome()
        defer { kim.leaves() }
        let (model, scanner) = try await kim.scanning()
        let offer = { (bytes: Int, width: UInt32, height: UInt32, stride: UInt32) in
            try scanner.offerFrame(luma: Data(count: bytes), width: width, height: height, rowStride: stride, rotation: .quarter)
        }
        #expect(try offer(0, 0, 0, 0) == .refused(problem: .zeroSize))
        #expect(try offer(100, 20, 10, 20) == .refused(problem: .wrongStride))
        #expect(try offer(100, 10, 10, 5) == .refused(problem: .wrongStride))
        #expect(try offer(1, 1, 1, 1) == .taken)
        let gate = try kim.stage.device(password: devicePassword)
        let luma = try #require(FileManager.default.contents(atPath: gate.frame))
        try await until("the label is read") {
            _ = try? scanner.offerFrame(luma: luma, width: gate.width, height: gate.height, rowStride: gate.width, rotation: .none)
            return model.readings.first?.serial == gate.serial
        }
    }

    @Test func portThatThrowsIsBrokenAndServesAgainWhenItIsBack() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        let password = try kim.stage.account(email)
        kim.phone.storeIsBroken = true
        try await kim.signsIn(password)
        try await kim.ui.wait(for: "Something broke in this app.", within: .seconds(20))
        kim.phone.storeIsBroken = false
        try await kim.signsIn(password)
        try await kim.waits(for: "home_empty_title")
    }

    @Test func pictureThatIsNoneSaysWhatToDo() async throws {
        let kim = try await Kim.atHome()
        defer { kim.leaves() }
        try await kim.presses("home_add_device")
        try await kim.types("/nowhere", "scan_picture")
        try await kim.waits(for: "scan_not_a_picture")
        let gate = try kim.stage.device(password: devicePassword)
        try await kim.types(gate.picture, "scan_picture")
        try await kim.waits(for: "confirm_compare")
    }

    @Test func refusedCameraLeavesTypingAndPictures() async throws {
        let kim = try await Kim.atHome()
        defer { kim.leaves() }
        kim.camera.isRefused = true
        try await kim.presses("home_add_device")
        try await kim.waits(for: "scan_camera_refused_title")
        try await kim.presses("scan_enter_manually")
        try await kim.waits(for: "type_where")
    }

    @Test func twoFlowsAtOnceAddTwoDevices() async throws {
        let kim = try await Kim.atHome()
        defer { kim.leaves() }
        let siteID = try await kim.core.sites.window(offset: 0, count: 1).items[0].id
        var models: [AddDeviceModel] = []
        for _ in 0..<2 {
            let device = try kim.stage.device(password: devicePassword)
            let model = AddDeviceModel(core: kim.core, opening: .new(section: .video, siteID: siteID))
            await model.open()
            model.readText(device.serial)
            await model.confirm(device.serial)
            models.append(model)
        }
        for (at, model) in models.enumerated() {
            await model.add("Gate \(at)", password: devicePassword)
        }
        try await until("both are added") {
            models.allSatisfy { if case .added = $0.state { true } else { false } }
        }
    }

    @Test func linkThatComesInWhileAddingLeavesWhatWasTyped() async throws {
        let kim = try await Kim.atHome()
        defer { kim.leaves() }
        // Off until the link came in: adding takes a moment only.
        let gate = try kim.stage.device(password: devicePassword, on: false)
        try await kim.presses("home_add_device")
        try await kim.presses("scan_enter_manually")
        try await kim.types(gate.serial, "field_serial")
        try await linkComesIn(kim)
        #expect(kim.ui.reachable.contains { $0.kind == .field && $0.value == gate.serial })
        try await kim.presses("type_define")
        try await kim.types("Gate", "field_device_name")
        try kim.ui.type(devicePassword, into: kim.says("field_device_password"))
        try await linkComesIn(kim)
        #expect(kim.ui.reachable.contains { $0.kind == .field && $0.value == "Gate" })
        try await kim.presses("details_next")
        try await kim.waits(for: "adding_title")
        try await linkComesIn(kim)
        try kim.stage.switchOn(gate)
        try await kim.waits(for: "added_title")
        #expect(try await kim.core.devices.window(section: nil, site: nil, offset: 0, count: 10).total == 1)
    }

    /// The app was behind the one that had the link.
    /// It is refused before everything else; whoever has read that is where they were.
    private func linkComesIn(_ kim: Kim) async throws {
        try await kim.core.porchlight.enteredBackground()
        try await kim.core.porchlight.enteredForeground()
        kim.ui.runtime.opened?(try #require(URL(string: "https://porchlight.example/h#c=not-a-code")))
        try await kim.waits(for: "handoff_not_a_link")
        try await kim.presses("cancel")
        try await until("the refusal is gone") { !kim.ui.shows(kim.says("handoff_not_a_link")) }
    }

    @Test func framesAndCallsAfterTheEndOfAFlowChangeNothing() async throws {
        let kim = try await Kim.atHome()
        defer { kim.leaves() }
        let (model, scanner) = try await kim.scanning()
        await model.cancel()
        try await until("the flow is over") { model.isGone }
        let gate = try kim.stage.device(password: devicePassword)
        let luma = try #require(FileManager.default.contents(atPath: gate.frame))
        for _ in 0..<20 {
            _ = try? scanner.offerFrame(luma: luma, width: gate.width, height: gate.height, rowStride: gate.width, rotation: .none)
            try await Task.sleep(for: .milliseconds(20))
        }
        await model.readPicture(luma)
        await model.add("Gate", password: devicePassword)
        #expect(model.state == .ended && model.readings.isEmpty)
        #expect(model.problem == .Conflict(reason: .notNow))
    }

    @Test func stepThatDoesNotFollowIsAConflictAndChangesNothing() async throws {
        let kim = try await Kim.atHome()
        defer { kim.leaves() }
        let siteID = try await kim.core.sites.window(offset: 0, count: 1).items[0].id
        let model = AddDeviceModel(core: kim.core, opening: .new(section: .video, siteID: siteID))
        await model.open()
        await model.tryAgain()
        #expect(model.problem == .Conflict(reason: .notNow))
        await model.cancel()
        try await until("the flow is over") { model.isGone }
        await model.confirm("LX4-00001")
        #expect(model.problem == .Conflict(reason: .notNow))
    }

    @Test func panicInTheCoreIsInternalWithAReport() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        do {
            try await kim.core.porchlight.probePanic()
            Issue.record("it went well")
        } catch PorchlightError.Internal(let reportID) {
            #expect(try kim.core.porchlight.diagnostics().contains(reportID))
        }
        try await kim.waits(for: "sign_in_title")
    }

    @Test func folderThatIsAFileIsInternal() async throws {
        let stage = try Stage()
        defer { stage.close() }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try Data("in the way".utf8).write(to: file)
        await #expect(throws: PorchlightError.self) {
            _ = try await OpenCore.open(try stage.configuration(), in: file, on: TestPhone().ports)
        }
        #expect(try Data(contentsOf: file) == Data("in the way".utf8))
    }
}
