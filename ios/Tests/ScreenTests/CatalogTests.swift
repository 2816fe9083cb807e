import Foundation
import Testing

/// Words that are filled in get as many arguments as they name: the system would read what was never handed over.
@Suite struct CatalogTests {
    @Test(arguments: ["en", "de"]) func everyPlaceInTheWordsIsOneOfItsKey(language: String) throws {
        for (key, words) in try Catalog.read().table(language) {
            let places = words.matches(of: /%(\d+)\$/).compactMap { Int($0.1) }
            let arguments = key.matches(of: /%(@|lld)/).count
            #expect(places.allSatisfy { (1...max(1, arguments)).contains($0) } && (arguments > 0 || places.isEmpty), "\(key): \(words)")
        }
    }

    @Test func everyKeyHasWordsInBothLanguages() throws {
        for (key, entry) in try Catalog.read().strings { #expect(entry.localizations.keys.sorted() == ["de", "en"], "\(key)") }
    }
}
