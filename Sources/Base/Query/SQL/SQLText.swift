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
    public private(set) var parameters: [Parameter] = []
    private var names: [Parameter: String] = [:]

    public init() {}

    /// The name under which SQL refers to a value. The same value is bound once.
    public mutating func bind(_ parameter: Parameter) -> String {
        if let known = names[parameter] { return known }
        parameters.append(parameter)
        let name = "$\(parameters.count)"
        names[parameter] = name
        return name
    }

    /// Writes something that may turn out not to be sayable; then nothing was bound for it.
    mutating func attempt<Result>(_ body: (inout SQLBuilder) -> Result?) -> Result? {
        let before = self
        guard let result = body(&self) else {
            self = before
            return nil
        }
        return result
    }

    /// A name as SQL, whatever is in it.
    public static func identifier(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

    /// What stands between double quotes in SQL that was written here: names, as values are bound.
    public static func identifiers(in sql: String) -> Set<Substring> {
        // Every second piece is one. A name with quotes in it falls apart, and no column has such a name.
        let pieces = sql.utf8.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
        return Set(pieces.indices.lazy.filter { $0 % 2 == 1 }.map { Substring(pieces[$0]) })
    }
}
