import Foundation
import Testing

@testable import Bridge

/// How a list says what it is waiting for: long in answering, out of reach, and back again.
@MainActor @Suite(.serialized) struct ListTests {
    @Test func connectingIsSaidOnlyOfWhatLasts() async throws {
        let patient = ListAge(after: .seconds(60))
        let age = ListAge(after: .milliseconds(20))
        for each in [patient, age] { each.follow(.connecting, asOf: .now) }
        #expect(!age.isConnecting)
        try await until("it lasts") { age.isConnecting }
        #expect(!patient.isConnecting)
        age.follow(.live, asOf: .now)
        #expect(!age.isConnecting)
    }

    @Test func connectionThatIsThereInAMomentIsNotTalkedAbout() async throws {
        let age = ListAge(after: .milliseconds(20))
        age.follow(.connecting, asOf: .now)
        age.follow(.live, asOf: .now)
        try await Task.sleep(for: .milliseconds(200))
        #expect(!age.isConnecting && !age.isOld)
    }

    @Test func readingAgainDoesNotBeginTheMomentAnew() async throws {
        let age = ListAge(after: .milliseconds(100))
        let deadline = ContinuousClock.now + .seconds(20)
        // Asked again more often than the moment is long.
        while !age.isConnecting, .now < deadline {
            age.follow(.connecting, asOf: .now)
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(age.isConnecting)
    }

    @Test func cloudThatDoesNotAnswerIsConnectingThenOutOfReachAndComesBackByItself() async throws {
        let kim = try await Kim.atHome()
        defer { kim.leaves() }
        let connection = { try await kim.core.sites.window(offset: 0, count: 1).connection }
        // Only of a stream that stands is it seen that it was closed.
        while try await connection() != .live { try await Task.sleep(for: .milliseconds(10)) }
        try await kim.core.porchlight.enteredBackground()
        while try await connection() == .live { try await Task.sleep(for: .milliseconds(10)) }
        kim.stage.holdsStill()
        defer { kim.stage.goesOn() }
        try await kim.core.porchlight.enteredForeground()
        try await kim.waits(for: "list_connecting")
        #expect(kim.ui.shows(kim.says("home_add_device")), "what is known is there meanwhile")
        try await kim.waits(for: "list_old_title")
        #expect(!kim.ui.shows(kim.says("list_connecting")))
        try await kim.presses("tab_devices")
        try await kim.waits(for: "list_old_title")
        kim.stage.goesOn()
        try kim.core.porchlight.networkChanged()
        try await until("the list is as the cloud has it") { !kim.ui.shows(kim.says("list_old_title")) }
        try await kim.waits(for: "devices_empty")
    }

    @Test func listIsBusyUntilItsFirstAnswer() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        let password = try kim.stage.account(email)
        let model = DevicesModel(core: kim.core, section: .video, siteID: nil)
        #expect(model.isLoading)
        try await kim.signsIn(password)
        try await kim.waits(for: "home_empty_title")
        await model.read()
        #expect(!model.isLoading && model.lines.isEmpty && model.problem == nil)
    }
}
