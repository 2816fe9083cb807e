/// Which reading of a list is the newest: an older one that comes back later is not shown.
@MainActor final class Turns {
    private var last = 0

    /// A reading begins; what comes back tells whether it is still the newest.
    func begin() -> () -> Bool {
        last += 1
        let mine = last
        return { [weak self] in self?.last == mine }
    }
}
