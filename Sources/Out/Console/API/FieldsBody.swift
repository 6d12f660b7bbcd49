import Platform
import Query

/// The body of `POST /api/v1/fields`: which fields there are, or with `field` which values one has most often.
struct FieldsBody {
    enum Wish {
        case names(Wildcard?)
        case values(field: String, size: Int)
    }

    let wish: Wish
    /// KQL, for values.
    let query: String
    let from: Timestamp?
    let to: Timestamp?
    let time: Timestamp.Span

    init(_ bytes: [UInt8], limits: ConsoleLimits, now: Timestamp) throws(APIError) {
        var body = try APIBody(bytes)
        let field = try body.text("field")
        let pattern = try body.text("pattern")
        let size = try body.number("size", in: 1...1_000)
        query = try body.query()
        (from, to) = try body.time(now: now)
        time = try body.timeout(most: limits.time)
        try body.end()
        if let field {
            guard !field.isEmpty, pattern == nil else {
                throw APIError(.badRequest, "`field` is the name of one field, and has no `pattern` beside it.")
            }
            wish = .values(field: field, size: size ?? 10)
        } else {
            guard query.isEmpty, size == nil else {
                throw APIError(.badRequest, "`query` and `size` are for the values of a `field`.")
            }
            // What has no star is looked for anywhere in names.
            wish = .names(pattern.map { Wildcard(starred: $0) ?? Wildcard(["", $0, ""]) })
        }
    }
}
