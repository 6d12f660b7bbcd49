import Codecs
import Events
import Platform

/// One page of a report, with its rows found in the body and not taken out of it.
struct ReportPage: Sendable, Equatable {
    /// Rows that belong together: a bucket, or all rows of a page that has none.
    struct Part: Sendable, Equatable {
        /// `nil` where the rows say it, or nobody but the question.
        var start: String?
        var end: String?
        var rows: [ByteRange] = []
    }

    var parts: [Part] = []
    var hasMore = false
    var next: String?
    var refreshed: String?
    var organization: String?
    /// Elements that are no objects, and are left out.
    var refused = 0

    var rows: Int { parts.reduce(0) { $0 + $1.rows.count } }

    /// - Throws: when the body is not the envelope of a report.
    init(_ body: [UInt8], of report: Report) throws(JSONError) {
        let bytes = unsafe body.span.bytes
        let all = ByteRange(start: 0, count: bytes.byteCount)
        if let flaw = UTF8Text.firstFlaw(in: bytes, all) { throw JSONError(.badUTF8, at: flaw) }
        let shape = ReportShape.of(report)
        let list: StaticString = report == .summaries ? "summaries" : "data"
        var cursor = JSONCursor(all)
        var (hasList, isFirst, says) = (false, true, Bool?.none)
        try cursor.enterObject(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            let name = bytes[key.range]
            if name.isEqual(to: list), try cursor.kind(in: bytes) == .array {
                try readList(bytes, &cursor, shape)
                hasList = true
            } else if name.isEqual(to: "has_more"), [.true, .false].contains(try cursor.kind(in: bytes)) {
                says = try cursor.word(in: bytes) == .true
            } else if name.isEqual(to: "next_page") {
                next = try Self.text(bytes, &cursor)
            } else if name.isEqual(to: "data_refreshed_at") {
                refreshed = try Self.text(bytes, &cursor)
            } else if name.isEqual(to: "organization_id") {
                organization = try Self.text(bytes, &cursor)
            } else {
                try cursor.skip(in: bytes)
            }
        }
        try cursor.finish(in: bytes)
        guard hasList else { throw JSONError(.wrongKind, at: 0) }
        // Reports of engagement end with a `next_page` of null and have no `has_more`.
        hasMore = says ?? (next != nil)
    }

    private static func text(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) -> String? {
        guard try cursor.kind(in: bytes) == .string else {
            try cursor.skip(in: bytes)
            return nil
        }
        return JSONText.string(try cursor.string(in: bytes), in: bytes)
    }

    private mutating func readList(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, _ shape: ReportShape
    ) throws(JSONError) {
        var isFirst = true
        var plain = Part()
        try cursor.enterArray(in: bytes)
        while try cursor.nextElement(in: bytes, isFirst: &isFirst) {
            guard try cursor.kind(in: bytes) == .object else {
                try cursor.skip(in: bytes)
                refused += 1
                continue
            }
            switch shape.stride {
            case .buckets: try readBucket(bytes, &cursor)
            case .dates:
                // Each summary is a day, and so can change alone.
                var part = try Self.times(bytes, cursor)
                part.rows = [try cursor.skip(in: bytes)]
                parts.append(part)
            case .date, .startingDate, .dayOfTimes: plain.rows.append(try cursor.skip(in: bytes))
            }
        }
        if shape.stride.isDay { parts = [plain] }
    }

    private mutating func readBucket(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) {
        var part = try Self.times(bytes, cursor)
        var isFirst = true
        try cursor.enterObject(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            guard bytes[key.range].isEqual(to: "results"), try cursor.kind(in: bytes) == .array else {
                try cursor.skip(in: bytes)
                continue
            }
            var isFirstRow = true
            try cursor.enterArray(in: bytes)
            while try cursor.nextElement(in: bytes, isFirst: &isFirstRow) {
                guard try cursor.kind(in: bytes) == .object else {
                    try cursor.skip(in: bytes)
                    refused += 1
                    continue
                }
                part.rows.append(try cursor.skip(in: bytes))
            }
        }
        parts.append(part)
    }

    /// A part that has the times of the object at a cursor, and no rows.
    private static func times(_ bytes: RawSpan, _ place: JSONCursor) throws(JSONError) -> Part {
        var part = Part()
        var cursor = place
        var isFirst = true
        try cursor.enterObject(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            if bytes[key.range].isEqual(to: "starting_at") {
                part.start = try text(bytes, &cursor)
            } else if bytes[key.range].isEqual(to: "ending_at") {
                part.end = try text(bytes, &cursor)
            } else {
                try cursor.skip(in: bytes)
            }
        }
        return part
    }
}

extension ReportPage {
    /// Adds what was taken of a page to a batch whose storage is the body of the page.
    ///
    /// - Parameter origin: who was asked, and with which credential.
    func append(
        _ take: ReportMachine.Take, of question: ReportQuestion, _ origin: RecordBatch.Context,
        to batch: inout RecordBatch
    ) {
        func facts(_ start: String?, _ end: String?) -> ReportFacts {
            ReportFacts(
                report: question.report, start: start ?? question.from.midnight, end: end ?? question.until.midnight,
                groups: question.groups, refreshed: refreshed, organization: organization,
                width: question.width == .day ? nil : question.width?.rawValue)
        }
        for index in take.kept {
            let part = parts[index]
            var facts = facts(part.start, part.end)
            facts.isCut = take.cut.contains(index)
            facts.page = take.page
            facts.unitStart = take.unitStarts[index]
            Self.append(part.rows, facts, origin, to: &batch)
        }
        for emptied in take.emptied {
            var facts = facts(emptied.start, emptied.end)
            facts.page = emptied.page
            facts.isEmpty = true
            let row = ByteRange(start: batch.storage.count, count: 2)
            batch.storage += Array("{}".utf8)
            Self.append([row], facts, origin, to: &batch)
        }
    }

    private static func append(
        _ rows: [ByteRange], _ facts: ReportFacts, _ origin: RecordBatch.Context, to batch: inout RecordBatch
    ) {
        let text = Array(facts.json.text.utf8)
        var context = origin
        context.resource = ByteRange(start: batch.storage.count, count: text.count)
        let number = UInt32(batch.contexts.count)
        batch.contexts.append(context)
        batch.storage += text
        for row in rows {
            batch.entries.append(.init(kind: .reportRow, encoding: .json, context: number, range: row))
        }
    }
}
