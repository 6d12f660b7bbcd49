import Platform
import Query

/// What stands in the form that begins a comparison: a time, or numbers of records, or nothing for all.
struct CheckForm {
    private let fields: FormFields

    init(_ fields: FormFields) { self.fields = fields }

    private func value(_ name: String) -> String? { fields[name].flatMap { $0.isEmpty ? nil : $0 } }

    func wish(now: Timestamp) throws(APIError) -> CheckWish {
        switch value("what") {
        case "all": return .all
        case "records": return try records()
        case "time", nil: return try time(now)
        default: throw APIError(.badRequest, "`what` must be all, time or records.")
        }
    }

    private func records() throws(APIError) -> CheckWish {
        guard let first = value("first").flatMap({ UInt64($0) }), first < UInt64(Int64.max) else {
            throw APIError(.badRequest, "The first record must be a number, such as 0.")
        }
        let last = try value("last").map { text throws(APIError) in
            guard let last = UInt64(text), last < UInt64(Int64.max) else {
                throw APIError(.badRequest, "The last record must be a number.")
            }
            return last
        }
        guard let last, last >= first else {
            if last == nil { return .records(first...first) }
            throw APIError(.badRequest, "The last record must not be before the first.")
        }
        return .records(first...last)
    }

    private func time(_ now: Timestamp) throws(APIError) -> CheckWish {
        let terms = TimeTerms(from: value("from") ?? "", to: value("to") ?? "now")
        do throws(TimeTerms.Problem) {
            let bounds = try terms.bounds(now: now)
            let (from, to) = (bounds.from ?? Timestamp(nanoseconds: 0), bounds.to ?? now)
            guard from < to else { throw TimeTerms.Problem.order }
            return .time(from..<to)
        } catch {
            throw APIError(.badRequest, error.sentence)
        }
    }
}
