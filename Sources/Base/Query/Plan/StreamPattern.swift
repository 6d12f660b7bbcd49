public import Events

/// Which streams a list of patterns means, written as for Elasticsearch: `logs-anthropic.audit-*,-*.traces*`.
///
/// Elasticsearch calls a data stream `TYPE-DATASET-NAMESPACE`. What stands behind the dataset does not count here: a
/// namespace is a tenant, and that is the credential's; nor do the dates of backing indices (`.ds-…`). The short names,
/// such as `anthropic.audit`, are good too, and `events` is all of them.
///
/// - Order: counts. A pattern behind a `-` takes away from what those before it added.
/// - Source: Elasticsearch, *Multi-target syntax*, *Data stream naming scheme*, *Date math in index names*.
public struct StreamPatterns: Sendable, Equatable {
    private let items: [Item]

    private struct Item: Sendable, Equatable {
        /// As it was written, without `-`.
        let text: String
        /// What is compared; `nil` when nothing here can have such a name.
        let pattern: IndexPattern?
        let isExcluded: Bool
    }

    /// - Parameter list: patterns between commas.
    public init(_ list: String) { self.init(list.split(separator: ",").map(String.init)) }

    /// - Parameter patterns: one pattern each, with `-` in front where it takes away.
    public init(_ patterns: [String]) {
        items = patterns.map { $0.trimmed }.filter { !$0.isEmpty }.map { text in
            let isExcluded = text.hasPrefix("-")
            let name = isExcluded ? String(text.dropFirst()) : text
            return Item(text: name, pattern: IndexPattern(name), isExcluded: isExcluded)
        }
    }

    /// Whether documents of this stream may be meant.
    ///
    /// - Note: `ecs.events` and `ecs.imported` hold events of many datasets. Of those ``matches(type:dataset:)`` tells
    ///   which are meant, unless ``isWhole(_:)``.
    public func matches(_ stream: StreamName) -> Bool {
        guard stream.isMixed else { return last { $0.fits(stream) } }
        // Excluding one dataset leaves others.
        return last { $0.fits(stream) } || items.contains { !$0.isExcluded && $0.pattern?.mayFitOthers == true }
    }

    /// Whether all documents of a stream that ``matches(_:)`` are meant, whatever their dataset is.
    public func isWhole(_ stream: StreamName) -> Bool {
        guard stream.isMixed else { return true }
        guard let place = items.lastIndex(where: { !$0.isExcluded && $0.pattern?.isEvery(stream) == true }) else {
            return false
        }
        return !items[place...].contains { $0.isExcluded }
    }

    /// Whether events of a dataset that is none of Docket's are meant.
    ///
    /// - Parameter type: `data_stream.type` of the event, `logs` as a rule.
    /// - Parameter stream: that holds it.
    public func matches(type: String, dataset: String, in stream: StreamName = .events) -> Bool {
        last { $0.fits(type: type, dataset: dataset) || $0.isEvery(stream) }
    }

    /// Whether the last pattern that says something about it adds.
    private func last(_ fits: (IndexPattern) -> Bool) -> Bool {
        items.last { $0.pattern.map(fits) ?? false }.map { !$0.isExcluded } ?? false
    }

    /// A name without a star that means nothing.
    public struct Unknown: Sendable, Equatable {
        public let name: String
        /// What was probably meant.
        public let suggestion: String?
    }

    /// Names without a star that mean no stream. A pattern with one may fit nothing, and is no mistake.
    ///
    /// - Parameter datasets: of events of other systems that there are, such as `okta.system`.
    public func unknown(datasets: Set<String> = []) -> [Unknown] {
        items.compactMap { item in
            guard !item.isExcluded else { return nil }
            guard let pattern = item.pattern else { return Unknown(name: item.text, suggestion: nil) }
            let isKnown =
                pattern.hasStar || StreamName.all.contains(where: pattern.fits)
                || datasets.contains { dataset in
                    IndexPattern.types.contains { pattern.fits(type: $0, dataset: dataset) }
                }
            return isKnown ? nil : Unknown(name: item.text, suggestion: pattern.nearest(among: datasets))
        }
    }
}

/// One pattern over names of indices.
private struct IndexPattern: Sendable, Equatable {
    static let types = ["logs", "metrics", "traces"]
    private let pieces: [String]

