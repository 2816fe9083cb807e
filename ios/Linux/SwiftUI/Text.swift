// Text and its keys: a key is looked up in the strings table of the environment, as the app's string catalog does.
import Foundation

public struct LocalizedStringKey: ExpressibleByStringInterpolation, Equatable, Sendable {
    /// What fills a place: words, a number (which chooses a plural), or a text that is looked up itself.
    enum Argument: Equatable, Sendable {
        case words(String)
        case number(Int)
        indirect case text(LocalizedStringKey)
    }
    let key: String
    let arguments: [Argument]
    public init(_ value: String) { (key, arguments) = (value, []) }
    public init(stringLiteral value: String) { self.init(value) }
    public init(stringInterpolation s: StringInterpolation) { (key, arguments) = (s.key, s.arguments) }
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        var key = ""
        var arguments: [Argument] = []
        public init(literalCapacity: Int, interpolationCount: Int) {}
        public mutating func appendLiteral(_ literal: String) { key += literal.replacing("%", with: "%%") }
        public mutating func appendInterpolation(_ s: String) {
            key += "%@"
            arguments.append(.words(s))
        }
        public mutating func appendInterpolation(_ text: Text) {
            key += "%@"
            switch text.title {
            case .key(let inner): arguments.append(.text(inner))
            case .plain(let words): arguments.append(.words(words))
            }
        }
        public mutating func appendInterpolation(_ i: Int) {
            key += "%lld"
            arguments.append(.number(i))
        }
        public mutating func appendInterpolation<F: FormatStyle>(_ input: F.FormatInput, format: F)
        where F.FormatInput: Equatable, F.FormatOutput == String {
            key += "%@"
            arguments.append(.words(format.format(input)))
        }
    }
    @MainActor func resolved(_ c: Context) -> String {
        var pattern = key
        if let strings = c.environment.strings {
            if let found = strings[plural ?? key] ?? strings[key] { pattern = found } else { c.runtime.missingKeys.insert(key) }
        }
        let filled = arguments.map { argument in
            switch argument {
            case .words(let words): words
            case .number(let number): "\(number)"
            case .text(let inner): inner.resolved(c)
            }
        }
        var rest = filled[...]
        return pattern.replacing(/%(?:(\d+)\$)?(?:@|lld)|%%/) { match in
            if match.output.0 == "%%" { return "%" }
            guard let n = match.output.1, let i = Int(n) else { return rest.popFirst() ?? "" }
            // The system would read what was never handed over.
            guard filled.indices.contains(i - 1) else {
                c.runtime.missingKeys.insert("\(key), place \(i)")
                return "⚠"
            }
            return filled[i - 1]
        }
    }
    /// A catalog's plurals come as `key#one` and `key#other`: what English and German tell apart.
    private var plural: String? {
        for case .number(let number) in arguments { return key + (number == 1 ? "#one" : "#other") }
        return nil
    }
}

/// A title given as a key or as plain text.
enum Title: Sendable {
    case key(LocalizedStringKey)
    case plain(String)
    @MainActor func resolved(_ c: Context) -> String {
        switch self {
        case .key(let k): k.resolved(c)
        case .plain(let s): s
        }
    }
}

public struct Text: _Leaf, Primitive {
    public typealias Body = Never
    let title: Title
    public init(_ key: LocalizedStringKey, tableName: String? = nil, bundle: Bundle? = nil, comment: StaticString? = nil) {
        title = .key(key)
    }
    @_disfavoredOverload public init<S: StringProtocol>(_ content: S) { title = .plain(String(content)) }
    public init(verbatim content: String) { title = .plain(content) }
    public init<F: FormatStyle>(_ input: F.FormatInput, format: F) where F.FormatInput: Equatable, F.FormatOutput == String {
        title = .plain(format.format(input))
    }
    init(title: Title) { self.title = title }
    package func nodes(_ c: Context) -> [Node] { [Node(.text, title.resolved(c))] }
}

public struct Image: _Leaf, Primitive {
    public typealias Body = Never
    let name: String
    public init(systemName: String) { name = systemName }
    public init(_ name: String) { self.name = name }
    public func resizable() -> Image { self }
    package func nodes(_ c: Context) -> [Node] { [Node(.image, "", value: name)] }
}

public struct Label<T: View, I: View>: _Leaf, Primitive {
    public typealias Body = Never
    let title: T, icon: I
    public init(@ViewBuilder title: () -> T, @ViewBuilder icon: () -> I) { (self.title, self.icon) = (title(), icon()) }
    package func nodes(_ c: Context) -> [Node] { expand(icon, c.inside("icon")) + expand(title, c.inside("title")) }
}
extension Label where T == Text, I == Image {
    public init(_ key: LocalizedStringKey, systemImage: String) {
        self.init {
            Text(key)
        } icon: {
            Image(systemName: systemImage)
        }
    }
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, systemImage: String) {
        self.init {
            Text(title)
        } icon: {
            Image(systemName: systemImage)
        }
    }
}
