import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// Adding in a customer's account goes on: on a phone that is out of reach, and in the next process.
@MainActor @Suite(.serialized) struct AddingThereTests {
    @Test func addingGoesOnAndBeginsWhileTheAccountIsCovered() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        let there = phones.there
        try await phones.anaWorksThere()
        let (gate, door) = (try phones.stage.device(password: devicePassword), try phones.stage.device(password: devicePassword))
        try await there.enters(gate)
        try await there.types("Gate", "field_device_name")

        phones.outOfReach(there)
        defer { phones.stage.goesOn() }
        try await phones.locks(there)
        #expect(!there.ui.shows(there.says("acting_locked_body")), "what is being added is not covered")
        #expect(there.ui.reachable.contains { $0.kind == .field && $0.value == "Gate" }, "nor lost")
        #expect(there.ui.shows("You are working in Kim Lee’s account for Bright Solar until"))
        try there.ui.type(devicePassword, into: there.says("field_device_password"))
        try await there.presses("details_next")
        try await there.waits(for: "queued_title")
        try await there.presses("added_done")
        try await there.waits(for: "acting_locked_body")
        for word in ["Lake house", "1 device", "tab_devices"] { #expect(!there.ui.shows(there.says(word)), "\(word) is covered") }
        #expect(there.ui.unnamed.isEmpty && there.ui.runtime.missingKeys.isEmpty)

        // Another one, where the installer was before.
        try await there.enters(door)
        try await there.fillsIn("Door", devicePassword)
        try await there.waits(for: "queued_title")
        try await there.presses("added_done")
        try await there.waits(for: "acting_locked_body")
        phones.stage.goesOn()
        there.phone.online = true
        try there.core.porchlight.networkChanged()
        try await there.shows("2 devices")
        try await phones.kim.shows("2 devices")
    }

    @Test func addingBeginsUnderTheCoverInTheNextProcessToo() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.anaWorksThere()
        let gate = try phones.stage.device(password: devicePassword)
        try await until("it is known where") { phones.there.ui.shows("Add a device") && phones.there.scene.value("site_there") != "" }
        phones.outOfReach(phones.there)
        defer { phones.stage.goesOn() }
        let next = try await phones.isKilled(phones.there)
        defer { next.ui.close() }
        try await next.waits(for: "acting_locked_body")
        #expect(!next.ui.shows("Lake house"))
        try await next.enters(gate)
        try await next.fillsIn("Gate", devicePassword)
        try await next.waits(for: "queued_title")
        try await next.presses("added_done")
        try await next.waits(for: "acting_locked_body")
    }

    @Test func questionWhereToAddIsCoveredToo() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        let there = phones.there
        try await phones.anaWorksThere()
        _ = try await phones.kim.core.sites.make(name: "Barn", address: "", timeZone: "Europe/Berlin")
        try await there.shows("Barn")
        try await there.presses("home_add_device")
        try await until("it is asked where") { there.ui.reachable.first?.kind == .alert }
        phones.outOfReach(there)
        defer { phones.stage.goesOn() }
        try await there.waits(for: "acting_locked_body")
        for word in ["Barn", "Lake house"] { #expect(!there.ui.shows(word), "\(word) is covered") }
    }

    @Test func whoMayNotAddIsNotOfferedItUnderTheCover() async throws {
        let phones = try await TwoPhones.withACustomer()
        defer { phones.leave() }
        try await phones.anaWorksThere(with: [.siteRead, .siteCreate])
        try await phones.there.waits(for: "home_make_site")
        phones.outOfReach(phones.there)
        defer { phones.stage.goesOn() }
        try await phones.there.waits(for: "acting_locked_body")
        #expect(!phones.there.ui.shows(phones.there.says("home_add_device")))
    }

    @Test func detailsAreThereInTheNextProcessButForThePassword() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.anaWorksThere()
        try await phones.there.enters(try phones.stage.device(password: devicePassword))
        try await phones.there.types("Boat gate", "field_device_name")
        try phones.there.ui.type(devicePassword, into: phones.there.says("field_device_password"))
        let next = try await phones.isKilled(phones.there)
        defer { next.ui.close() }
        try await next.waits(for: "details_next")
        #expect(next.ui.shows("You are working in Kim Lee’s account for Bright Solar until"))
        #expect(next.ui.reachable.contains { $0.kind == .field && $0.value == "Boat gate" })
        #expect(next.ui.reachable.contains { $0.kind == .secureField && $0.value == "" })
        try await next.fillsIn("Boat gate", devicePassword)
        try await next.waits(for: "added_title")
        try await next.presses("added_done")
        try await next.shows("1 device")
        #expect(next.scene.value("adding_there") == "")
    }

    @Test func whatWasBeingAddedIsGoneWithTheAccess() async throws {
        let phones = try await TwoPhones()
        defer { phones.leave() }
        try await phones.anaWorksThere()
        try await phones.there.enters(try phones.stage.device(password: devicePassword))
        try await phones.there.waits(for: "details_next")
        #expect(phones.there.scene.value("adding_there") != "")
        try await phones.kimEndsIt()
        try await phones.there.shows("Access to Kim Lee’s account has ended")
        try await until("its id is gone") { phones.there.scene.value("adding_there") == "" }
        try await phones.there.presses("acting_done")
        try await phones.there.waits(for: "sign_in_title")
    }
}

extension TwoPhones {
    /// In a cellar, for longer than the lease lasts.
    fileprivate func outOfReach(_ who: Kim) {
        stage.holdsStill()
        who.phone.online = false
        who.phone.slept = 16 * 60
    }

    fileprivate func locks(_ who: Kim) async throws {
        let list = try #require(who.core.porchlight.delegatedSession().profile()).sites()
        for _ in 0..<1000 {
            do { _ = try await list.window(offset: 0, count: 1) } catch { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        // The state, and with it the screen, comes within a second after it.
        try await Task.sleep(for: .seconds(2))
    }

    /// As the system kills; and the next process.
    fileprivate func isKilled(_ who: Kim) async throws -> Kim {
        try await who.core.porchlight.enteredBackground()
        who.ui.close()
        return try await who.opensAgain()
    }
}
