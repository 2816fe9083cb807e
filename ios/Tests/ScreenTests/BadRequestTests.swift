import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// What an installer, or somebody with another app, may ask for that cannot be.
@MainActor @Suite(.serialized) struct BadRequestTests {
    @Test(arguments: [0, 31 * 86_400, 3_601]) func lengthThatIsNotOffered(seconds: Int) async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        await #expect(throws: PorchlightError.self) { try await phones.asks(lasts: TimeInterval(seconds)) }
        let hours = try phones.ana.core.requests.choices().lasts.map { Int($0 / 3_600) }
        #expect(hours == [1, 4, 24] + (2...30).map { $0 * 24 })
        #expect(try await phones.kim.core.requests.waiting().isEmpty)
    }

    @Test(arguments: ["a\u{0000}b", "a\u{001B}[2Jb", "a\u{202E}b"]) func commentWithWhatCannotBeSeenIsSaidAtItsField(comment: String) async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        try await phones.anaAsks(comment)
        try await phones.ana.waits(for: "input_not_allowed")
        #expect(try await phones.kim.core.requests.waiting().isEmpty)
    }

    @Test func deviceOfAnotherIsNotAskedFor() async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        let stranger = UUID().uuidString.lowercased()
        await #expect(throws: PorchlightError.self) { try await phones.asks(device: stranger) }
        await #expect(throws: PorchlightError.self) { try await phones.asks(site: stranger) }
    }

    @Test func customerWhoBlockedTheCompanyIsNotAsked() async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        try await phones.anaAsks()
        try await phones.kim.waits(for: "request_block_hint")
        try await phones.kim.presses("request_block")
        try await phones.ana.waits(for: "customer_declined")
        try await phones.anaAsks()
        try await phones.ana.waits(for: "error_requests_refused")
        #expect(try await phones.kim.core.requests.waiting().isEmpty)
    }

    @Test func customerWhoCannotBeAddedIsSaidAtItsFieldOrAbove() async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        let ana = phones.ana
        try ana.ui.tap("Back")
        try await ana.presses("customers_add")
        try await ana.waits(for: "add_customer_what")
        try await ana.presses("customers_add")
        try await ana.waits(for: "input_empty")
        try await ana.types("Kim", "field_given_name")
        try await ana.types(String(repeating: "e", count: 10 * 1024), "field_family_name")
        try await ana.types(email, "field_email")
        try await ana.presses("customers_add")
        try await ana.waits(for: "input_too_long")
        try await ana.types("Lee", "field_family_name")
        try await ana.types("not an address", "field_email")
        try await ana.presses("customers_add")
        try await ana.waits(for: "input_email")
        try await ana.types(email, "field_email")
        try await ana.presses("customers_add")
        try await ana.waits(for: "error_customer_exists")
    }
}

extension TwoPhones {
    /// As no screen of ours would.
    fileprivate func asks(lasts: TimeInterval = 3_600, site: String? = nil, device: String? = nil) async throws {
        let customer = try await ana.core.customers.window(organization: nil, offset: 0, count: 1).items[0]
        let wish = AccessWish(site: site, device: device, permissions: [.siteRead], lasts: lasts, comment: "")
        _ = try await ana.core.requests.ask(customer: customer.id, wish: wish)
    }
}
