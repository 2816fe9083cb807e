// Modifiers that only change looks: they are checked for type and then do nothing.
import Foundation

public enum Visibility: Sendable { case automatic, visible, hidden }
public struct Font: Sendable {
    public static let title = Font(), title2 = Font(), title3 = Font(), headline = Font(), subheadline = Font(), body = Font(), caption = Font(),
        footnote = Font()
    public func monospaced() -> Font { self }
}
public protocol ShapeStyle: Sendable {}
public struct Color: ShapeStyle, _Leaf, Primitive {
    public typealias Body = Never
    public nonisolated static let red = Color(), green = Color(), orange = Color(), accentColor = Color(), primary = Color(),
        clear = Color()
    nonisolated init() {}
    public nonisolated init(red: Double, green: Double, blue: Double) {}
    package func nodes(_ c: Context) -> [Node] { [] }
}
public struct HierarchicalShapeStyle: ShapeStyle {}
extension ShapeStyle where Self == HierarchicalShapeStyle {
    public static var primary: Self { .init() }
    public static var secondary: Self { .init() }
    public static var tertiary: Self { .init() }
}
extension ShapeStyle where Self == Color {
    public static var red: Color { .red }
    public static var green: Color { .green }
    public static var orange: Color { .orange }
}
public struct Edge: Sendable {
    public struct Set: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        public static let top = Set(rawValue: 1), leading = Set(rawValue: 2), bottom = Set(rawValue: 4), trailing = Set(rawValue: 8),
            all = Set(rawValue: 15), horizontal = Set(rawValue: 10), vertical = Set(rawValue: 5)
    }
}
public struct UITextContentType: Sendable {
    public static let username = Self(), password = Self(), emailAddress = Self(), oneTimeCode = Self(), newPassword = Self()
}
public enum UIKeyboardType: Sendable { case `default`, emailAddress, numberPad, asciiCapable, URL }
public struct TextInputAutocapitalization: Sendable {
    public static var never: Self { .init() }
    public static var characters: Self { .init() }
    public static var words: Self { .init() }
}
public struct SubmitLabel: Sendable {
    public static var done: Self { .init() }
    public static var next: Self { .init() }
    public static var go: Self { .init() }
}
public protocol PrimitiveButtonStyle: Sendable {}
public struct BorderedProminentButtonStyle: PrimitiveButtonStyle {}
public struct BorderedButtonStyle: PrimitiveButtonStyle {}
extension PrimitiveButtonStyle where Self == BorderedProminentButtonStyle { public static var borderedProminent: Self { .init() } }
public struct BorderlessButtonStyle: PrimitiveButtonStyle {}
extension PrimitiveButtonStyle where Self == BorderlessButtonStyle { public static var borderless: Self { .init() } }
extension PrimitiveButtonStyle where Self == BorderedButtonStyle { public static var bordered: Self { .init() } }

extension View {
    public func tint<S: ShapeStyle>(_ style: S?) -> some View { unchanged }
    public func scrollContentBackground(_ visibility: Visibility) -> some View { unchanged }
    public func background<S: ShapeStyle>(_ style: S) -> some View { unchanged }
    public func font(_ font: Font?) -> some View { unchanged }
    public func foregroundStyle<S: ShapeStyle>(_ style: S) -> some View { unchanged }
    public func padding(_ length: CGFloat) -> some View { unchanged }
    public func padding(_ edges: Edge.Set = .all, _ length: CGFloat? = nil) -> some View { unchanged }
    public func frame(width: CGFloat? = nil, height: CGFloat? = nil) -> some View { unchanged }
    public func frame(minWidth: CGFloat? = nil, maxWidth: CGFloat? = nil, minHeight: CGFloat? = nil, maxHeight: CGFloat? = nil) -> some View
    { unchanged }
    public func buttonStyle<S: PrimitiveButtonStyle>(_ style: S) -> some View { unchanged }
    public func textContentType(_ type: UITextContentType?) -> some View { unchanged }
    public func keyboardType(_ type: UIKeyboardType) -> some View { unchanged }
    public func textInputAutocapitalization(_ value: TextInputAutocapitalization?) -> some View { unchanged }
    public func autocorrectionDisabled(_ disable: Bool = true) -> some View { unchanged }
    public func submitLabel(_ label: SubmitLabel) -> some View { unchanged }
    public func lineLimit(_ n: Int?) -> some View { unchanged }
    public func privacySensitive(_ sensitive: Bool = true) -> some View { unchanged }
    public func focused(_ condition: FocusState<Bool>.Binding) -> some View { unchanged }
}
