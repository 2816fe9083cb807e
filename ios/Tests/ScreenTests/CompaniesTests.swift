import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// The list of customers of somebody who works for several companies, and what its rows offer.
@MainActor @Suite(.serialized) struct CompaniesTests {
    @Test func whoWorksForTwoCompaniesReadsWhoseCustomerItIsAndChoosesWhereToAddOne() async throws {
        let ana = try await Kim(app: .partner)
        defer { ana.leaves() }
        let password = try ana.stage.partner("Bright Solar", installersEmail)
        try ana.stage.add(email, "Kim", "Lee")
        try await ana.signsIn(password, as: installersEmail)
        try await ana.shows("Kim Lee")
        #expect(row("Kim Lee", ana)?.contains("Bright Solar") == false, "with one company it stands above")
        _ = try ana.stage.partner("Dark Solar", "ben@dark.example")
        try ana.stage.add("max@example.org", "Max", "Moor")
        try ana.stage.join(installersEmail)
        try await ana.shows("Max Moor")
        try await until("each row says it") {
            row("Kim Lee", ana)?.contains("Bright Solar") == true && row("Max Moor", ana)?.contains("Dark Solar") == true
        }
        try await ana.presses("customers_add")
        try await ana.presses("Dark Solar")
        try await ana.types("Eva", "field_given_name")
        try await ana.types("Noll", "field_family_name")
        try await ana.types("eva@example.org", "field_email")
        try await ana.presses("customers_add")
        try await ana.waits(for: "customer_waiting_hint")
        try ana.ui.tap("BackButton")
        try await until("it is theirs") { row("Eva Noll", ana)?.contains("Dark Solar") == true }
        #expect(ana.ui.unnamed.isEmpty && ana.ui.runtime.missingKeys.isEmpty)
    }

    @Test func rowOffersWhatTheCustomersScreenDoes() async throws {
        let ana = try await Kim(app: .partner)
        defer { ana.leaves() }
        let password = try ana.stage.partner("Bright Solar", installersEmail)
        try ana.stage.add(email, "Kim", "Lee")
        try await ana.signsIn(password, as: installersEmail)
        try await ana.shows("Kim Lee")
        #expect(row("Kim Lee", ana)?.hasSuffix(ana.says("customer_prepare")) == true)
        #expect(row("Kim Lee", ana)?.contains(ana.says("customers_link")) == false)
        try await ana.opens("Kim Lee")
        try await ana.waits(for: "customer_prepare")
    }

    @Test func whoSaidNoCanBeAskedAgainWithoutTypingAnewAndNotTooSoon() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        let (ana, kim) = (phones.ana, phones.kim)
        try await phones.everybodySignsIn()
        try phones.stage.add(email, "Kim", "Lee")
        try await kim.presses("tab_people")
        try await kim.presses("offer_refuse")
        try await ana.opens("Kim Lee")
        try await ana.waits(for: "customer_refused_hint")
        try await ana.presses("customers_add")
        try await ana.waits(for: "add_customer_what")
        for typed in ["Kim", "Lee", email] { #expect(ana.ui.reachable.contains { $0.kind == .field && $0.value == typed }, "\(typed)") }
        try await ana.presses("customers_add")
        try await ana.waits(for: "error_requests_refused")
    }

    private func row(_ name: String, _ ana: Kim) -> String? {
        ana.ui.reachable.first { $0.action != nil && $0.label.contains(name) }?.label
    }
}
