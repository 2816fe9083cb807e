import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// What the cloud writes into the history is said in words, in both languages.
@MainActor @Suite struct HistoryWordsTests {
    /// Written by the cloud; for those that its own pages have words for, see below.
    private let deeds = [
        "password.changed", "password.taken", "account.enabled", "membership.began", "membership.ended", "access.expired",
        "company.blocked", "company.unblocked",
    ]

    @Test(arguments: ["en", "de"]) func everyDeedHasWords(language: String) throws {
        let strings = try Catalog.read().table(language)
        for deed in try deeds + deedsOfThePortal() {
            let screen = Headless(Text(words(act(deed))), strings: strings)
            defer { screen.close() }
            #expect(!screen.shows(strings["act_unknown"] ?? ""), "\(deed)")
            #expect(screen.nodes.first?.label.isEmpty == false && screen.runtime.missingKeys.isEmpty, "\(deed)")
        }
    }

    @Test func deedOfANewerCloudIsSaidToBeOne() throws {
        let screen = Headless(Text(words(act("site.painted"))), strings: try Catalog.read().table("en"))
        defer { screen.close() }
        #expect(screen.shows("Something changed"))
    }

    /// The portal's table of deeds: `"site.made" => words.act_site_made,`.
    private func deedsOfThePortal() throws -> [String] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../cloud/src/history/pages.rs").standardized
        let deeds = try String(contentsOf: file, encoding: .utf8).matches(of: /"([a-z_]+\.[a-z_]+)" => words\./).map { String($0.1) }
        #expect(deeds.count > 15)
        return deeds
    }

    private func act(_ what: String) -> Act {
        Act(id: "", at: Date(timeIntervalSince1970: 0), what: what, actor: nil, company: nil, grant: nil, site: nil, name: "Gate")
    }
}
