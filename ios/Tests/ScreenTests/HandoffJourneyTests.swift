import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// An installer works in a customer's account by consent, through the real screens of both apps on one phone.
@MainActor @Suite(.serialized) struct HandoffJourneyTests {
    @Test func installerAsksCustomerConsentsAndEndsItAndBothSeeItAtOnce() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        let (ana, kim, there) = (phones.ana, phones.kim, phones.there)
        try await phones.everybodySignsIn()
        try await ana.presses("customers_add")
        try await ana.types("Kim", "field_given_name")
        try await ana.types("Lee", "field_family_name")
        try await ana.types(email, "field_email")
        try await ana.presses("customers_add")
        try await ana.waits(for: "customer_waiting")

        try await kim.presses("tab_people")
        try await kim.shows("Bright Solar says that you are their customer")
        try await kim.presses("offer_accept")
        try await phones.anaAsks()
        try await ana.waits(for: "customer_asked")

        try await kim.shows("Ana Ruiz of Bright Solar asks to work in your account")
        #expect(kim.ui.shows("“Two new cameras”"))
        #expect(kim.ui.shows("Add devices"))
        #expect(!kim.ui.shows("Watch live pictures"), "nobody ticked it")
        try kim.ui.type("1 hour", into: kim.says("request_lasts"))
        try await kim.presses("request_consent")
        try await ana.shows("Access until")

        try await phones.anaOpensTheAccount()
        #expect(!there.ui.shows("Lake house"), "nothing is shown before the tap")
        #expect(there.ui.shows("The whole account"))
        try await there.presses("handoff_confirm")
        try await there.shows("You are working in Kim Lee’s account for Bright Solar until")
        try await there.enters(try phones.stage.device(password: devicePassword))
        #expect(there.ui.shows("You are working in Kim Lee’s account for Bright Solar until"))
        try await there.fillsIn("Gate", devicePassword)
        try await there.waits(for: "added_title")
        try await there.presses("added_done")

        try await kim.shows("Ana Ruiz of Bright Solar")
        try await kim.presses("history_title")
        try await kim.shows("Added the device Gate")
        #expect(kim.ui.shows("Ana Ruiz of Bright Solar, "))
        try kim.ui.tap("BackButton")
        try await kim.ui.waitUntilEnabled("End the access of Ana Ruiz now")
        try kim.ui.tap("End the access of Ana Ruiz now")
        let asked = ContinuousClock.now
        try await there.shows("Access to Kim Lee’s account has ended")
        // A second on a machine that has nothing else to do; end_to_end measures it.
        #expect(ContinuousClock.now - asked < .seconds(5))
        #expect(!there.ui.shows("Gate"))
        try await there.presses("acting_done")
        try await there.waits(for: "sign_in_title")
        try await ana.waits(for: "customer_no_access")
        for app in [ana, kim, there] { #expect(app.ui.unnamed.isEmpty && app.ui.runtime.missingKeys.isEmpty) }
    }

    @Test func customerWhoDeclinesGivesNothing() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.kimIsACustomer()
        try await phones.anaAsks()
        try await phones.kim.shows("asks to work in your account")
        try await phones.kim.presses("request_decline")
        try await phones.ana.waits(for: "customer_no_access")
        try await until("the home screen is back") { !phones.kim.ui.shows("asks to work in your account") }
    }

    @Test func requestThatIsTakenBackGoesFromTheCustomersScreen() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.kimIsACustomer()
        try await phones.anaAsks()
        try await phones.kim.shows("asks to work in your account")
        try await phones.ana.presses("customer_withdraw")
        try await phones.kim.waits(for: "request_over")
        #expect(!phones.kim.ui.shows(phones.kim.says("request_consent")))
        try await phones.ana.waits(for: "customer_no_access")
    }

    @Test func withoutTheCustomerAppThePartnerAppSaysSo() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.kimIsACustomer()
        try await phones.anaAsks()
        try await phones.kimConsents()
        phones.ana.links.appIsMissing = true
        try await phones.ana.presses("customer_open")
        try await phones.ana.waits(for: "error_customer_app_missing")
    }

    @Test func installerLeavesTheAccountAndTheAccessStays() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.anaWorksThere()
        try await phones.there.presses("acting_end")
        try await phones.there.shows("You left Kim Lee’s account")
        #expect(!phones.there.ui.shows("has ended"))
        try await phones.there.presses("acting_done")
        try await phones.there.waits(for: "sign_in_title")
        #expect(phones.there.links.newest == nil)
        #expect(phones.ana.ui.shows("Access until"))
    }

    @Test func fromTheEndTheWayLeadsBackToTheCustomers() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        let there = phones.there
        try await phones.anaWorksThere()
        try await phones.kimEndsIt()
        try await there.shows("Access to Kim Lee’s account has ended")
        there.links.appIsMissing = true
        try await there.presses("acting_to_customers")
        try await there.waits(for: "handoff_partner_app_missing")
        #expect(there.ui.shows("Access to Kim Lee’s account has ended"), "it was not read yet")
        there.links.appIsMissing = false
        try await there.presses("acting_to_customers")
        try await there.waits(for: "sign_in_title")
        let host = try phones.stage.configuration().linkHost
        #expect(there.links.newest?.absoluteString == "https://\(host)/p")
    }

    /// Her own sign-out ends the session that her link made: the access stays, and that is said.
    @Test func sessionThatEndsWithTheInstallersOwnIsNotSaidToBeTheEndOfTheAccess() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.anaWorksThere()
        try await phones.ana.presses("tab_more")
        try await phones.ana.presses("settings_sign_out")
        try await phones.there.shows("Your session in Kim Lee’s account is over")
        #expect(!phones.there.ui.shows("has ended"))
        #expect(phones.there.ui.unnamed.isEmpty && phones.there.ui.runtime.missingKeys.isEmpty)
    }

    @Test func commentThatIsTooLongIsSaidAtItsField() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.kimIsACustomer()
        try await phones.anaAsks(String(repeating: "x", count: 10 * 1024))
        try await phones.ana.waits(for: "input_too_long")
        #expect(phones.ana.ui.shows("You ask Kim Lee"))
    }
}
