import Testing

@testable import Bridge

/// Two readings of a list that pass each other.
@MainActor @Suite struct TurnsTests {
    @Test func readingThatBeganEarlierIsNotTheNewest() {
        let turns = Turns()
        let first = turns.begin()
        #expect(first())
        let second = turns.begin()
        #expect(!first() && second())
    }
}
