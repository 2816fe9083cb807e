import Foundation

/// The string catalog is JSON: read as the app would. Plurals become `key#one` and `key#other`.
struct Catalog: Decodable {
    struct Entry: Decodable { var localizations: [String: Localization] }
    struct Localization: Decodable {
        var stringUnit: Unit?
        var variations: Variations?
    }
    struct Unit: Decodable { let value: String }
    struct Variations: Decodable { let plural: [String: Localization] }
    let strings: [String: Entry]

    static func read() throws -> Catalog {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let file = tests.appendingPathComponent("../../Sources/Screens/Localizable.xcstrings").standardized
        return try JSONDecoder().decode(Catalog.self, from: Data(contentsOf: file))
    }

    func table(_ language: String) -> [String: String] {
        var table: [String: String] = [:]
        for (key, entry) in strings {
            let localization = entry.localizations[language]
            table[key] = localization?.stringUnit?.value
            for (quantity, words) in localization?.variations?.plural ?? [:] { table["\(key)#\(quantity)"] = words.stringUnit?.value }
        }
        return table
    }
}
