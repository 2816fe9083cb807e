import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// What the cloud writes into the history is said in words, in both languages.
@MainActor @Suite struct HistoryWordsTests {
    @Test(arguments: ["en", "de"]) func everyDeedHasWords(language: String) throws {
        let strings = try Catalog.read().table(language)
        for deed in try deedsOfTheCloud() {
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

    @Test func actOnAccessSaysWhoseItWasUnlessTheyDidItThemselves() throws {
        let (kim, ana) = (person("1", "Kim", "Lee"), person("2", "Ana", "Ruiz"))
        let about = ActAbout(company: Company(id: "3", name: "Bright Solar"), person: ana)
        for (actor, said) in [(kim, "Ended an access: Ana Ruiz of Bright Solar"), (ana, "Ended an access")] {
            let screen = Headless(line(act("access.ended", by: actor, about: about)), strings: try Catalog.read().table("en"))
            defer { screen.close() }
            #expect(screen.nodes.first?.label == said)
        }
    }

    /// The one list of deeds: `SiteMade = "site.made";`.
    private func deedsOfTheCloud() throws -> [String] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../cloud/src/history/deeds.rs").standardized
        let deeds = try String(contentsOf: file, encoding: .utf8).matches(of: /= "([a-z_]+\.[a-z_]+)";/).map { String($0.1) }
        #expect(deeds.count > 20)
        return deeds
    }

    private func person(_ id: String, _ given: String, _ family: String) -> Person {
        Person(id: id, givenName: given, familyName: family)
    }

    private func act(_ what: String, by actor: Person? = nil, about: ActAbout? = nil) -> Act {
        Act(
            id: "", at: Date(timeIntervalSince1970: 0), what: what, actor: actor, company: nil, grant: nil, site: nil,
            name: "Gate", about: about)
    }
}
