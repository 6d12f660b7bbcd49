import CContent
import Codecs
import Events
import Platform
import Query

/// Which fields say what people and models wrote, and documents without them, for those who may not see it.
///
/// - Rule: a text is content unless `Content/redaction-fields.tsv` says that it tells who, from where, what kind or how
///   many. It is the list by which redaction leaves texts alone, so a new field is content until somebody says otherwise.
enum ContentCurtain {
    /// What stands in the place of content. Nobody can write it, for redaction looks through all content.
    static let word = "[NOT SHOWN]"

    private static let plain: Set<String> = {
        let content = unsafe docket_content_redaction_fields()
        let text = unsafe String(
            decoding: UnsafeBufferPointer(start: content.start, count: content.count), as: UTF8.self)
        return Set(text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init))
    }()

    /// What somebody searched for. It is content, but those who watch who looks may see it.
    private static let queries: Set = ["docket.access.query", "docket.export.filter"]

    /// - Parameter name: of a field of a document.
    static func isContent(_ name: String) -> Bool {
        if queries.contains(name) { return true }
        // What Docket says of itself and of the record.
        if name.hasPrefix("docket.") || name == "data_stream" || name.hasPrefix("data_stream.") { return false }
        return !plain.contains(name) && !plain.contains(sourceName(of: name))
    }

    /// - Parameter name: of a column of the store. Only spans have a column `name`; the list knows it as OTLP calls it.
    static func isContent(column name: String) -> Bool { isContent(name == "name" ? "otlp.name" : name) }

    /// What the source calls a field that a document has below the name of its stream.
    private static func sourceName(of name: String) -> String {
        let parts = name.split(separator: ".", maxSplits: 2)
        return parts.count == 3 && ["anthropic", "claude_code", "claude_cowork"].contains(parts[0])
            ? String(parts[2]) : name
    }

    /// What stands in the place of one text.
    enum Cover: Sendable {
        case word
        /// With how much is there, for pages.
        case size

        func text(over text: String) -> String {
            switch self {
            case .word: ContentCurtain.word
            case .size: "[\(Numbers.grouped(text.unicodeScalars.count)) characters, not shown]"
            }
        }
    }

    /// - Returns: the document as it may be shown, and the fields of which something is missing, in its order. What cannot
    ///   be read is not shown.
    static func draw(
        over document: [UInt8], _ cover: Cover = .word, showsQueries: Bool = false
    ) -> (document: [UInt8], fields: [String]) {
        guard let value = try? JSONValue(parsing: document) else { return (Array("{}".utf8), ["event.original"]) }
        var fields: [String] = []
        let shown = drawn(value, name: "", cover, showsQueries, &fields)
        return fields.isEmpty ? (document, []) : (Array(shown.text.utf8), fields)
    }

    static func hasContent(_ document: [UInt8]) -> Bool { !draw(over: document).fields.isEmpty }

    /// - Depth: that of the parser, which bounds it.
    private static func drawn(
        _ value: JSONValue, name: String, _ cover: Cover, _ showsQueries: Bool, _ fields: inout [String]
    ) -> JSONValue {
        switch value {
        case .object(let members):
            var shown: [JSONValue.Member] = []
            for member in members {
                let inner = name.isEmpty ? member.key : "\(name).\(member.key)"
                shown.append(.init(member.key, drawn(member.value, name: inner, cover, showsQueries, &fields)))
            }
            return .object(shown)
        case .array(let elements):
            var shown: [JSONValue] = []
            for element in elements { shown.append(drawn(element, name: name, cover, showsQueries, &fields)) }
            return .array(shown)
        case .string(let text) where isContent(name) && !(showsQueries && queries.contains(name)):
            if !fields.contains(name) { fields.append(name) }
            return .string(cover.text(over: text))
        default: return value
        }
    }
}

extension FieldType {
    /// Whether values may be words that somebody wrote.
    var isWritten: Bool { [.keyword, .text, .flattened].contains(self) }
}

/// An engine whose events have no content: for roles that may not see it, and for lists.
struct CurtainedEngine: EventReader, ExplainingEngine, FieldEngine, SearchEngine, TableEngine {
    let engine: any QueryEngine
    /// Whether what others searched for is shown.
    let showsQueries: Bool
    var cover = ContentCurtain.Cover.word

    func drawn(_ hit: SearchHit) -> SearchHit {
        var hit = hit
        hit.document = ContentCurtain.draw(over: hit.document, cover, showsQueries: showsQueries).document
        return hit
    }

    var schema: FieldSchema { engine.schema }

    func fieldsInUse(tenant: String, from: Timestamp?, to: Timestamp?) throws(SearchError) -> Set<String> {
        try engine.fieldsInUse(tenant: tenant, from: from, to: to)
    }

    func search(_ request: SearchRequest) throws(SearchError) -> SearchAnswer {
        var answer = try engine.search(request)
        answer.hits = answer.hits.map(drawn)
        return answer
    }

    func histogram(_ request: SearchRequest, buckets: Int) throws(SearchError) -> Histogram {
        try engine.histogram(request, buckets: buckets)
    }

    func event(id: String, tenant: String) throws(SearchError) -> SearchHit? {
        try engine.event(id: id, tenant: tenant).map(drawn)
    }

    func read(_ request: EventReadRequest, _ body: (SearchHit) -> Bool) throws(SearchError) {
        try engine.read(request) { body(drawn($0)) }
    }

    func events(
        at places: [SearchPlace], tenant: String, cancellation: Cancellation?
    ) throws(SearchError) -> [SearchHit] {
        try engine.events(at: places, tenant: tenant, cancellation: cancellation).map(drawn)
    }

    /// It says nothing that the query does not say.
    func explain(_ request: SearchRequest) throws(SearchError) -> QueryExplanation? { try engine.explain(request) }

    func table(_ request: TableRequest) throws(SearchError) -> ESQLAnswer {
        TableCurtain(request.text, schema, hasParameters: !request.parameters.isEmpty)
            .draw(over: try engine.table(request))
    }
}
