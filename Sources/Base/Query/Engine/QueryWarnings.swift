public import Codecs

/// What answers say about the query besides what it asked for.
public enum QueryWarnings {
    /// - Parameter remarks: what concerns no place in the query.
    public static func json(_ warnings: [QueryError], _ remarks: [String] = []) -> JSONValue {
        .array(warnings.map(\.json) + remarks.map { ["message": .string($0)] })
    }
}

extension QueryError {
    /// `{"message":"…","line":1,"column":7,"hint":"…"}`
    public var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("message", .string(message)), .init("line", .integer(Int64(line))),
            .init("column", .integer(Int64(column))),
        ]
        if let hint { members.append(.init("hint", .string(hint))) }
        return .object(members)
    }
}
