import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// The journey through the real screens: the real core, the real cloud, devices on the real channel.
@MainActor @Suite(.serialized) struct JourneyTests {
    @Test func labelBeforeTheCameraAndTypedNumberBecomeDevicesInTheList() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        try await kim.registers()
        try await kim.types("00000000", "field_code")
        try await kim.presses("code_action")
        try await kim.waits(for: "input_wrong_code")
        try await kim.confirmsAndSignsIn()
        try await kim.makesAPlace()

        let gate = try kim.stage.device(password: devicePassword)
        kim.camera.seen = gate
        try await kim.presses("home_add_device")
        try await kim.waits(for: "confirm_compare")
        try await kim.presses("confirm_define")
        kim.camera.seen = nil
        try await kim.fillsIn("Gate", devicePassword)
        try await kim.waits(for: "added_title")
        try await kim.presses("added_done")

        let door = try kim.stage.device(claimCode: true)
        try await kim.enters(door)
        try await kim.waits(for: "details_next")
        try kim.ui.type(kim.says("details_has_none"), into: kim.says("details_has_password_question"))
        try await kim.types("Door", "field_device_name")
        try kim.ui.type("door lock 12", into: kim.says("field_device_password"))
        try await kim.types("door lock 13", "field_device_password_again")
        try await kim.types(door.claimCode ?? "", "field_claim_code")
        try await kim.presses("details_next")
        try await kim.waits(for: "input_differs")
        try await kim.types("door lock 12", "field_device_password_again")
        try await kim.presses("details_next")
        try await kim.waits(for: "added_title")
        try await kim.presses("added_done")
        try await kim.ui.wait(for: "2 devices", within: .seconds(20))
        try kim.ui.tap("2 devices")
        try await kim.ui.wait(for: "Gate, LX-4, Lake house, Online", within: .seconds(20))
        #expect(kim.ui.shows("Door"))
        #expect(kim.ui.unnamed.isEmpty)
        #expect(kim.ui.runtime.missingKeys.isEmpty)
    }

    @Test func screenThatIsMadeAgainByTheOneAroundItGoesOnHearing() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        let password = try kim.stage.account(email)
        try await kim.waits(for: "sign_in_title")
        // As SwiftUI does, to compare it and throw it away.
        _ = RootScreen(core: kim.core, kind: .customer, phone: kim.parts)
        try await kim.signsIn(password)
        try await kim.waits(for: "home_empty_title")
        _ = RootScreen(core: kim.core, kind: .customer, phone: kim.parts)
        try await kim.makesAPlace()
    }

    @Test func whatGoesWrongSaysWhatToDo() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        try await kim.signsIn(try kim.stage.account(email))
        try await kim.makesAPlace()
        let gate = try kim.stage.device(password: devicePassword)
        try await kim.enters(gate)
        try await kim.fillsIn("Gate", "not its password")
        try await kim.waits(for: "failure_wrong_password_title")
        #expect(kim.ui.shows("tries left in the next 15 minutes"))
        try await kim.presses("remedy_retype_password")
        try await kim.fillsIn("Gate", devicePassword)
        try await kim.waits(for: "added_title")
        try await kim.presses("added_done")

        let boxed = try kim.stage.device(password: devicePassword, on: false)
        try await kim.enters(boxed)
        try await kim.fillsIn("Shed", devicePassword)
        try await kim.waits(for: "failure_no_answer_title")
        try kim.stage.switchOn(boxed)
        try await kim.presses("remedy_try_again")
        try await kim.waits(for: "added_title")
        try await kim.presses("added_done")

        let theirs = try kim.stage.device(password: devicePassword)
        try kim.stage.own(theirs, password: devicePassword)
        try await kim.enters(theirs)
        try await kim.fillsIn("Theirs", devicePassword)
        try await kim.waits(for: "failure_belongs_to_another_title")
        try await kim.presses("added_done")
        try await kim.waits(for: "home_add_device")
    }

    @Test func withoutASignalADeviceIsSavedAndSaysSo() async throws {
        let kim = try await Kim(language: "de")
        defer { kim.leaves() }
        try await kim.signsIn(try kim.stage.account(email))
        try await kim.makesAPlace()
        let gate = try kim.stage.device(password: devicePassword)
        kim.phone.online = false
        try await kim.enters(gate)
        try await kim.fillsIn("Tor", devicePassword)
        try await kim.waits(for: "queued_title")
        #expect(kim.ui.shows("Tor ist noch nicht hinzugefügt."))
        try await kim.presses("added_done")
        try await kim.ui.wait(for: "1 Gerät", within: .seconds(20))
        #expect(kim.ui.runtime.missingKeys.isEmpty)
    }
}
