// What a test holds: the screen as a person reads it, and hands to press it.
import Foundation

@MainActor package final class Headless<Root: View> {
    package struct Problem: Error, CustomStringConvertible { package let description: String }
    private let root: Root
    private let environment: EnvironmentValues
    package let runtime = Runtime()
    private var last: [Node] = []

    package init(_ root: Root, strings: [String: String]? = nil, scene: SceneStore = SceneStore()) {
        var environment = EnvironmentValues()
        environment.strings = strings
        environment.openURL = OpenURLAction { [runtime] in runtime.asked.append($0) }
        runtime.scene = scene
        (self.root, self.environment) = (root, environment)
    }

    /// Everything; rendered again only when something observed has changed.
    package var nodes: [Node] {
        if runtime.stale.isSet { last = runtime.render(root, environment) }
        return last
    }
    /// What can be reached: the topmost sheet or alert, or else the page.
    package var reachable: [Node] {
        let all = nodes.flatMap(\.all)
        return all.last { $0.kind == .sheet || $0.kind == .alert }?.all ?? all
    }
    package var text: String {
        func lines(_ nodes: [Node], _ depth: Int) -> [String] {
            nodes.flatMap { n in
                [
                    String(repeating: "  ", count: depth)
                        + [
                            n.kind.rawValue, n.label.isEmpty ? nil : "“\(n.label)”", n.value.map { "= \($0)" },
                            n.isEnabled ? nil : "(disabled)",
                        ].compactMap { $0 }.joined(separator: " ")
                ]
                    + lines(n.children, depth + 1)
            }
        }
        return lines(nodes, 0).joined(separator: "\n")
    }
    package func shows(_ label: String) -> Bool { reachable.contains { $0.label.contains(label) } }

    private func one(_ label: String, _ what: String, _ fits: (Node) -> Bool) throws -> Node {
        let found = reachable.filter { fits($0) && ($0.label == label || $0.identifier == label) }
        guard found.count == 1 else { throw Problem(description: "\(found.count) \(what) “\(label)” on:\n\(text)") }
        guard found[0].isEnabled else { throw Problem(description: "\(what) “\(label)” is disabled") }
        return found[0]
    }
    package func tap(_ label: String) throws { try one(label, "button") { $0.action != nil && $0.input == nil }.action?() }
    package func type(_ value: String, into label: String) throws { try one(label, "field") { $0.input != nil }.input?(value) }
    package func submit(_ label: String) throws { try one(label, "field") { $0.input != nil && $0.action != nil }.action?() }

    /// Waits until the screen shows the text; the screen is drawn again each time something has changed.
    package func wait(for label: String, within limit: Duration = .seconds(20)) async throws {
        let end = ContinuousClock.now + limit
        while !shows(label) {
            guard ContinuousClock.now < end else { throw Problem(description: "“\(label)” did not appear on:\n\(text)") }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
    /// Waits until the button can be pressed.
    package func waitUntilEnabled(_ label: String, within limit: Duration = .seconds(20)) async throws {
        let end = ContinuousClock.now + limit
        while !reachable.contains(where: { $0.label == label && $0.isEnabled && $0.action != nil && $0.input == nil }) {
            guard ContinuousClock.now < end else { throw Problem(description: "“\(label)” stays disabled on:\n\(text)") }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
    /// Buttons, fields and images a screen reader could not name.
    package var unnamed: [Node] { nodes.flatMap(\.all).filter { ($0.action != nil || $0.input != nil) && $0.label.isEmpty } }
    package func close() { runtime.stop() }
}
