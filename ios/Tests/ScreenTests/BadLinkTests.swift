import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// As the cloud could have minted it, with its checksum: whoever takes the rest of the link goes on to ask who made it.
private let code = minted("pl_ho_" + String(repeating: "A", count: 43))

private func minted(_ body: String) -> String { body + checksum(body) }

/// CRC-32 (IEEE) as six characters of base64url, as core/protocol/src/checksum.rs.
private func checksum(_ text: String) -> String {
    var crc = UInt32.max
    for byte in text.utf8 {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    let bytes = withUnsafeBytes(of: (~crc).bigEndian) { Data($0) }
    return bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}

/// What it tries, and the link: with the host of this cloud and a code that is well formed, so that only this is wrong.
private let badLinks: [(String, String)] = [
    ("another host", "https://LINKHOST.evil.example/h#c=CODE"),
    ("a host before ours", "https://evil.example/LINKHOST/h#c=CODE"),
    ("another scheme", "http://LINKHOST/h#c=CODE"),
    ("a scheme of one's own", "porchlight://LINKHOST/h#c=CODE"),
    ("a port", "https://LINKHOST:8443/h#c=CODE"),
    ("a user's name", "https://kim@LINKHOST/h#c=CODE"),
    ("ours as a user's name", "https://LINKHOST@evil.example/h#c=CODE"),
    ("a backslash", "https://evil.example%5C@LINKHOST/h#c=CODE"),
    ("escaped dots", "https://LINKHOST/%2e%2e/h#c=CODE"),
    ("another path", "https://LINKHOST/h/../x#c=CODE"),
    ("a query", "https://LINKHOST/h?next=evil#c=CODE"),
    ("two codes", "https://LINKHOST/h#c=CODE&c=CODE"),
    ("no code", "https://LINKHOST/h"),
    ("10 KiB", "https://LINKHOST/h#c=CODE" + String(repeating: "a", count: 10 * 1024)),
    ("text that turns", "https://LINKHOST/h#c=\u{202E}CODE"),
    ("what was mistyped", "https://LINKHOST/h#c=MISTYPED"),
    ("what is longer than a code", "https://LINKHOST/h#c=CODEAAAA"),
]

/// Links from anywhere: a web page, a message, a printed code. None signs anybody in.
@MainActor @Suite(.serialized) struct BadLinkTests {
    @Test(arguments: badLinks)
    func linkThatIsNoneOfOursIsRefusedAndNothingIsSignedIn(what: String, text: String) async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        try await kim.waits(for: "sign_in_title")
        kim.takes(try link(text, kim))
        try await kim.waits(for: "handoff_not_a_link")
        try await kim.presses("cancel")
        try await until("the screen before it is back") { kim.ui.shows(kim.says("sign_in_register")) && !kim.ui.shows(kim.says("handoff_title")) }
    }

    /// What tells the rows above apart from a link that is one, and that nobody on this phone made.
    @Test func linkFromAWebPageWithNothingWrongInItWasNotMadeHere() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        try await kim.waits(for: "sign_in_title")
        kim.takes(try link("https://LINKHOST/h#c=CODE", kim))
        try await kim.waits(for: "handoff_not_here")
    }

    private func link(_ text: String, _ kim: Kim) throws -> URL {
        let mistyped = code.replacing("AAA", with: "AAB", maxReplacements: 1)
        let filled = text.replacing("LINKHOST", with: try kim.stage.configuration().linkHost)
            .replacing("CODE", with: code).replacing("MISTYPED", with: mistyped)
        return try #require(URL(string: filled), "\(text)")
    }

    @Test func linkWhoseMinuteIsOverSaysSoAndWhatToDo() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.kimIsACustomer()
        try await phones.anaAsks()
        try await phones.kimConsents()
        try await phones.ana.presses("customer_open")
        try await until("the link") { phones.ana.links.newest != nil }
        phones.there.phone.slept = 61
        phones.there.takes(try #require(phones.ana.links.newest))
        try await phones.there.waits(for: "handoff_too_late")
        #expect(phones.there.ui.shows(phones.there.says("handoff_link_again")))
        try await phones.there.presses("cancel")
        try await phones.there.waits(for: "sign_in_register")
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
