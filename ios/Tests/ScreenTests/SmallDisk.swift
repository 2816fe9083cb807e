import Foundation
import Testing

/// A small disk of memory (tmpfs(5)). Mounting is root's; `ios-check` runs in mounts of its own.
struct SmallDisk {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    init(_ options: String) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try run("mount", "-t", "tmpfs", "-o", options, "porchlight-test", folder.path)
    }

    private var fillers: [URL] { ["filler", "one", "two", "three"].map { folder.appendingPathComponent($0) } }

    /// Neither bytes nor files are left: tmpfs counts both.
    func fill() throws {
        for file in fillers { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        let handle = try FileHandle(forWritingTo: fillers[0])
        defer { try? handle.close() }
        while (try? handle.write(contentsOf: Data(count: 4096))) != nil {}
    }

    func makeRoom() throws {
        for file in fillers where FileManager.default.fileExists(atPath: file.path) { try FileManager.default.removeItem(at: file) }
    }

    func remount(_ options: String) throws { try run("mount", "-o", "remount,\(options)", folder.path) }

    func unmount() { try? run("umount", "-l", folder.path) }

    private func run(_ command: String, _ arguments: String...) throws {
        let process = try Process.run(URL(fileURLWithPath: "/usr/bin/\(command)"), arguments: arguments)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(command) \(arguments)")
    }
}
