import Codecs
import Network
import Platform
import Query

/// The body of `POST /api/v1/query`.
struct TableBody {
    private(set) var request: TableRequest
    /// What is recorded of the question: the query, and what was given for its parameters as a comment behind it.
    let recorded: String
    let format: AnswerFormat
    let hasLastLine: Bool
    var time: Timestamp.Span { request.limits.time }

    init(_ http: HTTPRequest, tenant: String, limits: ConsoleLimits, now: Timestamp) throws(APIError) {
        var body = try APIBody(http.body)
        (format, hasLastLine) = try body.format(http)
        request = TableRequest(tenant: tenant, text: try body.query())
        let parameters = try body.values("params") ?? []
        do throws(ESQLParameterError) {
            request.parameters = try ESQLParameters(parameters)
        } catch {
            throw APIError(.badRequest, "`params`: \(error).")
        }
        recorded = request.text + (parameters.isEmpty ? "" : "\n// params: \(JSONValue.array(parameters).text)")
        request.filter = try body.query("filter")
        (request.from, request.to) = try body.time(now: now)
        request.dropsEmptyColumns = try body.flag("drop_null_columns") ?? false
        if let limit = try body.number("limit", in: 1...request.limits.rows) {
            request.limits.rows = limit
            request.limits.defaultRows = limit
        }
        request.limits.time = try body.timeout(most: limits.time)
        try body.end()
        guard !request.text.isEmpty else {
            throw APIError(.badRequest, "`query` is missing: a query in ES|QL, such as FROM events | LIMIT 10.")
        }
    }

    mutating func give(_ cancellation: Cancellation) { request.cancellation = cancellation }
}
