import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// Of somebody's access no more is said than is so.
@MainActor @Suite struct AccessWordsTests {
    @Test(arguments: [
        (AccessScope.account, nil, "The whole account"),
        (.site(site: "s-1"), "Lake house", "The location Lake house"),
        (.device(device: "d-1"), "Gate", "The device Gate"),
        (.site(site: "s-1"), nil, "Something that is not there any more"),
        (.device(device: "d-1"), nil, "Something that is not there any more"),
        (.unknown, nil, "Something this app is too old to name (update it)"),
    ] as [(AccessScope, String?, String)])
    func scopeIsNeverSaidToBeMoreThanItIs(scope: AccessScope, name: String?, said: String) throws {
        #expect(try read(Text(Screens.scope(of: grant(scope, name)))) == said)
    }

    /// A phone that was off all night learns of it in the morning.
    @Test func endIsNeverSaidToBeWhenThePhoneLearntOfIt() throws {
        let morning = grant().expiresAt.addingTimeInterval(14 * 3_600)
        let said = { (why: AccessEnd) in try read(Text(words(why, of: grant(), at: morning))) ?? "" }
        for why in [AccessEnd.revoked, .expired, .actorDisabled, .subjectDisabled, .sessionEnded] {
            #expect(try !said(why).contains(spell(morning)) && !said(why).isEmpty, "\(why)")
        }
        #expect(try said(.expired) == "Its time was over at \(spell(grant().expiresAt)).")
        #expect(try said(.left) == "You left the account at \(spell(morning)).")
    }

    private func read(_ text: Text) throws -> String? {
        let screen = Headless(text, strings: try Catalog.read().table("en"))
        defer { screen.close() }
        #expect(screen.runtime.missingKeys.isEmpty)
        return screen.nodes.first?.label
    }

    private func grant(_ scope: AccessScope = .account, _ name: String? = nil) -> Grant {
        let (start, end) = (Date(timeIntervalSince1970: 0), Date(timeIntervalSince1970: 86_400))
        let (ana, kim) = (Person(id: "2", givenName: "Ana", familyName: "Ruiz"), Person(id: "1", givenName: "Kim", familyName: "Lee"))
        return Grant(
            id: "g", actor: ana, company: Company(id: "3", name: "Bright Solar"), subject: kim, scope: scope, scopeName: name,
            permissions: [.siteRead], startsAt: start, expiresAt: end, endedAt: nil, endedWhy: nil)
    }
}
