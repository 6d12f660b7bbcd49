public import Platform

/// The Kibana Query Language: `event.action: tool_result and not user.email: *@example.com`.
///
/// - Source: the Kibana guide, *Kibana Query Language*, and its observed behavior.
public enum KQL {
    /// Reads a query. The empty text asks for everything.
    ///
    /// - Throws: the first thing that is wrong, with its place.
    public static func parse(_ text: String, _ options: KQLOptions = .init()) throws(QueryError) -> KQLQuery {
        let source = SourceText(text)
        var parser = KQLParser(source, options)
        return KQLQuery(source: source, expression: try parser.query())
    }

    /// Reads a query and says what it asks of the fields of a schema.
    ///
    /// - Parameter now: what `now` means in dates.
    public static func filter(
        _ text: String, schema: FieldSchema, now: Timestamp, _ options: KQLOptions = .init()
    ) throws(QueryError) -> ResolvedFilter {
        try parse(text, options).resolved(schema: schema, now: now, options)
    }
}

/// A query that was read: its text, and the tree whose spans point into it.
public struct KQLQuery: Sendable {
    public let source: SourceText
    public let expression: KQLExpression

    /// What the query asks of the fields of a schema.
    ///
    /// - Throws: a value that the type of its field cannot hold.
    public func resolved(
        schema: FieldSchema, now: Timestamp, _ options: KQLOptions = .init()
    ) throws(QueryError) -> ResolvedFilter {
        var resolver = KQLResolver(source: source, schema: schema, now: now, options: options)
        let filter = try resolver.filter(for: expression)
        return ResolvedFilter(filter: filter, warnings: resolver.warnings)
    }
}

/// A filter, and what about its query is doubtful.
public struct ResolvedFilter: Sendable, Hashable {
    public let filter: Filter
    public let warnings: [QueryError]
}
