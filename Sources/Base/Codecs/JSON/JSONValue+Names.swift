extension JSONValue {
    /// A member by its dotted name, whether it is nested or the name itself has dots.
    public func value(at name: String) -> JSONValue? {
        if let found = self[name] { return found }
        var place = name.endIndex
        while let dot = name[..<place].lastIndex(of: ".") {
            if let inner = self[String(name[..<dot])],
                let found = inner.value(at: String(name[name.index(after: dot)...]))
            {
                return found
            }
            place = dot
        }
        return nil
    }

    /// The value in one cell of a table: the values of a list one behind the other.
    public var cell: String {
        switch self {
        case .null: ""
        case .string(let text): text
        case .array(let elements): elements.map(\.cell).joined(separator: ", ")
        default: text
        }
    }
}
