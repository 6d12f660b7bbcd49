/// The Event Query Language: `process where process.name == "curl"`, and sequences of events:
/// `sequence by user.email with maxspan=1h [authentication where true] [file where file.path : "*.pem"]`.
///
/// - Source: Elastic's documentation of EQL, and the observed behavior of Elasticsearch 9.
public enum EQL {
    /// Reads a query.
    ///
    /// - Throws: the first thing that is wrong, with its place.
    public static func parse(_ text: String) throws(QueryError) -> EQLQuery {
        let source = SourceText(text)
        var parser = try EQLParser(source)
        let (form, pipes) = try parser.query()
        return EQLQuery(source: source, form: form, pipes: pipes)
    }
}

/// How large a query may be, so that a hostile one costs little.
enum EQLLimit {
    /// - Unit: bytes.
    static let text = 256 * 1024
    /// Parentheses, calls and signs within one another.
    static let nesting = 128
    /// Parts of one `and`, `or`, list or call.
    static let parts = 16_384
    /// Steps of a sequence, those that `with runs` repeats counted each time.
    static let steps = 256
    /// Keys that join the events of a sequence.
    static let keys = 16
    static let runs = 100
}
