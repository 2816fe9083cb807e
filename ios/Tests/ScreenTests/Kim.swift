import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

let email = "kim@example.org"
let devicePassword = "gate camera 7"
let accountPassword = "canary-porch-lantern"

/// Somebody at the screen, with a phone and a stage.
@MainActor final class Kim {
    let stage: Stage
    let phone: TestPhone
    let camera = PictureCamera()
    let links = TestLinks()
    var parts: PhoneParts { PhoneParts(camera: camera, links: links) }
    let ui: Headless<RootScreen>
    let words: [String: String]

    let core: OpenCore
    let folder: URL
    let scene: SceneStore
    private let language: String
    private let app: AppKind

    convenience init(language: String = "en", app: AppKind = .customer) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try await self.init(stage: try Stage(), phone: TestPhone(), folder: folder, language: language, app: app)
    }

    /// With what an earlier process left on the phone.
    init(
        stage: Stage, phone: TestPhone, folder: URL, scene: SceneStore = SceneStore(), language: String = "en", app: AppKind = .customer
    ) async throws {
        (self.stage, self.phone, self.folder, self.scene) = (stage, phone, folder, scene)
        (self.language, self.app) = (language, app)
        core = try await OpenCore.open(try stage.configuration(), in: folder, on: phone.ports)
        words = try Catalog.read().table(language)
        ui = Headless(RootScreen(core: core, kind: app, phone: PhoneParts(camera: camera, links: links)), strings: words, scene: scene)
    }

    /// Signed in, with one location.
    static func atHome(language: String = "en") async throws -> Kim {
        let kim = try await Kim(language: language)
        try await kim.signsIn(try kim.stage.account(email))
        try await kim.makesAPlace()
        return kim
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

    func signsIn(_ password: String, as address: String = email) async throws {
        try await types(address, "field_email")
        try await types(password, "field_password")
        try await presses("sign_in_action")
    }

    func registers() async throws {
        try await presses("sign_in_register")
        try await types("Kim", "field_given_name")
        try await types("Lee", "field_family_name")
        try await types(email, "field_email")
        try await types(accountPassword, "field_new_password")
        try await presses("register_action")
    }

    /// With the code from the mail, then with the password.
    func confirmsAndSignsIn() async throws {
        try await types(try stage.code(email), "field_code")
        try await presses("code_action")
        try await waits(for: "sign_in_address_verified")
        try await signsIn(accountPassword)
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

    /// Presses a line of the list of devices, queued or added.
    func opens(_ device: String) async throws {
        let line = { self.ui.reachable.first { $0.action != nil && $0.label.contains(device) } }
        try await until("\(device) is listed") { line() != nil }
        line()?.action?()
    }

    /// A flow of their own, as a screen would have it, and the scanner for its camera.
    func scanning() async throws -> (model: AddDeviceModel, scanner: LabelScanner) {
        let siteID = try await core.sites.window(offset: 0, count: 1).items[0].id
        let model = AddDeviceModel(core: core, opening: .new(section: .video, siteID: siteID))
        await model.open()
        return (model, try #require(model.labelScanner()))
    }

    /// The next process of the app, with what this one left on the phone and what the system kept of its scene.
    func opensAgain() async throws -> Kim {
        try await Kim(stage: stage, phone: phone, folder: folder, scene: scene, language: language, app: app)
    }

    func leaves() {
        ui.close()
        stage.close()
    }
}

/// A camera that shows one picture again and again.
@MainActor final class PictureCamera: CameraSource {
    var seen: Stage.Device?
    var isRefused = false
    private var running: Task<Void, Never>?

    func access() async -> CameraAccess { isRefused ? .refused : .allowed }

    func start(_ scanner: LabelScanner) {
        running = Task { [weak self] in
            while !Task.isCancelled {
                if let device = self?.seen, let luma = FileManager.default.contents(atPath: device.frame) {
                    _ = try? scanner.offerFrame(
                        luma: luma, width: device.width, height: device.height, rowStride: device.width, rotation: .none)
                }
                try? await Task.sleep(for: .milliseconds(40))
            }
        }
    }

    func stop() { running?.cancel() }

    func light(_ on: Bool) {}
}
