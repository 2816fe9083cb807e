import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// Every control of the screens of access has a name, and every name is a word of the catalog, in both languages.
@MainActor @Suite(.serialized) struct AccessNamesTests {
    @Test(arguments: ["en", "de"]) func customersRequestsAndHistoriesHaveNames(language: String) async throws {
        let phones = try await TwoPhones(language: language)
        defer { phones.leave() }
        let (ana, kim) = (phones.ana, phones.kim)
        try await phones.everybodySignsIn()
        try await ana.waits(for: "customers_empty_title")
        look(ana)
        try await ana.presses("customers_add")
        try await ana.waits(for: "add_customer_what")
        look(ana)
        try ana.ui.tap("Back")
        try phones.stage.add("max@example.org", "Max", "Moor")
        try await ana.opens("Max Moor")
        try await ana.waits(for: "customer_waiting_hint")
        look(ana)
        try ana.ui.tap("Back")

        try phones.stage.customer(email)
        try await ana.opens("Kim Lee")
        try await ana.waits(for: "customer_ask_hint")
        look(ana)
        try await ana.presses("customer_ask")
        try await ana.waits(for: "permission_video_watch")
        look(ana)
        try await ana.types("\u{0007}", "ask_comment")
        try await ana.presses("ask_action")
        try await ana.waits(for: "input_not_allowed")
        look(ana)
        try await ana.types("", "ask_comment")
        try await ana.presses("ask_action")
        try await ana.waits(for: "customer_asked_hint")
        look(ana)

        try await kim.waits(for: "request_consent")
        look(kim)
        try await kim.presses("request_consent")
        try await ana.waits(for: "customer_release")
        look(ana)
        try await kim.presses("tab_people")
        try await kim.waits(for: "people_grants")
        look(kim)
        try await kim.presses("history_title")
        try await kim.waits(for: "did_access_granted")
        look(kim)

        ana.links.appIsMissing = true
        try await ana.presses("customer_open")
        try await ana.waits(for: "error_customer_app_missing")
        look(ana)
        try await ana.presses("customer_history")
        try await ana.waits(for: "did_access_granted")
        look(ana)
    }

    @Test(arguments: ["en", "de"]) func whatBecameOfARequestHasNamesToo(language: String) async throws {
        let phones = try await TwoPhones.withACustomer(language: language)
        defer { phones.leave() }
        for state in ["customer_declined", "customer_unanswered", "customer_withdrawn"] {
            try phones.stage.ask(email, hours: 1, comment: "")
            try await phones.ana.waits(for: "customer_asked_hint")
            switch state {
            case "customer_declined": try await phones.kim.presses("request_decline")
            case "customer_unanswered": try phones.stage.letRequestsExpire()
            default: try await phones.ana.presses("customer_withdraw")
            }
            try await phones.ana.waits(for: state)
            look(phones.ana)
        }
    }

    @Test(arguments: ["en", "de"]) func accountOfACustomerHasNamesToo(language: String) async throws {
        let phones = try await TwoPhones.withACustomer(language: language)
        defer { phones.leave() }
        let there = phones.there
        try phones.stage.ask(email, hours: 1, comment: "")
        try await phones.kim.presses("request_consent")
        try await phones.ana.presses("customer_open")
        try await until("the link") { phones.ana.links.newest != nil }
        there.takes(try #require(phones.ana.links.newest))
        try await there.waits(for: "handoff_confirm")
        look(there)
        try await there.presses("handoff_confirm")
        try await there.waits(for: "home_add_device")
        look(there)
        try await there.presses("tab_devices")
        try await there.waits(for: "devices_empty")
        look(there)
        try await there.presses("acting_end")
        try await there.waits(for: "acting_done")
        look(there)
    }

    private func look(_ app: Kim) {
        #expect(app.ui.unnamed.isEmpty, "\(app.ui.text)")
        #expect(app.ui.runtime.missingKeys.isEmpty, "\(app.ui.runtime.missingKeys)")
    }
}
