import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// The customer's side of an access: on every own screen it is said that somebody may work there, with its end.
@MainActor @Suite(.serialized) struct GrantsBannerTests {
    @Test func everyOwnScreenSaysWhoMayWorkThereAndOneTapEndsIt() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        let kim = phones.kim
        try await phones.kimIsACustomer()
        try await kim.waits(for: "home_add_device")
        #expect(!kim.ui.shows("may work in your account"))
        try await phones.anaAsks()
        try await phones.kimConsents()
        for tab in ["tab_home", "tab_devices", "tab_people", "tab_more"] {
            try await kim.presses(tab)
            try await kim.shows("Ana Ruiz of Bright Solar may work in your account until")
            #expect(kim.ui.unnamed.isEmpty && kim.ui.runtime.missingKeys.isEmpty)
        }
        try await kim.presses("tab_home")
        try await kim.presses("home_add_device")
        try await kim.waits(for: "scan_hint")
        #expect(kim.ui.shows("may work in your account until"), "also over what is opened from there")
        try await phones.anaOpensTheAccount()
        try await phones.there.presses("handoff_confirm")
        try await phones.there.shows("You are working in Kim Lee’s account")
        #expect(!phones.there.ui.shows("may work in your account"), "that is for Kim")
        try await kim.presses("grant_end")
        try await phones.there.shows("Access to Kim Lee’s account has ended")
        try await until("the banner is gone") { !kim.ui.shows("may work in your account") }
        try await kim.waits(for: "scan_hint")
    }

    @Test func severalAreCountedAndShown() async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        let kim = phones.kim
        for comment in ["First", "Second"] {
            try phones.stage.ask(email, hours: 1, comment: comment)
            try await kim.shows(comment)
            try await kim.presses("request_consent")
            try await kim.waits(for: "home_add_device")
        }
        try await kim.shows("2 people may work in your account")
        try await kim.presses("grants_show")
        try await kim.waits(for: "people_grants")
        #expect(kim.ui.shows("2 people may work in your account"))
    }

    @Test func whoSignsOutLeavesNoBanner() async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        let kim = phones.kim
        try await phones.anaAsks()
        try await phones.kimConsents()
        try await kim.shows("may work in your account")
        try await kim.presses("tab_more")
        try await kim.presses("settings_sign_out")
        try await kim.waits(for: "sign_in_register")
        try await kim.signsIn(try phones.stage.account("max@example.org"), as: "max@example.org")
        try await kim.waits(for: "home_empty_title")
        #expect(!kim.ui.shows("may work in your account"))
    }

    @Test func ofTwoThatWaitTheOneThatCameLastIsShown() async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        phones.kim.ui.close()
        for comment in ["First", "Second"] { try phones.stage.ask(email, hours: 1, comment: comment) }
        let next = try await phones.kim.opensAgain()
        defer { next.ui.close() }
        try await next.waits(for: "request_consent")
        try await next.shows("“Second”")
    }
}
