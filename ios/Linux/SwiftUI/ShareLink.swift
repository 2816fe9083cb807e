// What is handed to another app: its text is the value of its button.
import Foundation

public struct ShareLink: _Leaf, Primitive {
    public typealias Body = Never
    let title: LocalizedStringKey, item: String
    public init(_ title: LocalizedStringKey, item: String) { (self.title, self.item) = (title, item) }
    package func nodes(_ c: Context) -> [Node] {
        let node = Node(.button, title.resolved(c), value: item)
        node.action = {}
        return [node]
    }
}
