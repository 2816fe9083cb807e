import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// What stands on many screens: passwords that can be looked at, reports, questions before something is lost.
@MainActor @Suite(.serialized) struct SmallPartsTests {
    @Test func passwordIsShownWhileThePersonWantsTo() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        try await kim.types("porch lantern", "field_password")
        let field = { kim.ui.reachable.first { $0.input != nil && $0.label == kim.says("field_password") } }
        #expect(field()?.kind == .secureField && field()?.value?.contains("porch") == false)
        try kim.ui.tap(named("password_show", kim))
        #expect(field()?.kind == .field && field()?.value == "porch lantern")
        try kim.ui.tap(named("password_hide", kim))
        #expect(field()?.kind == .secureField)
    }

    @Test(arguments: [AppKind.customer, .partner]) func forgottenPasswordIsReplacedInTheBrowser(app: AppKind) async throws {
        let kim = try await Kim(app: app)
        defer { kim.leaves() }
        try await kim.presses("password_forgot")
        let cloud = try kim.stage.configuration().cloud
        #expect(kim.ui.runtime.asked.map(\.absoluteString) == ["\(cloud)/password"])
    }

    @Test func screenSaysThatItWaitsForItsFirstReading() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        let (nobody, access) = (UUID().uuidString.lowercased(), AccessModel(core: kim.core))
        let request = Headless(RequestScreen(core: kim.core, access: access, requestID: nobody), strings: kim.words)
        #expect(request.shows(kim.says("waiting")))
        request.close()
        let customer = Headless(
            CustomerScreen(core: kim.core, access: access, customerID: nobody, links: kim.links, path: .constant([])), strings: kim.words)
        #expect(customer.shows(kim.says("waiting")))
        customer.close()
    }

    private func named(_ key: String, _ kim: Kim) -> String {
        kim.says("\(key) %@").replacing("%1$@", with: kim.says("field_password")).replacing("%@", with: kim.says("field_password"))
    }

    @Test func faultOfOursNamesItsReportUnderDetails() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        kim.phone.storeIsBroken = true
        try await kim.signsIn(try kim.stage.account(email))
        try await kim.waits(for: "error_internal")
        let before = kim.says("report_id %@").prefix { $0 != "%" }
        #expect(!kim.ui.shows(String(before)), "folded away")
        try await kim.presses("report_details")
        let line = try #require(kim.ui.reachable.first { $0.kind == .text && $0.label.hasPrefix(before) })
        let reportID = String(line.label.dropFirst(before.count))
        #expect(!reportID.isEmpty)
        let shared = kim.ui.reachable.first { $0.label == kim.says("settings_diagnostics") }?.value
        #expect(shared?.contains(reportID) == true, "what is sent holds the report")
    }

    @Test func givingUpASavedDeviceAsksFirst() async throws {
        let left = try await queuedAndKilled()
        let kim = try await left.opensAgain()
        defer { kim.leaves() }
        try await kim.presses("tab_devices")
        try await kim.opens("Gate")
        try await kim.presses("queued_give_up")
        try await kim.waits(for: "queued_give_up_body")
        try await kim.presses("cancel")
        try await kim.waits(for: "queued_title")
        try await kim.presses("queued_give_up")
        try await kim.waits(for: "queued_give_up_body")
        try await kim.presses("queued_give_up")
        try await kim.waits(for: "devices_empty")
        #expect(try await kim.core.devices.window(section: nil, site: nil, offset: 0, count: 1).total == 0)
    }

    @Test func whoDoesNotWantToLoseASavedDeviceStaysSignedIn() async throws {
        let left = try await queuedAndKilled()
        let kim = try await left.opensAgain()
        defer { kim.leaves() }
        try await kim.presses("tab_more")
        try await kim.presses("settings_sign_out")
        try await kim.waits(for: "settings_unsent_title")
        try await kim.presses("cancel")
        #expect(!kim.ui.shows(kim.says("settings_unsent_title")))
        try await kim.presses("tab_devices")
        try await kim.waits(for: "device_queued")
    }

    @Test func deviceWithoutAPasswordAsksForItsCodeOnlyIfTheLabelDidNotSayIt() async throws {
        let kim = try await Kim.atHome()
        defer { kim.leaves() }
        let door = try kim.stage.device(claimCode: true)
        try await kim.enters(door)
        try await choosesNone(kim)
        try await kim.waits(for: "details_by_button")
        #expect(kim.ui.shows(kim.says("field_claim_code")))
        for step in ["type_define", "scan_picture"] {
            try await kim.presses("back")
            try await kim.waits(for: step)
        }
        try await kim.types(door.picture, "scan_picture")
        try await kim.presses("confirm_define")
        try await choosesNone(kim)
        try await kim.waits(for: "details_by_label")
        #expect(!kim.ui.shows(kim.says("field_claim_code")))
        try await kim.types("Door", "field_device_name")
        try await kim.types("door lock 12", "field_device_password")
        try await kim.types("door lock 12", "field_device_password_again")
        try await kim.presses("details_next")
        try await kim.waits(for: "added_title")
    }

    private func choosesNone(_ kim: Kim) async throws {
        try await kim.waits(for: "details_next")
        try kim.ui.type(kim.says("details_has_none"), into: kim.says("details_has_password_question"))
    }
}
