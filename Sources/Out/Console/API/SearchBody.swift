import Network
import Platform
import Query

/// The body of `POST /api/v1/search`.
struct SearchBody {
    private(set) var request: SearchRequest
    let language: QueryLanguage
    let format: AnswerFormat
    let hasLastLine: Bool
    /// `nil` for whole documents.
    let selection: FieldSelection?
    let time: Timestamp.Span

    /// Hits of one JSON answer, which is made whole. - Range: 0 … 10,000   - Default: 100
    static let mostHits = 10_000
    /// Documents of one answer of lines, which is streamed.
    static let mostDocuments = 1_000_000

    private enum Order: String, CaseIterable { case newest, oldest }

    init(_ http: HTTPRequest, tenant: String, schema: FieldSchema, limits: ConsoleLimits, now: Timestamp)
        throws(APIError)
    {
        var body = try APIBody(http.body)
        (format, hasLastLine) = try body.format(http)
        request = SearchRequest(tenant: tenant, text: try body.query())
        language = try body.choice("language", of: QueryLanguage.self) ?? .kql
        (request.from, request.to) = try body.time(now: now)
        let most = format == .json ? Self.mostHits : Self.mostDocuments
        if let limit = try body.number("size", "limit", in: 0...most) { request.limit = limit }
        request.newestFirst = try body.choice("sort", "order", of: Order.self) != .oldest
        if let text = try body.text("after", "behind") {
            guard let place = SearchPlace(text) else {
                throw APIError(.badRequest, "`after`, or `behind`, must be what `next` of an answer was.")
            }
            request.behind = place
        }
        let fields = try body.texts("fields", most: FieldSelection.most)
        selection =
            fields.map { FieldSelection($0, schema) }
            ?? (format == .csv ? FieldSelection(FieldSelection.usual, schema) : nil)
        time = try body.timeout(most: limits.time)
        try body.end()
        switch language {
        case .kql: return
        case .eql:
            guard format != .csv else {
                throw APIError(.badRequest, "`format` csv is for KQL: sequences are no table.")
            }
            guard request.behind == nil else {
                throw APIError(.badRequest, "`after` is for KQL; narrow `from` and `to` instead.")
            }
            guard request.limit <= Self.mostHits else {
                throw APIError(.badRequest, "`size` is at most \(Self.mostHits) with EQL.")
            }
        case .esql:
            throw APIError(
                .badRequest, "`language` must be \"kql\" or \"eql\" here; ES|QL is asked at \(APICall.query.path).")
        }
    }

    mutating func give(_ cancellation: Cancellation) { request.cancellation = cancellation }

    /// The same in EQL.
    var sequences: EQLRequest {
        EQLRequest(
            tenant: request.tenant, text: request.text, from: request.from, to: request.to, limit: request.limit,
            wantsLast: request.newestFirst, cancellation: request.cancellation)
    }
}

extension APIBody {
    /// In which form the answer is wished for: by `format`, or else by `Accept`, whose lines are the hits alone.
    mutating func format(_ request: HTTPRequest) throws(APIError) -> (AnswerFormat, hasLastLine: Bool) {
        if let format = try choice("format", of: AnswerFormat.self) { return (format, format == .ndjson) }
        let accepted = request.headers.all("accept").joined(separator: ",").lowercased()
        if accepted.contains("application/x-ndjson") { return (.ndjson, false) }
        return (accepted.contains("text/csv") ? .csv : .json, false)
    }
}