    var hasStar: Bool { pieces.count > 1 }

    init?(_ written: String) {
        var name = written[...]
        if name.hasSuffix("::failures") { return nil }
        if name.hasSuffix("::data") { name = name.dropLast("::data".count) }
        // There are no other clusters; `*:` asks all there are.
        if name.hasPrefix("*:") { name = name.dropFirst(2) }
        if name.contains(":") { return nil }
        if name.hasPrefix("<"), name.hasSuffix(">") { name = name.dropFirst().dropLast() }
        if name.hasPrefix(".ds-") { name = name.dropFirst(".ds-".count) }
        if name == "_all" || name == "events" { name = "*" }
        pieces = Self.pieces(of: Self.withoutNamespace(Self.withoutDates(name)))
    }

    /// `{now/d{yyyy.MM}}` is some text.
    private static func withoutDates(_ name: Substring) -> String {
        var depth = 0
        return name.reduce(into: "") { out, character in
            if character == "{" {
                if depth == 0 { out += "*" }
                depth += 1
            } else if character == "}", depth > 0 {
                depth -= 1
            } else if depth == 0 {
                out.append(character)
            }
        }
    }

    /// `logs-*-default` asks for all datasets.
    private static func withoutNamespace(_ name: String) -> String {
        for type in types where name.hasPrefix("\(type)-*-") && !name.dropFirst(type.count + 3).contains("*") {
            return "\(type)-*"
        }
        return name
    }

    private static func pieces(of name: String) -> [String] {
        name.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    }

    private func fits(name: String) -> Bool { hasStar ? Wildcard(pieces).matches(name) : pieces[0] == name }

    /// A data stream, whatever its namespace is.
    private func fits(base: String) -> Bool {
        pieces[0].hasPrefix("\(base)-") || fits(name: "\(base)-default") || (!hasStar && pieces[0] == base)
    }

    func fits(_ stream: StreamName) -> Bool { fits(name: stream.text) || stream.indices.contains(where: fits(base:)) }

    func fits(type: String, dataset: String) -> Bool { fits(base: "\(type)-\(dataset)") || fits(name: dataset) }

    /// Whether there may be a dataset of others that fits.
    var mayFitOthers: Bool { hasStar || !StreamName.all.contains(where: fits) }

    /// Whether it means all of a stream of many datasets, and not some of them.
    func isEvery(_ stream: StreamName) -> Bool {
        pieces == ["", ""] || fits(name: stream.text) || stream.indices.contains { pieces[0].hasPrefix($0) }
    }

    func nearest(among datasets: Set<String>) -> String? {
        let name = pieces[0]
        let short = StreamName.all.map(\.text)
        if let near = Nearness.nearest(to: name, among: short + datasets.sorted()) { return near }
        // The namespace stays as it was written.
        let parts = name.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
        let bases = StreamName.all.flatMap(\.indices) + datasets.sorted().map { "logs-\($0)" }
        guard parts.count > 1 else { return nil }
        let rest = parts.count > 2 ? "-\(parts[2])" : "-*"
        return Nearness.nearest(to: "\(parts[0])-\(parts[1])", among: bases).map { $0 + rest }
    }
}

extension StreamName {
    /// Whether it holds events of other systems, which say themselves what dataset they are of.
    fileprivate var isMixed: Bool { self == .events || self == .imported }

    /// What Elasticsearch calls the data stream, without a namespace; the first is what Elastic's packages write.
    fileprivate var indices: [String] {
        switch self {
        case .codeEvents, .coworkEvents: ["logs-\(text).otel", "logs-\(text)"]
        case .codeTraces: ["traces-claude_code.otel", "traces-claude_code", "traces-\(text)"]
        case .officeTraces: ["traces-office_agent.otel", "traces-office_agent", "traces-\(text)"]
        case .codeMetrics: ["metrics-\(text)", "metrics-claude_code.otel", "metrics-claude_code"]
        case .otherLogs: ["logs-\(text)", "logs-generic.otel"]
        case .otherTraces: ["traces-\(text)", "traces-generic.otel"]
        case .otherMetrics: ["metrics-\(text)", "metrics-generic.otel"]
        case .usage, .cost, .analytics, .codeUsage: ["metrics-\(text)"]
        default: ["logs-\(text)"]
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        let isBlank: (Character) -> Bool = { $0.isWhitespace }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
