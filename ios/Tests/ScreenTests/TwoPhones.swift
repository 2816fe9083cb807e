import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

let installersEmail = "ana@bright.example"

/// Ana's phone with both apps, Kim's with one, and the cloud that they share.
@MainActor final class TwoPhones {
    let stage: Stage
    let ana: Kim
    let kim: Kim
    /// The customer app on Ana's phone, where nobody is signed in.
    let there: Kim

    init(language: String = "en") async throws {
        stage = try Stage()
        let vault = MemoryVault()
        ana = try await Self.app(stage, .partner, TestPhone(vault: vault), language)
        there = try await Self.app(stage, .customer, TestPhone(vault: vault), language)
        kim = try await Self.app(stage, .customer, TestPhone(), language)
    }

    private static func app(_ stage: Stage, _ kind: AppKind, _ phone: TestPhone, _ language: String) async throws -> Kim {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        return try await Kim(stage: stage, phone: phone, folder: folder, language: language, app: kind)
    }

    func everybodySignsIn() async throws {
        try await ana.signsIn(try stage.partner("Bright Solar", installersEmail), as: installersEmail)
        try await kim.signsIn(try stage.account(email))
        try await kim.makesAPlace()
    }

    func kimIsACustomer() async throws {
        try await everybodySignsIn()
        try stage.customer(email)
        try await ana.opens("Kim Lee")
    }

    func anaAsks(_ comment: String = "Two new cameras") async throws {
        try await ana.presses("customer_ask")
        try await ana.shows("You ask Kim Lee (\(email)).")
        try ana.ui.type("4 hours", into: ana.says("ask_lasts"))
        try await ana.types(comment, "ask_comment")
        try await ana.presses("ask_action")
    }

    func kimConsents() async throws {
        try await kim.shows("Ana Ruiz of Bright Solar asks to work in your account")
        try await kim.presses("request_consent")
        try await ana.shows("Access until")
    }

    /// Link, and what the phone does with it.
    func anaOpensTheAccount() async throws {
        let before = ana.links.newest
        try await ana.presses("customer_open")
        try await until("the link") { self.ana.links.newest != before }
        there.takes(try #require(ana.links.newest))
        try await there.shows("Ana Ruiz of Bright Solar will work in the account of Kim Lee")
    }

    func anaWorksThere() async throws {
        try await kimIsACustomer()
        try await anaAsks()
        try await kimConsents()
        try await anaOpensTheAccount()
        try await there.presses("handoff_confirm")
        try await there.shows("You are working in Kim Lee’s account for Bright Solar until")
    }

    func leave() {
        for app in [ana, there, kim] { app.ui.close() }
        stage.close()
    }
}

extension Kim {
    func shows(_ words: String) async throws { try await ui.wait(for: words, within: .seconds(20)) }

    /// The system opens a link in the app.
    func takes(_ link: URL) {
        _ = ui.nodes
        ui.runtime.opened?(link)
    }
}
