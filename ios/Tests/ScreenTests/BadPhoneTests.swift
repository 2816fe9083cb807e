import Bridge
import Foundation
import SwiftUI
import Testing

@testable import Screens

/// A phone that is not as it should be: its keys, its files.
@MainActor @Suite(.serialized) struct BadPhoneTests {
    @Test func signerThatReturnsRubbishFailsTheSignInAndNothingElse() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        let password = try kim.stage.account(email)
        kim.phone.keys.returnsRubbish = true
        try await kim.signsIn(password)
        try await kim.ui.wait(for: "Something broke in this app.", within: .seconds(20))
        kim.phone.keys.returnsRubbish = false
        try await kim.signsIn(password)
        try await kim.waits(for: "home_empty_title")
    }

    @Test func portsThatAnswerLateAreWaitedForAndNothingIsAskedTwice() async throws {
        let kim = try await Kim()
        defer { kim.leaves() }
        let password = try kim.stage.account(email)
        kim.phone.answersAfter = 1
        try await kim.signsIn(password)
        try await kim.waits(for: "sign_in_busy")
        let button = kim.ui.reachable.first { $0.label == kim.says("sign_in_busy") }
        #expect(button?.isEnabled == false)
        try await kim.waits(for: "home_empty_title")
    }

    @Test func folderOnADiskWithoutRoomOpensWhenThereIsSome() async throws {
        let disk = try SmallDisk("size=1m,nr_inodes=4")
        try disk.fill()
        try await opensOnceItCan(disk) { try disk.makeRoom() }
    }

    @Test func folderThatCannotBeWrittenOpensWhenItCan() async throws {
        let disk = try SmallDisk("size=4m,ro")
        try await opensOnceItCan(disk) { try disk.remount("size=4m,rw") }
    }

    /// The app's first screen says it, with its report, and tries again when the person does.
    private func opensOnceItCan(_ disk: SmallDisk, mend: () throws -> Void) async throws {
        defer { disk.unmount() }
        let stage = try Stage()
        defer { stage.close() }
        let (configuration, phone, words) = (try stage.configuration(), TestPhone(), try Catalog.read().table("en"))
        let one = OneCore { try await OpenCore.open(configuration, in: disk.folder, on: phone.ports) }
        let ui = Headless(AppWindow(kind: .customer, phone: PhoneParts(camera: PictureCamera(), links: TestLinks()), core: one), strings: words)
        defer { ui.close() }
        try await ui.wait(for: words["error_internal"] ?? "")
        try mend()
        try ui.tap(words["remedy_try_again"] ?? "")
        try await ui.wait(for: words["sign_in_register"] ?? "")
    }

    @Test func whatThePhoneOwesIsLeftAloneIfANewerAppWroteIt() async throws {
        let left = try await queuedAndKilled()
        let outbox = try #require(try file("outbox.db", under: left.folder))
        try await until("the first process has let go of it") { !isOpen(outbox) }
        // Connections that close at one time may leave their log behind; then the newest header stands there.
        for log in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: outbox.path + log) }
        try write(version: 999, to: outbox)
        let kim = try await left.opensAgain()
        defer { kim.leaves() }
        await #expect(throws: PorchlightError.self) { _ = try await kim.core.sites.window(offset: 0, count: 1) }
        #expect(try kim.core.porchlight.diagnostics().contains("outbox.db: of a newer version"))
        #expect(try version(of: outbox) == 999)
    }

    /// Whether a descriptor of this process is of the file.
    private func isOpen(_ file: URL) -> Bool {
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        let open = descriptors.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)") }
        return open.contains(file.resolvingSymlinksInPath().path)
    }

    private func file(_ name: String, under folder: URL) throws -> URL? {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .first { $0.hasSuffix(name) }
            .map { folder.appendingPathComponent($0) }
    }

    // SQLite's file format, section 1.3: the user version is at offset 60, big-endian.
    private func write(version: UInt32, to file: URL) throws {
        let handle = try FileHandle(forUpdating: file)
        defer { try? handle.close() }
        try handle.seek(toOffset: 60)
        try handle.write(contentsOf: withUnsafeBytes(of: version.bigEndian) { Data($0) })
    }

    private func version(of file: URL) throws -> UInt32 {
        try Data(contentsOf: file)[60..<64].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
