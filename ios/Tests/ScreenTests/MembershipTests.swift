import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

private let bensEmail = "ben@bright.example"

/// Who works for a company is the company's to say, and the partner app follows while it is open.
@MainActor @Suite(.serialized) struct MembershipTests {
    @Test func whoIsTakenInSeesTheCustomersWithoutSigningInAnew() async throws {
        let (ben, stage) = try await benAndACompany()
        defer { ben.leaves() }
        try await ben.waits(for: "customers_no_company_body")
        #expect(!ben.ui.shows(ben.says("customers_add")))
        try stage.join(bensEmail)
        try await ben.shows("Kim Lee")
        #expect(ben.ui.shows("Bright Solar"))
        #expect(!ben.ui.shows(ben.says("customers_no_company_title")))
        try await ben.waits(for: "customers_add")
    }

    @Test func whoLeavesLosesTheCustomersWhileLookingAtThem() async throws {
        let (ben, stage) = try await benAndACompany()
        defer { ben.leaves() }
        try stage.join(bensEmail)
        try await ben.opens("Kim Lee")
        try await ben.shows(email)
        try stage.leave(bensEmail)
        try await until("the customer is gone") { !ben.ui.shows("Kim Lee") && !ben.ui.shows(email) }
        try await ben.waits(for: "error_not_found")
        #expect(!ben.ui.shows(ben.says("customer_ask")))
        try ben.ui.tap("BackButton")
        try await ben.waits(for: "customers_no_company_title")
        for word in ["Kim Lee", email, "Bright Solar", ben.says("customers_add")] { #expect(!ben.ui.shows(word), "\(word)") }
        let kept = try await ben.core.customers.window(organization: nil, offset: 0, count: 10).total
        #expect(kept == 0, "nor on the phone")
    }

    /// With a customer's account open.
    @Test func whoLeavesIsOutOfTheCustomersAccountToo() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.anaWorksThere()
        // Somebody has to stay.
        _ = try phones.stage.account(bensEmail)
        try phones.stage.join(bensEmail, as: "super_admin")
        try phones.stage.leave(installersEmail)
        try await phones.there.shows("Access to Kim Lee’s account has ended")
        try await phones.ana.waits(for: "error_not_found")
        #expect(!phones.ana.ui.shows("Kim Lee"))
    }

    /// Ben is signed in and works for nobody yet; Bright Solar has a customer, Kim.
    private func benAndACompany() async throws -> (Kim, Stage) {
        let ben = try await Kim(app: .partner)
        let password = try ben.stage.account(bensEmail)
        _ = try ben.stage.partner("Bright Solar", installersEmail)
        try ben.stage.add(email, "Kim", "Lee")
        try await ben.signsIn(password, as: bensEmail)
        return (ben, ben.stage)
    }
}
