import Bridge
import Foundation
import PorchlightCore

/// A phone's Keychain, keys, radio and clock, in memory.
final class TestPhone: SecretStore, Connectivity, PhoneClockPort, @unchecked Sendable {
    private let lock = NSLock()
    private var secrets: [String: Data] = [:]
    private var signal = true
    private var broken = false
    private var pause: TimeInterval = 0
    private var wrong: TimeInterval = 0
    private var sleep: TimeInterval = 0
    /// Outlives a process, as an enclave does.
    let keys = SoftSigner()

    /// Both apps of a phone share it; alone, an app has one of its own.
    private let vault: MemoryVault

    init(vault: MemoryVault = MemoryVault()) { self.vault = vault }

    var ports: Ports { Ports(secrets: self, clock: self, connectivity: self, signer: keys, vault: vault) }

    var online: Bool {
        get { lock.withLock { signal } }
        set { lock.withLock { signal = newValue } }
    }

    /// The store throws what the core never heard of.
    var storeIsBroken: Bool {
        get { lock.withLock { broken } }
        set { lock.withLock { broken = newValue } }
    }

    /// How long the Keychain and the keys take to answer.
    var answersAfter: TimeInterval {
        get { lock.withLock { pause } }
        set {
            lock.withLock { pause = newValue }
            keys.answersAfter = newValue
        }
    }

    /// How far off the time of day is.
    var wrongBy: TimeInterval {
        get { lock.withLock { wrong } }
        set { lock.withLock { wrong = newValue } }
    }

    /// How long the phone slept.
    var slept: TimeInterval {
        get { lock.withLock { sleep } }
        set { lock.withLock { sleep = newValue } }
    }

    private struct Unheard: Error {}

    func load(name: String) throws -> Data {
        Thread.sleep(forTimeInterval: answersAfter)
        guard let value = lock.withLock({ secrets[name] }) else { throw PortError.Missing }
        return value
    }

    func save(name: String, value: Data) throws {
        Thread.sleep(forTimeInterval: answersAfter)
        if storeIsBroken { throw Unheard() }
        lock.withLock { secrets[name] = value }
    }

    func remove(name: String) throws { lock.withLock { secrets[name] = nil } }

    func isOnline() -> Bool { online }

    func wallTime() -> Date { Date(timeIntervalSinceNow: wrongBy) }

    func elapsed() -> TimeInterval { ProcessInfo.processInfo.systemUptime + slept }

    func bootId() -> String { "test" }
}

/// The core's clock; the name alone is Swift's own protocol too.
typealias PhoneClockPort = PorchlightCore.Clock

/// Keys in software: a test machine has no enclave.
final class SoftSigner: Signer, @unchecked Sendable {
    private let lock = NSLock()
    private var keys: [String: ProbeKey] = [:]
    private var rubbish = false
    private var pause: TimeInterval = 0

    var returnsRubbish: Bool {
        get { lock.withLock { rubbish } }
        set { lock.withLock { rubbish = newValue } }
    }

    var answersAfter: TimeInterval {
        get { lock.withLock { pause } }
        set { lock.withLock { pause = newValue } }
    }

    func create(name: String) throws -> Data {
        let key = try ProbeKey.generate()
        lock.withLock { keys[name] = key }
        return key.publicKey()
    }

    func publicKey(name: String) throws -> Data { try key(name).publicKey() }

    func sign(name: String, bytes: Data) throws -> Data {
        Thread.sleep(forTimeInterval: answersAfter)
        return returnsRubbish ? Data(repeating: 7, count: 9) : try key(name).sign(bytes: bytes)
    }

    func remove(name: String) throws { lock.withLock { keys[name] = nil } }

    private func key(_ name: String) throws -> ProbeKey {
        guard let key = lock.withLock({ keys[name] }) else { throw PortError.Missing }
        return key
    }
}

/// What passes between the two apps of a phone.
final class MemoryVault: HandoffVault, @unchecked Sendable {
    private let lock = NSLock()
    private var kept: Data?

    func put(entry: Data) throws { lock.withLock { kept = entry } }

    func take() throws -> Data? {
        lock.withLock {
            defer { kept = nil }
            return kept
        }
    }
}

/// What the system would open in the customer app, kept for the test to open.
final class TestLinks: LinkOpener, @unchecked Sendable {
    private let lock = NSLock()
    private var opened: [URL] = []
    private var missing = false

    var newest: URL? { lock.withLock { opened.last } }

    /// The customer app is not on this phone.
    var appIsMissing: Bool {
        get { lock.withLock { missing } }
        set { lock.withLock { missing = newValue } }
    }

    func openLink(link: String) throws {
        guard let url = URL(string: link) else { throw LinkError.Broken }
        if appIsMissing { throw LinkError.AppMissing }
        lock.withLock { opened.append(url) }
    }
}
