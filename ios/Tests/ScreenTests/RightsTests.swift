import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// The screens of a customer's account offer what the consent listed, and nothing else.
@MainActor @Suite(.serialized) struct RightsTests {
    @Test func whoMayOnlySeeIsOfferedNothingElse() async throws {
        let phones = try await TwoPhones.withAGate()
        defer { phones.leave() }
        let there = phones.there
        try await phones.anaWorksThere(with: [.siteRead])
        try await there.shows("1 device")
        for key in ["home_add_device", "home_make_site"] { #expect(!there.ui.shows(there.says(key)), "\(key)") }
        try await there.presses("tab_devices")
        try await there.shows("Gate")
        #expect(!there.ui.shows(there.says("devices_add")))
        try await there.opens("Gate")
        try await there.waits(for: "device_model")
        #expect(there.ui.shows("Gate"))
        for key in ["device_remove", "save", "field_device_name"] { #expect(!there.ui.shows(there.says(key)), "\(key)") }
        #expect(there.ui.unnamed.isEmpty && there.ui.runtime.missingKeys.isEmpty)
    }

    @Test func whoMayAddAndRenameIsOfferedThatAndNeverToRemove() async throws {
        let phones = try await TwoPhones.withAGate()
        defer { phones.leave() }
        let there = phones.there
        try await phones.anaWorksThere(with: [.siteRead, .deviceAdd, .deviceChange])
        try await there.waits(for: "home_add_device")
        #expect(!there.ui.shows(there.says("home_make_site")))
        try await there.presses("tab_devices")
        try await there.waits(for: "devices_add")
        try await there.opens("Gate")
        try await there.waits(for: "device_model")
        #expect(!there.ui.shows(there.says("device_remove")))
        try await there.types("Boat gate", "field_device_name")
        try await there.presses("save")
        try await there.shows("Boat gate")
    }

    @Test func inOnesOwnAccountEverythingIsOffered() async throws {
        let phones = try await TwoPhones.withAGate()
        defer { phones.leave() }
        try await phones.kim.presses("tab_devices")
        try await phones.kim.waits(for: "devices_add")
        try await phones.kim.opens("Gate")
        for key in ["field_device_name", "device_remove", "save"] { try await phones.kim.waits(for: key) }
    }
}

extension TwoPhones {
    /// Kim is a customer and has a device.
    fileprivate static func withAGate() async throws -> TwoPhones {
        let phones = try await TwoPhones.withACustomer()
        try await phones.kim.enters(try phones.stage.device(password: devicePassword))
        try await phones.kim.fillsIn("Gate", devicePassword)
        try await phones.kim.presses("added_done")
        try await phones.kim.shows("1 device")
        return phones
    }

    /// Ana is in Kim's account, with these permissions and no others.
    func anaWorksThere(with permissions: [Permission]) async throws {
        let customer = try await ana.core.customers.window(organization: nil, offset: 0, count: 1).items[0]
        let wish = AccessWish(site: nil, device: nil, permissions: permissions, lasts: 3_600, comment: "")
        _ = try await ana.core.requests.ask(customer: customer.id, wish: wish)
        try await kimConsents()
        try await anaOpensTheAccount()
        try await there.presses("handoff_confirm")
        try await there.shows("You are working in Kim Lee’s account")
    }
}
