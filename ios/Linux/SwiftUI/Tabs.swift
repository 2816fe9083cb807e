// The bar at the bottom, what folds out, what a scene keeps, and what stands at an edge.
import Foundation

/// The tabs of one bar, as they are met.
@MainActor final class Tabs {
    let selection: AnyHashable
    let select: (AnyHashable) -> Void
    var bar: [Node] = []
    init(_ selection: AnyHashable, select: @escaping (AnyHashable) -> Void) { (self.selection, self.select) = (selection, select) }
}

public struct TabView<S: Hashable, C: View>: _Leaf, Primitive {
    public typealias Body = Never
    let selection: Binding<S>, content: C
    public init(selection: Binding<S>, @ViewBuilder content: () -> C) { (self.selection, self.content) = (selection, content()) }
    package func nodes(_ c: Context) -> [Node] {
        let selection = selection
        let tabs = Tabs(selection.wrappedValue) { if let chosen = $0.base as? S { selection.wrappedValue = chosen } }
        var inner = c.inside("tabs")
        inner.tabs = tabs
        let shown = expand(content, inner)
        return shown + [Node(.tabs, "", tabs.bar)]
    }
}

extension View {
    /// A tab that is not chosen keeps its state, and is not on the screen.
    public func tabItem<L: View>(@ViewBuilder _ label: () -> L) -> some View {
        let label = label()
        return modified { c, body in
            guard let tabs = c.tabs, let tag = c.tag else { return body(c) }
            var inner = c
            (inner.tag, inner.tabs) = (nil, nil)
            let item = Node(.button, expand(label, inner.inside("item")).spoken, value: tabs.selection == tag ? "selected" : nil)
            item.action = { tabs.select(tag) }
            tabs.bar.append(item)
            inner.isVisible = c.isVisible && tabs.selection == tag
            let nodes = body(inner)
            return tabs.selection == tag ? nodes : []
        }
    }
    public func safeAreaInset<C: View>(edge: VerticalEdge, spacing: CGFloat? = nil, @ViewBuilder content: () -> C) -> some View {
        let content = content()
        return modified { c, body in body(c) + expand(content, c.inside("inset")) }
    }
    public func toolbar(_ visibility: Visibility, for bars: ToolbarPlacement...) -> some View { unchanged }
    public func navigationBarBackButtonHidden(_ hidden: Bool = true) -> some View {
        modified { c, body in body(c) + (hidden ? [Node(.hiddenBack)] : []) }
    }
}
public struct ToolbarPlacement: Sendable { public static let tabBar = Self(), navigationBar = Self() }
public enum VerticalEdge: Sendable { case top, bottom }

public struct DisclosureGroup<C: View>: _Leaf, Primitive {
    public typealias Body = Never
    let title: LocalizedStringKey, content: C
    public init(_ key: LocalizedStringKey, @ViewBuilder content: () -> C) { (title, self.content) = (key, content()) }
    package func nodes(_ c: Context) -> [Node] {
        let isOpen = c.runtime.keep(c.path + ".open", Box(false))
        isOpen.stale = c.runtime.stale
        let node = Node(.button, title.resolved(c), value: isOpen.value ? "open" : "closed")
        node.action = { isOpen.value.toggle() }
        return [node] + (isOpen.value ? expand(content, c.inside("content")) : [])
    }
}

/// What the system keeps of a scene when it kills the process: a test hands it to the next one.
package final class SceneStore: @unchecked Sendable {
    fileprivate var kept: [String: Box<String>] = [:]
    package init() {}
    package func value(_ name: String) -> String? { kept[name]?.value }
}

@propertyWrapper public struct SceneStorage<Value>: Installable, @unchecked Sendable {
    let slot: Slot<String>, name: String
    public init(wrappedValue: Value, _ key: String) where Value == String { (slot, name) = (Slot(wrappedValue), key) }
    public var wrappedValue: String {
        get { slot.box.value }
        nonmutating set { slot.box.value = newValue }
    }
    public var projectedValue: Binding<String> {
        let slot = slot
        return Binding(get: { slot.box.value }, set: { slot.box.value = $0 })
    }
    func install(_ context: Context, key: String) {
        let scene = context.runtime.scene
        if let kept = scene.kept[name] { slot.box = kept } else { scene.kept[name] = slot.box }
        slot.box.stale = context.runtime.stale
    }
}

public struct LabeledContent<C: View>: _Leaf, Primitive {
    public typealias Body = Never
    let title: LocalizedStringKey, content: C
    public init(_ key: LocalizedStringKey, @ViewBuilder content: () -> C) { (title, self.content) = (key, content()) }
    public init(_ key: LocalizedStringKey, value: String) where C == Text { self.init(key) { Text(value) } }
    package func nodes(_ c: Context) -> [Node] { [Node(.text, title.resolved(c))] + expand(content, c.inside("value")) }
}
