import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// Every control has a name, and every name is a word of the catalog, in both languages.
@MainActor @Suite(.serialized) struct AccessibilityTests {
    @Test(arguments: ["en", "de"]) func everyControlOfEveryScreenHasAName(language: String) async throws {
        let kim = try await Kim(language: language)
        defer { kim.leaves() }
        try await kim.presses("sign_in_register")
        try await kim.waits(for: "register_password_rule")
        look(kim)
        try kim.ui.tap("Back")
        try await kim.signsIn(try kim.stage.account(email))
        try await kim.waits(for: "home_empty_title")
        look(kim)
        try await kim.presses("home_make_site")
        try await kim.waits(for: "field_site_address")
        look(kim)
        try await kim.types("Lake house", "field_site_name")
        try await kim.presses("new_site_action")
        try await kim.waits(for: "home_add_device")
        look(kim)
        let gate = try kim.stage.device(password: devicePassword)
        try await kim.presses("home_add_device")
        try await kim.waits(for: "scan_hint")
        look(kim)
        try await kim.presses("scan_enter_manually")
        try await kim.types("2M047C9OAN00005", "field_serial")
        try await kim.waits(for: "finding_look_alike_body")
        look(kim)
        try await kim.types(gate.serial, "field_serial")
        try await kim.presses("type_define")
        try await kim.waits(for: "details_next")
        look(kim)
        try await kim.fillsIn("Gate", "not its password")
        try await kim.waits(for: "failure_wrong_password_title")
        look(kim)
        try await kim.presses("remedy_retype_password")
        try await kim.fillsIn("Gate", devicePassword)
        try await kim.waits(for: "added_title")
        look(kim)
        try await kim.presses("added_done")
        try await kim.presses("tab_more")
        try await kim.waits(for: "settings_diagnostics_what")
        look(kim)
        try await kim.presses("settings_sign_out")
        try await kim.waits(for: "sign_in_register")
        look(kim)
    }

    @Test(arguments: ["en", "de"]) func codesComparisonsSheetsAndQuestionsHaveNamesToo(language: String) async throws {
        let kim = try await Kim(language: language)
        defer { kim.leaves() }
        try await kim.registers()
        try await kim.waits(for: "code_again")
        look(kim)
        try await kim.confirmsAndSignsIn()
        try await kim.makesAPlace()

        let gate = try kim.stage.device(password: devicePassword)
        kim.camera.seen = gate
        try await kim.presses("home_add_device")
        try await kim.waits(for: "confirm_compare")
        look(kim)
        try await kim.presses("confirm_define")
        kim.camera.seen = nil
        try await kim.waits(for: "details_next")
        try kim.ui.type(kim.says("details_has_none"), into: kim.says("details_has_password_question"))
        try await kim.waits(for: "field_claim_code")
        look(kim)
        let here = TimeZone.current.identifier.replacing("_", with: " ")
        try kim.ui.tap(kim.says("zone_chosen %@").replacing("%1$@", with: here).replacing("%@", with: here))
        try await kim.types("york", "zone_search")
        try await kim.ui.wait(for: "America/New_York", within: .seconds(20))
        look(kim)
        try kim.ui.tap("America/New_York")
        try kim.ui.type(kim.says("details_has_password"), into: kim.says("details_has_password_question"))
        kim.phone.online = false
        try await kim.fillsIn("Gate", devicePassword)
        try await kim.waits(for: "queued_title")
        look(kim)
        try await kim.presses("queued_give_up")
        try await kim.waits(for: "queued_give_up_body")
        look(kim)
        try await kim.presses("cancel")
        try await kim.presses("added_done")
        try await kim.presses("tab_devices")
        try await kim.ui.wait(for: "Gate", within: .seconds(20))
        look(kim)
        try await kim.presses("tab_people")
        look(kim)
    }

