import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// An access ends while the phone still owes something to the customer's account: it is listed until it is noted.
@MainActor @Suite(.serialized) struct UnsentTests {
    @Test func appThatWasKilledAfterTheEndListsItUntilItIsNoted() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.anaWorksThere()
        let gate = try await phones.queuesTheGate(phones.there)
        try await phones.kimEndsIt()
        // Not earlier: else it is sent.
        try await phones.ana.waits(for: "customer_no_access")
        try await phones.comesBack(phones.there)
        phones.there.ui.close()

        let next = try await phones.there.opensAgain()
        try await next.presses("unsent_title")
        try await next.waits(for: "unsent_body")
        #expect(next.ui.shows("Gate, \(gate.serial), for Kim Lee"))
        #expect(next.ui.unnamed.isEmpty && next.ui.runtime.missingKeys.isEmpty)
        try next.ui.tap("BackButton")
        // Who it was finds it in their own account, and nobody else does.
        let password = try phones.stage.account("max@example.org")
        try await next.signsIn(password, as: "max@example.org")
        try await next.waits(for: "home_empty_title")
        try await until("it is not theirs to read") { !next.ui.shows(next.says("unsent_title")) }
        try await next.presses("tab_more")
        try await next.presses("settings_sign_out")
        try await next.signsIn(password, as: installersEmail)
        // Not the notice over the sign-in.
        try await next.waits(for: "home_empty_title")
        try await next.presses("unsent_title")
        try await next.presses("unsent_forget")
        try await next.waits(for: "home_empty_title")
        #expect(!next.ui.shows(next.says("unsent_title")))
        next.ui.close()

        let last = try await phones.there.opensAgain()
        defer { last.ui.close() }
        try await last.waits(for: "home_empty_title")
        try await Task.sleep(for: .milliseconds(500))
        #expect(!last.ui.shows(last.says("unsent_title")))
    }

    @Test func partnerAppListsItOverItsCustomersWhenTheEndWasRead() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        let (ana, kim) = (phones.ana, phones.kim)
        try await phones.anaPreparesForKim()
        try await ana.makesAPlace()
        let gate = try await phones.queuesTheGate(ana)
        try await kim.signsIn(try phones.stage.account(email))
        try await kim.presses("tab_people")
        try await kim.presses("offer_accept")
        try await kim.presses("offer_keep_it")
        try await kim.waits(for: "people_empty_title")
        try await phones.comesBack(ana)
        #expect(ana.ui.shows("Gate, \(gate.serial)"))
        try await ana.presses("acting_to_customers")
        try await ana.waits(for: "customer_no_access")
        try ana.ui.tap("BackButton")
        try await ana.presses("unsent_title")
        try await ana.shows("Gate, \(gate.serial), for Kim Lee")
        try await ana.presses("unsent_forget")
        try await until("it is noted") { !ana.ui.shows(ana.says("unsent_title")) }
        try await ana.shows("Kim Lee")
    }
}

extension TwoPhones {
    /// Added without a signal.
    func queuesTheGate(_ who: Kim) async throws -> Stage.Device {
        let gate = try stage.device(password: devicePassword)
        who.phone.online = false
        try await who.enters(gate)
        try await who.fillsIn("Gate", devicePassword)
        try await who.waits(for: "queued_title")
        return gate
    }

    func kimEndsIt() async throws {
        try await kim.presses("tab_people")
        try await kim.ui.waitUntilEnabled("End the access of Ana Ruiz now")
        try kim.ui.tap("End the access of Ana Ruiz now")
    }

    /// The signal is there again, and the end is learnt.
    fileprivate func comesBack(_ who: Kim) async throws {
        who.phone.online = true
        try who.core.porchlight.networkChanged()
        try await who.shows("Access to Kim Lee’s account has ended")
    }

    /// Kim has not answered yet; Ana works for her in the partner app.
    func anaPreparesForKim() async throws {
        try await ana.signsIn(try stage.partner("Bright Solar", installersEmail), as: installersEmail)
        try stage.add(email, "Kim", "Lee")
        try await ana.opens("Kim Lee")
        try await ana.presses("customer_prepare")
        try await ana.shows("You are working in Kim Lee’s account for Bright Solar until")
    }
}
