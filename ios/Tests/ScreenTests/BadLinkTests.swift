import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

private let code = "pl_ho_" + String(repeating: "A", count: 43)

/// What it tries, and the link; with the host of this cloud and a code that is well formed.
private let badLinks: [(String, String)] = [
    ("another host", "https://porchlight.example.evil.example/h#c=CODE"),
    ("another scheme", "http://LINKHOST/h#c=CODE"),
    ("a scheme of one's own", "porchlight://LINKHOST/h#c=CODE"),
    ("a port", "https://LINKHOST:8443/h#c=CODE"),
    ("a user's name", "https://LINKHOST@evil.example/h#c=CODE"),
    ("a backslash", "https://evil.example%5C@LINKHOST/h#c=CODE"),
    ("escaped dots", "https://LINKHOST/%2e%2e/h#c=CODE"),
    ("another path", "https://LINKHOST/h/../x#c=CODE"),
    ("a query", "https://LINKHOST/h?next=evil#c=CODE"),
    ("two codes", "https://LINKHOST/h#c=CODE&c=CODE"),
    ("no code", "https://LINKHOST/h"),
    ("10 KiB", "https://LINKHOST/h#c=" + String(repeating: "a", count: 10 * 1024)),
    ("text that turns", "https://LINKHOST/h#c=%E2%80%AECODE"),
    ("what was mistyped", "https://LINKHOST/h#c=CODEAAAA"),
]

/// Links from anywhere: a web page, a message, a printed code. None signs anybody in.
@MainActor @Suite(.serialized) struct BadLinkTests {
    @Test(arguments: badLinks)
    func linkThatIsNoneOfOursIsRefusedAndNothingIsSignedIn(what: String, text: String) async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        try await kim.waits(for: "sign_in_title")
        let host = try kim.stage.configuration().linkHost
        kim.takes(try #require(URL(string: text.replacing("LINKHOST", with: host).replacing("CODE", with: code)), "\(what)"))
        try await kim.waits(for: "handoff_not_a_link")
        try await kim.presses("cancel")
        try await until("the screen before it is back") { kim.ui.shows(kim.says("sign_in_register")) && !kim.ui.shows(kim.says("handoff_title")) }
    }

    @Test func linkThatAnotherPhoneMadeIsRefusedAndNothingIsSignedIn() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.kimIsACustomer()
        try await phones.anaAsks()
        try await phones.kimConsents()
        try await phones.ana.presses("customer_open")
        try await until("the link") { phones.ana.links.newest != nil }
        let link = try #require(phones.ana.links.newest)
        phones.kim.takes(link)
        try await phones.kim.waits(for: "handoff_not_here")
        try await phones.kim.presses("cancel")
        try await phones.kim.waits(for: "home_add_device")
        // It is still good where it was made, and before anybody is signed in there.
        phones.there.takes(link)
        try await phones.there.waits(for: "handoff_confirm")
        try await phones.there.presses("cancel")
        try await phones.there.waits(for: "sign_in_register")
        // What was in the vault is read once.
        phones.there.takes(link)
        try await phones.there.waits(for: "handoff_not_here")
    }

    @Test func linkThatWasUsedIsRefusedAndTheFirstGoesOn() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.anaWorksThere()
        phones.there.takes(try #require(phones.ana.links.newest))
        try await phones.there.waits(for: "handoff_not_here")
        phones.there.links.appIsMissing = true
        try await phones.there.presses("handoff_partner_app")
        try await phones.there.waits(for: "handoff_partner_app_missing")
        phones.there.links.appIsMissing = false
        try await phones.there.presses("handoff_partner_app")
        try await phones.there.shows("You are working in Kim Lee’s account")
        let back = try #require(phones.there.links.newest)
        let host = try phones.stage.configuration().linkHost
        #expect(back.absoluteString == "https://\(host)/p")
        phones.ana.takes(back)
        try await phones.ana.waits(for: "customer_open")
    }

    @Test func linkWhoseAccessEndedWhileItWasOpenSaysSo() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.kimIsACustomer()
        try await phones.anaAsks()
        try await phones.kimConsents()
        try await phones.anaOpensTheAccount()
        try await phones.kim.presses("tab_people")
        try await phones.kim.ui.waitUntilEnabled("End the access of Ana Ruiz now")
        try phones.kim.ui.tap("End the access of Ana Ruiz now")
        try await phones.ana.waits(for: "customer_no_access")
        try await phones.there.presses("handoff_confirm")
        try await phones.there.waits(for: "handoff_over")
        try await phones.there.presses("cancel")
        try await phones.there.waits(for: "sign_in_register")
    }

    @Test func secondLinkWhileOneWaitsTakesItsPlace() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.kimIsACustomer()
        try await phones.anaAsks()
        try await phones.kimConsents()
        try await phones.anaOpensTheAccount()
        try await phones.anaOpensTheAccount()
        // A tap that is too early for the second, which looks as the first did, changes nothing.
        let there = phones.there.ui
        try await until("the account is open") {
            if there.shows(phones.there.says("handoff_confirm")) { try? there.tap(phones.there.says("handoff_confirm")) }
            return there.shows("You are working in Kim Lee’s account")
        }
    }
}