    @Test(arguments: ["en", "de"]) func devicesReportsAndTheQuestionsAboutThemHaveNamesToo(language: String) async throws {
        let kim = try await Kim.atHome(language: language)
        defer { kim.leaves() }
        kim.camera.isRefused = true
        // Off until it was looked at: adding takes a moment only.
        let gate = try kim.stage.device(password: devicePassword, on: false)
        try await kim.presses("home_add_device")
        try await kim.waits(for: "scan_camera_refused_title")
        look(kim)
        try await kim.presses("scan_enter_manually")
        try await kim.types(gate.serial, "field_serial")
        try await kim.presses("type_define")
        try await kim.fillsIn("Gate", devicePassword)
        try await kim.waits(for: "adding_title")
        look(kim)
        try kim.stage.switchOn(gate)
        try await kim.waits(for: "added_title")
        try await kim.presses("added_done")

        try await kim.presses("tab_devices")
        try await kim.opens("Gate")
        try await kim.waits(for: "device_remove")
        try await kim.presses("device_remove")
        try await kim.waits(for: "device_remove_body")
        look(kim)
        try await kim.presses("cancel")
        look(kim)
        try kim.ui.tap("Back")

        _ = try await kim.core.sites.make(name: "Barn", address: "", timeZone: "Europe/Berlin")
        try await kim.presses("tab_home")
        try await kim.ui.wait(for: "Barn")
        let places = kim.ui.reachable.first { $0.kind == .picker && $0.children.contains { $0.label == "Barn" } }
        places?.input?(kim.says("home_all_sites"))
        try await kim.presses("home_add_device")
        try await until("it is asked where") { kim.ui.reachable.first?.kind == .alert }
        #expect(kim.ui.reachable.contains { $0.kind == .button && $0.label == "Barn" })
        look(kim)
        try kim.ui.tap("Barn")
        try await kim.presses("scan_enter_manually")
        let boat = try kim.stage.device(password: devicePassword)
        try await kim.types(boat.serial, "field_serial")
        try await kim.presses("type_define")
        kim.phone.online = false
        try await kim.fillsIn("Boat", devicePassword)
        try await kim.presses("added_done")
        try await kim.presses("tab_more")
        try await kim.presses("settings_sign_out")
        try await kim.waits(for: "settings_unsent_title")
        look(kim)
    }

    @Test(arguments: ["en", "de"]) func faultWithItsReportHasNamesToo(language: String) async throws {
        let kim = try await Kim(language: language)
        defer { kim.leaves() }
        kim.phone.storeIsBroken = true
        try await kim.signsIn(try kim.stage.account(email))
        try await kim.waits(for: "error_internal")
        look(kim)
        try await kim.presses("report_details")
        look(kim)
    }

    private func look(_ kim: Kim) {
        #expect(kim.ui.unnamed.isEmpty, "\(kim.ui.text)")
        #expect(kim.ui.runtime.missingKeys.isEmpty, "\(kim.ui.runtime.missingKeys)")
    }

    @Test func partnerSignsInToItsCustomers() async throws {
        let ana = try await Kim(app: .partner)
        defer { ana.leaves() }
        try await ana.signsIn(try ana.stage.account(email))
        try await ana.waits(for: "customers_no_company_title")
        look(ana)
        let password = try ana.stage.partner("Bright Solar", "ben@bright.example")
        try await ana.presses("tab_more")
        try await ana.presses("settings_sign_out")
        try await ana.signsIn(password, as: "ben@bright.example")
        try await ana.waits(for: "customers_empty_title")
        look(ana)
    }

    @Test func signingOutAsksBeforeItThrowsAwayWhatOnlyThisPhoneHas() async throws {
        let kim = try await Kim.atHome()
        defer { kim.leaves() }
        let gate = try kim.stage.device(password: devicePassword)
        kim.phone.online = false
        try await kim.enters(gate)
        try await kim.fillsIn("Gate", devicePassword)
        try await kim.waits(for: "queued_title")
        try await kim.presses("added_done")
        try await kim.presses("tab_more")
        try await kim.presses("settings_sign_out")
        try await kim.ui.wait(for: "1 device is saved on this phone only and would be lost.", within: .seconds(20))
        try await kim.presses("settings_sign_out_discard")
        try await kim.waits(for: "sign_in_register")
    }
}
