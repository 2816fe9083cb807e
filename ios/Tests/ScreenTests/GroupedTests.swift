import Testing

@testable import Screens

/// Serials as people compare them.
@Suite struct GroupedTests {
    @Test(arguments: [
        ("", ""),
        ("LX4-00017", "LX4-00017"),
        ("2M047C90AN00005", "2M04\u{2009}7C90\u{2009}AN00\u{2009}005"),
        ("1234567", "1234\u{2009}567"),
        ("AB-1234567-C", "AB-1234\u{2009}567-C"),
        ("-A--B-", "-A--B-"),
    ])
    func serialIsGroupedByFoursBetweenItsHyphens(serial: String, shown: String) {
        #expect(grouped(serial) == shown)
        #expect(shown.replacing("\u{2009}", with: "") == serial)
    }
}
