import Platform

/// One request for a page.
struct FeedQuestion: Sendable, Equatable {
    enum Place: Sendable, Equatable {
        /// What was created in a stretch of time, older than a cursor if there is one.
        case window(from: Timestamp, until: Timestamp, after: String?)
        /// What stands before a cursor: newer activities, as the API lists the newest first.
        case newer(than: String)
    }

    let place: Place
    let filters: FeedFilters
    let limit: Int
    /// Whether it gives way to questions about the present.
    var isBacklog = false

    /// Whether the server was given a cursor, and may be refusing that.
    var hasCursor: Bool {
        if case .window(_, _, nil) = place { false } else { true }
    }

    /// Path and query.
    var target: String {
        var pairs: [(name: String, value: String)] = [("limit", String(limit))]
        switch place {
        case .newer(let cursor): pairs.append(("before_id", cursor))
        case .window(let from, let until, let after):
            pairs.append(("created_at.gte", RFC3339.text(from, digits: 6)))
            pairs.append(("created_at.lt", RFC3339.text(until, digits: 6)))
            if let after { pairs.append(("after_id", after)) }
        }
        pairs += filters.pairs
        return Self.target("/v1/compliance/activities", pairs)
    }

    /// A path with a query.
    static func target(_ path: String, _ pairs: [(name: String, value: String)]) -> String {
        "\(path)?" + pairs.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
    }

    /// Percent-encodes all but the unreserved characters of RFC 3986.
    static func encoded(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
