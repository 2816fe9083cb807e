import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

private let email = "kim@example.org"
private let devicePassword = "gate camera 7"

/// The journey through the real screens: the real core, the real cloud, devices on the real channel.
@MainActor @Suite(.serialized) struct JourneyTests {
    /// Somebody at the screen, with a phone and a stage.
    @MainActor final class Kim {
        let stage: Stage
        let phone = TestPhone()
        let camera = PictureCamera()
        let ui: Headless<RootScreen>
        let words: [String: String]

        init(language: String = "en") async throws {
            stage = try Stage()
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            let core = try await OpenCore.open(try stage.configuration(), in: folder, on: phone.ports)
            words = try Catalog.read().table(language)
            ui = Headless(RootScreen(core: core, kind: .customer, camera: camera), strings: words)
        }

        func says(_ key: String) -> String { words[key] ?? key }

        func waits(for key: String) async throws { try await ui.wait(for: says(key), within: .seconds(20)) }

        func presses(_ key: String) async throws {
            try await ui.waitUntilEnabled(says(key))
            try ui.tap(says(key))
        }

        func types(_ text: String, _ key: String) async throws {
            try await waits(for: key)
            try ui.type(text, into: says(key))
        }

        func signsIn(_ password: String) async throws {
            try await types(email, "field_email")
            try await types(password, "field_password")
            try await presses("sign_in_action")
        }

        func makesAPlace() async throws {
            try await presses("home_make_site")
            try await types("Lake house", "field_site_name")
            try await presses("new_site_action")
            try await waits(for: "home_add_device")
        }

        func enters(_ device: Stage.Device) async throws {
            try await presses("home_add_device")
            try await presses("scan_enter_manually")
            try await types(device.serial, "field_serial")
            try await presses("type_define")
        }

        func fillsIn(_ name: String, _ password: String) async throws {
            try await waits(for: "details_next")
            try await types(name, "field_device_name")
            try ui.type(password, into: says("field_device_password"))
            try await presses("details_next")
        }

        func leaves() {
            ui.close()
            stage.close()
        }
    }

    @Test func labelBeforeTheCameraAndTypedNumberBecomeDevicesInTheList() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        try await kim.presses("sign_in_register")
        try await kim.types("Kim", "field_given_name")
        try await kim.types("Lee", "field_family_name")
        try await kim.types(email, "field_email")
        try await kim.types("canary-porch-lantern", "field_new_password")
        try await kim.presses("register_action")
        try await kim.types("00000000", "field_code")
        try await kim.presses("code_action")
        try await kim.waits(for: "input_wrong_code")
        try await kim.types(try kim.stage.code(email), "field_code")
        try await kim.presses("code_action")
        try await kim.waits(for: "sign_in_address_verified")
        try await kim.signsIn("canary-porch-lantern")
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
        try await kim.presses("queued_give_up")
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

/// A camera that shows one picture again and again.
@MainActor final class PictureCamera: CameraSource {
    var seen: Stage.Device?
    private var running: Task<Void, Never>?

    func access() async -> CameraAccess { .allowed }

    func start(_ scanner: LabelScanner) {
        running = Task { [weak self] in
            while !Task.isCancelled {
                if let device = self?.seen, let luma = FileManager.default.contents(atPath: device.frame) {
                    _ = scanner.offerFrame(
                        luma: luma, width: device.width, height: device.height, rowStride: device.width, rotation: .none)
                }
                try? await Task.sleep(for: .milliseconds(40))
            }
        }
    }

    func stop() { running?.cancel() }

    func light(_ on: Bool) {}
}
