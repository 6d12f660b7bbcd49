public import Platform

/// SQL with the values apart from it, so that no value is ever read as SQL.
public struct SQLText: Sendable, Hashable {
    public let text: String
    /// - Order: as the placeholders are numbered, the first being 1.
    public let parameters: [Parameter]
}

/// A value that is bound to a placeholder.
public enum Parameter: Sendable, Hashable {
    case text(String)
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    case timestamp(Timestamp)
    case textList([String])
}

/// Collects parameters while SQL is written.
public struct SQLBuilder {
    private(set) var parameters: [Parameter] = []
    private var names: [Parameter: String] = [:]

    /// The name under which SQL refers to a value. The same value is bound once.
    public mutating func bind(_ parameter: Parameter) -> String {
        if let known = names[parameter] { return known }
        parameters.append(parameter)
        let name = "$\(parameters.count)"
        names[parameter] = name
        return name
    }

    /// A name as SQL, whatever is in it.
    public static func identifier(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }
}
