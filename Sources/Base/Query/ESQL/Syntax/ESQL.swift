/// The Elasticsearch Query Language: `FROM logs-* | WHERE event.outcome == "failure" | STATS COUNT(*) BY user.email`.
///
/// - Source: Elastic's documentation of ES|QL, and the observed behavior of Elasticsearch 9.
public enum ESQL {
    /// Reads a query.
    ///
    /// - Parameter parameters: what its `?` stand for; some of them may be there in vain.
    /// - Throws: the first thing that is wrong, with its place.
    public static func parse(_ text: String, _ parameters: ESQLParameters = .none) throws(QueryError) -> ESQLQuery {
        let source = SourceText(text)
        var parser = try ESQLParser(source, parameters)
        let (settings, commands) = try parser.query()
        return ESQLQuery(source: source, settings: settings, commands: commands)
    }
}

/// A query that was read: its text, and the commands whose spans point into it.
public struct ESQLQuery: Sendable {
    public let source: SourceText
    public let settings: [ESQLSetting]
    /// - Shape: a source, then what is done with its rows.
    public let commands: [ESQLCommand]
}
