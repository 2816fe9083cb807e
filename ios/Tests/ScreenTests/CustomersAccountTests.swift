import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// An installer is in a customer's account: phones whose clocks are wrong, that are out of reach, and customers who are new.
@MainActor @Suite(.serialized) struct CustomersAccountTests {
    @Test(arguments: [-30.0, 30.0]) func phoneWhoseClockIsWrongByYearsWorksAsAny(years: Double) async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        for app in [phones.ana, phones.there] { app.phone.wrongBy = years * 365 * 86_400 }
        try await phones.anaWorksThere()
        try await phones.addsTheGate(phones.there)
        try await phones.kim.presses("tab_people")
        try await phones.kim.ui.waitUntilEnabled("End the access of Ana Ruiz now")
        try phones.kim.ui.tap("End the access of Ana Ruiz now")
        try await phones.there.shows("Access to Kim Lee’s account has ended")
    }

    @Test func phoneOutOfReachCoversTheAccountUntilItHasAConnection() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        let there = phones.there
        try await phones.anaWorksThere()
        try await phones.addsTheGate(there)
        phones.stage.holdsStill()
        defer { phones.stage.goesOn() }
        for app in [phones.ana, there] { app.phone.slept = 16 * 60 }
        try await there.waits(for: "acting_locked_body")
        #expect(!there.ui.shows("1 device"), "what is the customer's is covered")
        #expect(there.ui.shows("You are working in Kim Lee’s account for Bright Solar until"), "who acts is not")
        phones.stage.goesOn()
        try await there.shows("1 device")
    }

    /// The session is shorter than the access: before the tap it is said when it ends.
    @Test func linkSaysOnWhatItIsAndUntilWhenTheSessionLasts() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        let (ana, there) = (phones.ana, phones.there)
        try await phones.anaWorksThere()
        try await phones.addsTheGate(there)
        try await there.presses("acting_end")
        try await there.presses("acting_done")
        try await ana.presses("customer_ask")
        try await until("the device is offered") { ana.choices("ask_scope").contains("The device Gate") }
        try ana.ui.type("The device Gate", into: ana.says("ask_scope"))
        try ana.ui.type("3 days", into: ana.says("ask_lasts"))
        try await ana.presses("ask_action")
        try await ana.waits(for: "customer_withdraw")
        try await phones.kim.presses("request_consent")
        try await until("the answer is there") { !ana.ui.shows(ana.says("customer_withdraw")) }

        try await phones.anaOpensTheAccount()
        try await there.shows("The device Gate")
        // The minute may have passed meanwhile.
        let ends = [0.0, -60].map { "Until \(spell(Date(timeIntervalSinceNow: 8 * 3_600 + $0)))" }
        #expect(ends.contains { there.ui.shows($0) }, "\(there.ui.text)")
    }

    @Test func newCustomerKeepsWhatWasAddedAndTheInstallerIsOut() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.anaPreparesADevice()
        try await phones.kim.presses("offer_keep_it")
        try await phones.kim.presses("tab_home")
        try await phones.kim.shows("1 device")
        try await phones.ana.shows("Access to Kim Lee’s account has ended")
        try await phones.ana.presses("acting_to_customers")
        try await phones.ana.waits(for: "customer_no_access")
    }

    @Test func newCustomerRemovesWhatWasAdded() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.anaPreparesADevice()
        try await phones.kim.presses("offer_remove")
        try await phones.kim.presses("tab_home")
        try await phones.kim.waits(for: "home_empty_title")
        try await phones.ana.shows("Access to Kim Lee’s account has ended")
    }
}

extension TwoPhones {
    fileprivate func addsTheGate(_ who: Kim) async throws {
        try await who.enters(try stage.device(password: devicePassword))
        try await who.fillsIn("Gate", devicePassword)
        try await who.waits(for: "added_title")
        try await who.presses("added_done")
        try await who.shows("1 device")
    }

    /// Ana adds a device for Kim, who has not answered yet; then Kim looks at it.
    fileprivate func anaPreparesADevice() async throws {
        try await ana.signsIn(try stage.partner("Bright Solar", installersEmail), as: installersEmail)
        try stage.add(email, "Kim", "Lee")
        try await ana.opens("Kim Lee")
        try await ana.presses("customer_prepare")
        try await ana.shows("You are working in Kim Lee’s account for Bright Solar until")
        try await ana.makesAPlace()
        try await addsTheGate(ana)

        try await kim.signsIn(try stage.account(email))
        try await kim.waits(for: "home_empty_title")
        try await kim.presses("tab_people")
        try await kim.shows("The location Lake house")
        try await kim.shows("Gate at Lake house")
        try await kim.presses("offer_accept")
    }
}
