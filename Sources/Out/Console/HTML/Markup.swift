/// A piece of a page: text, an element with its attributes, or several of these.
///
/// Text from outside gets into a page as ``text(_:)`` or as the value of an attribute, and both are escaped
/// when the page is written, in one place. There is no case for ready-made HTML, so no text can become an
/// element.
indirect enum Markup: Sendable, Equatable {
    case text(String)
    case element(ElementName, [Attribute], Markup)
    case several([Markup])
    /// A module of our own. The only way to name a script.
    case module(Asset)
    /// Where something comes that is made while the rest is on its way.
    case later(Int)

    static let none = Markup.several([])
}

/// An element: `h(.p, .class("note")) { "Nothing matched." }`.
func h(_ name: ElementName, _ attributes: Attribute?..., @MarkupBuilder content: () -> Markup = { .none }) -> Markup {
    .element(name, attributes.compactMap { $0 }, content())
}

/// Lets the content of an element be written as a list of statements. A text stands for itself.
@resultBuilder enum MarkupBuilder {
    static func buildExpression(_ text: String) -> Markup { .text(text) }
    static func buildExpression(_ markup: Markup) -> Markup { markup }
    static func buildBlock(_ parts: Markup...) -> Markup { parts.count == 1 ? parts[0] : .several(parts) }
    static func buildOptional(_ part: Markup?) -> Markup { part ?? .none }
    static func buildEither(first: Markup) -> Markup { first }
    static func buildEither(second: Markup) -> Markup { second }
    static func buildArray(_ parts: [Markup]) -> Markup { .several(parts) }
}
