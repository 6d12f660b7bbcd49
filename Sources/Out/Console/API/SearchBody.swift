import Codecs
import Platform
import Query

/// The body of a call that searches:
/// `{"query":"…","from":"now-24h","to":"2026-10-08T00:00:00Z","limit":100,"order":"newest","behind":"…"}`.
///
/// Every member may be left out. One that is not known is an error: a misspelled bound must not search all.
struct SearchBody {
    var request: SearchRequest
    /// Of a histogram. - Range: 1 … 1,000   - Default: 60
    var buckets = 60

    /// Hits of one JSON answer, which is made whole. - Range: 0 … 10,000   - Default: 100
    static let mostHits = 10_000
    /// Documents of one NDJSON answer, which is streamed.
    static let mostDocuments = 1_000_000

    init(_ body: [UInt8], tenant: String, mostHits: Int, now: Timestamp) throws(APIError) {
        request = SearchRequest(tenant: tenant)
        guard !body.isEmpty else { return }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: body)
        } catch {
            throw APIError(.badRequest, "The body is not JSON: \(error).")
        }
        guard let members = value.members else { throw APIError(.badRequest, "The body must be a JSON object.") }
        for member in members where !member.value.isNull { try take(member, mostHits, now) }
        if let from = request.from, let to = request.to, to <= from {
            throw APIError(.badRequest, "`to` is not behind `from`.")
        }
    }

    private mutating func take(_ member: JSONValue.Member, _ mostHits: Int, _ now: Timestamp) throws(APIError) {
        switch member.key {
        case "query": request.text = try text(member)
        case "from": request.from = try moment(member) { TimeBound.from($0, now: now) }
        case "to": request.to = try moment(member) { TimeBound.to($0, now: now) }
        case "limit": request.limit = try number(member, 0...mostHits)
        case "buckets": buckets = try number(member, 1...1_000)
        case "order":
            switch try text(member) {
            case "newest": request.newestFirst = true
            case "oldest": request.newestFirst = false
            default: throw APIError(.badRequest, "`order` must be \"newest\" or \"oldest\".")
            }
        case "behind":
            guard let place = SearchPlace(try text(member)) else {
                throw APIError(.badRequest, "`behind` must be what `next` of an answer was.")
            }
            request.behind = place
        default:
            let known = "query, from, to, limit, order, behind, buckets"
            throw APIError(.badRequest, "`\(member.key.prefix(40))` is not known; known are \(known).")
        }
    }

    private func text(_ member: JSONValue.Member) throws(APIError) -> String {
        guard let text = member.value.string else {
            throw APIError(.badRequest, "`\(member.key)` must be a string.")
        }
        return text
    }

    private func number(_ member: JSONValue.Member, _ range: ClosedRange<Int>) throws(APIError) -> Int {
        guard let number = member.value.integer, range.contains(Int(number)) else {
            throw APIError(
                .badRequest, "`\(member.key)` must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return Int(number)
    }

    private func moment(_ member: JSONValue.Member, _ read: (String) -> Timestamp?) throws(APIError) -> Timestamp {
        let text = try text(member)
        guard text.utf8.count <= 64, let moment = read(text) else {
            throw APIError(.badRequest, "`\(member.key)` must be a time such as 2026-10-08T08:15:00Z or now-24h.")
        }
        return moment
    }
}
