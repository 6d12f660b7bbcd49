/// How an engine writes tests in SQL. What is the same for all engines is written here.
public protocol SQLDialect: Sendable {
    /// An expression that is true exactly if the test holds; otherwise it is false or NULL.
    func sql(_ field: FieldReference, _ test: FieldTest, _ builder: inout SQLBuilder) -> String

    /// The same for a filter that must hold for one of the objects there.
    func sql(_ path: ObjectPath, holding filter: Filter, _ builder: inout SQLBuilder) -> String

    /// The same for free text.
    func sql(anywhere test: TextTest, _ builder: inout SQLBuilder) -> String
}

extension SQLDialect {
    /// The filter for a `WHERE`: true exactly if the filter holds, otherwise false or NULL.
    ///
    /// NULL is allowed where SQL itself reads it as "no": below `AND` and `OR`. So a plain comparison stays
    /// plain, and the engine can use it to skip parts of a file. Below a `NOT` it is turned into false.
    public func condition(_ filter: Filter) -> SQLText {
        var builder = SQLBuilder()
        let text = sql(filter, &builder)
        return SQLText(text: text, parameters: builder.parameters)
    }

    /// The filter as a value: true or false and never NULL. For a column, or inside other SQL.
    public func value(_ filter: Filter) -> SQLText {
        let condition = condition(filter)
        return SQLText(text: "coalesce(\(condition.text), false)", parameters: condition.parameters)
    }

    /// The same, inside a larger statement.
    public func value(_ filter: Filter, _ builder: inout SQLBuilder) -> String {
        "coalesce(\(sql(filter, &builder)), false)"
    }

    func sql(_ filter: Filter, _ builder: inout SQLBuilder) -> String {
        switch filter {
        case .everything: return "true"
        case .nothing: return "false"
        case .all(let parts): return parts.isEmpty ? "true" : group(parts, " AND ", &builder)
        case .any(let parts): return parts.isEmpty ? "false" : group(parts, " OR ", &builder)
        case .not(let part): return "NOT coalesce(\(sql(part, &builder)), false)"
        case .field(let field, let test): return "(\(sql(field, test, &builder)))"
        case .object(let path, let inner): return "(\(sql(path, holding: inner, &builder)))"
        case .anywhere(let test): return "(\(sql(anywhere: test, &builder)))"
        }
    }

    private func group(_ parts: [Filter], _ word: String, _ builder: inout SQLBuilder) -> String {
        var texts: [String] = []
        for part in parts { texts.append(sql(part, &builder)) }
        return "(" + texts.joined(separator: word) + ")"
    }
}
