import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// The partner app's own side: whom the company works for, what was asked, what became of it.
@MainActor @Suite(.serialized) struct CustomersTests {
    @Test func declinedRequestIsSaidToBe() async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        try await phones.anaAsks()
        try await phones.ana.waits(for: "customer_asked_hint")
        try await phones.kim.presses("request_decline")
        try await phones.ana.waits(for: "customer_declined")
        try await phones.ana.waits(for: "customer_ask")
    }

    @Test func requestThatNobodyAnswersIsSaidToBeOver() async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        try await phones.anaAsks()
        try await phones.ana.waits(for: "customer_asked")
        try phones.stage.letRequestsExpire()
        try await phones.ana.waits(for: "customer_unanswered")
        try await phones.kim.waits(for: "request_over")
    }

    @Test func requestThatWasTakenBackIsSaidToBeAndCanBeMadeAgain() async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        try await phones.anaAsks()
        try await phones.ana.presses("customer_withdraw")
        try await phones.ana.waits(for: "customer_withdrawn")
        try await phones.anaAsks("Once more")
        try await phones.ana.waits(for: "customer_asked")
    }

    @Test func accessIsGivenBackEarlyAndGoesFromTheCustomersListToo() async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        try await phones.anaAsks()
        try await phones.kimConsents()
        try await phones.kim.presses("tab_people")
        try await phones.kim.waits(for: "people_grants")
        try await phones.ana.presses("customer_release")
        try await phones.ana.waits(for: "customer_no_access")
        try await phones.kim.waits(for: "people_empty_title")
    }

    @Test func whatIsDoneWithAnAccessIsReadByBothSidesTheCustomerWhileItIsDone() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.anaWorksThere()
        try await phones.kim.presses("tab_people")
        try await phones.kim.presses("history_title")
        try await phones.kim.waits(for: "did_access_granted")
        try await phones.there.presses("home_make_site")
        try await phones.there.types("Boat house", "field_site_name")
        try await phones.there.presses("new_site_action")
        try await phones.kim.shows("Made the location Boat house")
        #expect(phones.kim.ui.shows("Made the location Lake house"))
        #expect(!phones.kim.ui.shows("Kim Lee of Bright Solar"), "she works for nobody")

        try await phones.ana.presses("customer_history")
        try await phones.ana.shows("Made the location Boat house")
        #expect(phones.ana.ui.shows("Ana Ruiz of Bright Solar, "))
        #expect(!phones.ana.ui.shows("Lake house"), "what others did there is not theirs to read")
    }

    @Test func livePicturesAreAskedForOnlyIfTicked() async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        try await phones.ana.presses("customer_ask")
        try await phones.ana.waits(for: "permission_video_watch")
        #expect(phones.ana.isOn("permission_video_watch") == false)
        #expect(phones.ana.isOn("permission_device_add") == true)
        let needed = try #require(phones.ana.control("permission_site_read"))
        #expect(!needed.isEnabled, "nothing works without it")
        try await phones.ana.presses("permission_video_watch")
        try await phones.ana.presses("ask_action")
        try await phones.kim.waits(for: "permission_video_watch")
    }

    @Test func whatACompanyPreparedIsWhatItCanAskFor() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        let (ana, kim) = (phones.ana, phones.kim)
        try await phones.everybodySignsIn()
        try phones.stage.add(email, "Kim", "Lee")
        try await ana.opens("Kim Lee")
        try await ana.waits(for: "customer_waiting_hint")
        try await ana.presses("customer_prepare")
        try await ana.shows("You are working in Kim Lee’s account for Bright Solar until")
        try await ana.presses("home_make_site")
        try await ana.types("Barn", "field_site_name")
        try await ana.presses("new_site_action")
        try await ana.waits(for: "home_add_device")
        try await ana.presses("acting_end")
        try await ana.presses("acting_to_customers")

        try await kim.presses("tab_people")
        try await kim.shows("The location Barn")
        try await kim.presses("offer_accept")
        try await kim.presses("offer_keep_it")
        if !ana.ui.shows(ana.says("customer_title")) { try await ana.opens("Kim Lee") }
        try await ana.presses("customer_ask")
        try await until("the location is offered") { ana.choices("ask_scope").contains("The location Barn") }
        #expect(!ana.choices("ask_scope").contains("The location Lake house"), "what is not theirs is not theirs to know")
        try ana.ui.type("The location Barn", into: ana.says("ask_scope"))
        try await ana.presses("ask_action")
        try await kim.shows("The location Barn")
    }

    @Test func listSaysHowOldItIsAndIsThereWithoutACloud() async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        let ana = phones.ana
        let connection = { try await ana.core.customers.window(organization: nil, offset: 0, count: 1).connection }
        try ana.ui.tap("Back")
        // Only of a stream that stands is it seen that it was closed.
        while try await connection() != .live { try await Task.sleep(for: .milliseconds(10)) }
        try await ana.core.porchlight.enteredBackground()
        while try await connection() == .live { try await Task.sleep(for: .milliseconds(10)) }
        phones.stage.holdsStill()
        defer { phones.stage.goesOn() }
        try await ana.core.porchlight.enteredForeground()
        try await ana.waits(for: "list_old_title")
        try await ana.opens("Kim Lee")
        try await ana.shows(email)
    }

    @Test func lastOfMoreCustomersThanAWindowHoldsIsReached() async throws {
        let ana = try await Kim(app: .partner)
        defer { ana.leaves() }
        let password = try ana.stage.partner("Bright Solar", installersEmail)
        let names = (1...200).map { "Kim\($0 + 1000)" }
        for name in names { try ana.stage.add("\(name)@example.org", name, "Lee") }
        try ana.stage.add("zoe@example.org", "Zoe", "Young")
        try await ana.signsIn(password, as: installersEmail)
        for last in stride(from: 49, to: 200, by: 50) {
            try await ana.shows("\(names[last]) Lee")
            try await ana.presses("devices_more")
        }
        try await ana.opens("Zoe Young")
        try await ana.waits(for: "customer_waiting_hint")
        #expect(ana.ui.shows("zoe@example.org"))
    }

    @Test func whoWorksForNoCompanyIsToldWhomToAsk() async throws {
        let ana = try await Kim(app: .partner)
        defer { ana.leaves() }
        try await ana.signsIn(try ana.stage.account(email))
        try await ana.waits(for: "customers_no_company_body")
        #expect(!ana.ui.shows(ana.says("customers_add")))
    }
}

extension TwoPhones {
    /// Kim said that she is a customer, and Ana looks at her.
    static func withACustomer(language: String = "en") async throws -> TwoPhones {
        let phones = try await TwoPhones(language: language)
        try await phones.kimIsACustomer()
        return phones
    }
}

extension Kim {
    func control(_ key: String) -> Node? {
        ui.reachable.first { ($0.kind == .toggle || $0.kind == .picker) && $0.label == says(key) }
    }

    fileprivate func isOn(_ key: String) -> Bool? { control(key).map { $0.value == "on" } }

    func choices(_ key: String) -> [String] { control(key)?.children.map(\.label) ?? [] }
}
