import Events
import Platform
import Query
import Store

/// How long documents are kept, by patterns of streams. Without a rule they are kept for ever.
struct RetentionRules: Sendable {
    struct Rule: Sendable {
        /// As they were written.
        let streams: String
        let patterns: StreamPatterns
        let keep: Timestamp.Span
    }

    private(set) var rules: [Rule] = []

    init() {}

    init(_ reader: SettingReader) throws(ConfigurationError) {
        for place in 0..<(reader.counts["store.retention"] ?? 0) {
            let path = "store.retention.\(place)"
            guard let streams = try reader.text("\(path).streams"), !streams.isEmpty else {
                throw reader.error(at: "\(path).streams", "a rule needs `streams`, such as `logs-claude_code.*`")
            }
            guard let keep = try reader.duration("\(path).keep") else {
                throw reader.error(at: "\(path).keep", "a rule needs `keep`, such as `90d`")
            }
            let patterns = StreamPatterns(streams)
            if let unknown = patterns.unknown().first {
                let hint = unknown.suggestion.map { "; did you mean `\($0)`?" } ?? ""
                throw reader.error(at: "\(path).streams", "there is no stream `\(unknown.name)`\(hint)")
            }
            // Rows of one stream have one age: those of some datasets alone cannot be told apart here.
            if let stream = StreamName.all.first(where: { patterns.matches($0) && !patterns.isWhole($0) }),
                !StreamName.all.contains(where: { patterns.matches($0) && patterns.isWhole($0) })
            {
                throw reader.error(
                    at: "\(path).streams", "a rule is for all of a stream, and this is some of `\(stream)`")
            }
            rules.append(Rule(streams: streams, patterns: patterns, keep: keep))
        }
    }

    /// Documents of a stream that are older than it are to go.
    func cutoff(_ stream: StreamName, now: Timestamp) -> Timestamp? {
        rules.first { $0.patterns.matches(stream) && $0.patterns.isWhole(stream) }.map { now - $0.keep }
    }
}
