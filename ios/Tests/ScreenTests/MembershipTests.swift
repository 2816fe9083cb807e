import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

private let bensEmail = "ben@bright.example"

/// Who works for a company is the company's to say, and the partner app follows while it is open.
@MainActor @Suite(.serialized) struct MembershipTests {
    @Test func whoIsTakenInSeesTheCustomersWithoutSigningInAnew() async throws {
        let (ben, stage, _) = try await benAndACompany()
        defer { ben.leaves() }
        try await ben.waits(for: "customers_no_company_body")
        #expect(!ben.ui.shows(ben.says("customers_add")))
        try stage.join(bensEmail)
        try await ben.shows("Kim Lee")
        #expect(ben.ui.shows("Bright Solar"))
        #expect(!ben.ui.shows(ben.says("customers_no_company_title")))
        try await ben.waits(for: "customers_add")
    }

    @Test func whoLeavesIsSignedOutWhileLookingAtTheCustomersAndFindsNoneAfterwards() async throws {
        let (ben, stage, password) = try await benAndACompany()
        defer { ben.leaves() }
        try stage.join(bensEmail)
        try await ben.opens("Kim Lee")
        try await ben.shows(email)
        try stage.leave(bensEmail)
        try await ben.waits(for: "sign_in_session_ended")
        for word in ["Kim Lee", email, "Bright Solar"] { #expect(!ben.ui.shows(word), "\(word)") }
        try await ben.signsIn(password, as: bensEmail)
        try await ben.waits(for: "customers_no_company_title")
        #expect(!ben.ui.shows(ben.says("customers_add")))
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
        try await phones.ana.waits(for: "sign_in_session_ended")
        #expect(!phones.ana.ui.shows("Kim Lee"))
    }

    /// Ben is signed in and works for nobody yet; Bright Solar has a customer, Kim.
    private func benAndACompany() async throws -> (Kim, Stage, String) {
        let ben = try await Kim(app: .partner)
        let password = try ben.stage.account(bensEmail)
        _ = try ben.stage.partner("Bright Solar", installersEmail)
        try ben.stage.add(email, "Kim", "Lee")
        try await ben.signsIn(password, as: bensEmail)
        return (ben, ben.stage, password)
    }
}
