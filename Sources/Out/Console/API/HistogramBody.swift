import Platform
import Query

/// The body of `POST /api/v1/histogram`.
struct HistogramBody {
    private(set) var request: SearchRequest
    let buckets: Int
    /// The field whose values are counted one by one, too.
    let field: String?
    /// How many of its values.
    let size: Int
    let time: Timestamp.Span

    init(_ bytes: [UInt8], tenant: String, limits: ConsoleLimits, now: Timestamp) throws(APIError) {
        var body = try APIBody(bytes)
        request = SearchRequest(tenant: tenant, text: try body.query())
        (request.from, request.to) = try body.time(now: now)
        buckets = try body.number("buckets", in: 1...1_000) ?? 60
        field = try body.text("by")
        size = try body.number("size", in: 1...50) ?? 10
        time = try body.timeout(most: limits.time)
        try body.end()
        guard field != "" else { throw APIError(.badRequest, "`by` must be the name of a field.") }
    }

    mutating func give(_ cancellation: Cancellation) { request.cancellation = cancellation }
}
