import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// Until when a yes would last: by the cloud's clock, whatever the phone's says.
@MainActor @Suite(.serialized) struct ConsentTests {
    @Test(arguments: [-30.0, 30.0]) func phoneWhoseClockIsWrongByYearsSaysTheRightEnd(years: Double) async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        phones.kim.phone.wrongBy = years * 365 * 86_400
        try await phones.kimIsACustomer()
        try phones.stage.ask(email, hours: 30 * 24, comment: "")
        try await phones.kim.waits(for: "request_consent")
        try await phones.kim.shows("Until \(day(after: 30))")
        try phones.kim.ui.type("3 days", into: phones.kim.says("request_lasts"))
        try await phones.kim.shows("Until \(day(after: 3))")
    }

    @Test func everyLengthUpToTheOneThatWasAskedForIsOffered() async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        try phones.stage.ask(email, hours: 4 * 24, comment: "")
        try await phones.kim.waits(for: "request_consent")
        let lengths = phones.kim.ui.reachable.first { $0.kind == .picker && $0.label == phones.kim.says("request_lasts") }
        #expect(lengths?.children.map(\.label) == ["1 hour", "4 hours", "24 hours", "2 days", "3 days", "4 days"])
        #expect(lengths?.value == "4 days")
    }

    @Test func beforeTheCloudWasHeardOfTheLengthIsSaidAlone() async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        try phones.stage.ask(email, hours: 4, comment: "")
        try await phones.kim.waits(for: "request_consent")
        phones.kim.ui.close()
        phones.stage.holdsStill()
        defer { phones.stage.goesOn() }
        let next = try await phones.kim.opensAgain()
        defer { next.ui.close() }
        try await next.waits(for: "request_consent")
        #expect(next.ui.shows("For 4 hours, from your yes on."))
        #expect(!next.ui.shows("Until"))
    }

    @Test func noScreenCountsByThePhonesClock() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Sources").standardized
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" && file.lastPathComponent != "PorchlightCore.swift" {
            let code = try String(contentsOf: file, encoding: .utf8)
            // The phone's clock is a port; and whether a moment is today is the reader's own matter.
            if ["PhoneClock.swift", "Words.swift"].contains(file.lastPathComponent) { continue }
            #expect(!code.contains("Date()") && !code.contains("SinceNow"), "\(file.lastPathComponent)")
        }
    }

    private func day(after days: Double) -> String {
        Date(timeIntervalSinceNow: days * 86_400).formatted(date: .abbreviated, time: .omitted)
    }
}
