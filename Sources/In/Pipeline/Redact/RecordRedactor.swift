import Codecs
import Detect
import Events

/// Takes what must not be kept out of the records of a batch, and writes those anew where it found anything.
///
/// A record is walked value by value; what is replaced is noted with its place, and only then, if there is anything, the
/// record is written again with the lengths, escapes and quotes that its encoding needs. One without findings stays the
/// bytes that it is.
///
/// - Threads: one at a time for each value.
struct RecordRedactor: ~Copyable {
    /// A text that is replaced.
    struct Edit {
        /// Where it is: in protobuf the value of a field, in JSON between the quotes, in CSV the cell with its quotes.
        let range: ByteRange
        /// What stands in its place, in `replacements`.
        let text: ByteRange
    }

    /// How a replacement is written.
    enum Spelling {
        case plain
        case json
        case csv
    }

    /// Objects and messages within one another, as far as they are told apart.
    static let depthLimit = 64

    var redactor: TextRedactor
    var edits: [Edit] = []
    /// The name of the value with those of the objects that it lies in, dots between them.
    var path = ByteBuffer(capacity: 256)
    /// Where in it the name begins: what is a message of its own, as an event of a span, has names of its own.
    var nameStart = 0
    private var replacements = ByteBuffer(capacity: 4_096)
    private var plain = ByteBuffer(capacity: 4_096)
    private var rules: SourceRules?
    private var writer = MaskWriter(key: nil)
    private var cells: [CSVCursor.Cell] = []
    private var columns: [[UInt8]] = []
    private var header: [UInt8] = []
    /// Texts that were withheld because they were too costly, or too much was found in them.
    private(set) var surrendered = 0

    init(_ set: DetectorSet) { redactor = TextRedactor(set) }

    // MARK: A batch

    /// - Returns: `nil` when nothing of the batch was changed.
    mutating func redact(
        _ batch: borrowing RecordBatch, _ rules: SourceRules, _ writer: MaskWriter, _ facts: inout RedactionFacts
    ) -> RecordBatch? {
        self.rules = rules
        self.writer = writer
        surrendered = 0
        let bytes = unsafe batch.storage.span.bytes
        var storage = ByteBuffer(capacity: 16)
        var contexts: [RecordBatch.Context]?
        var entries: [RecordBatch.Entry]?
        // What is done with what several records share is told of the first of them.
        var shared: [Int: RedactionFacts.Entry] = [:]
        for (index, context) in batch.contexts.enumerated() {
            guard let entry = batch.entries.first(where: { Int($0.context) == index }) else {
                // All of its records were refused: nobody needs it, and nobody has looked through it.
                var changed = contexts ?? batch.contexts
                (changed[index].resource, changed[index].scope) = (.empty, .empty)
                contexts = changed
                continue
            }
            guard entry.kind.hasAttributes else { continue }
            redactor.beginRecord()
            let resource = rewrite(bytes, context.resource, entry.encoding, .resource, &storage)
            let scope = rewrite(bytes, context.scope, entry.encoding, .scope, &storage)
            guard resource != nil || scope != nil else { continue }
            var changed = contexts ?? batch.contexts
            if let resource { changed[index].resource = resource }
            if let scope { changed[index].scope = scope }
            contexts = changed
            shared[index] = fact(0)
        }
        for (index, entry) in batch.entries.enumerated() {
            // What Docket says of itself is made of nothing that anybody sent, but for what somebody searched for.
            guard !entry.kind.isOwn || entry.kind == .access else { continue }
            redactor.beginRecord()
            var range: ByteRange?
            if let message = MessageShape(entry.kind) {
                range = rewrite(bytes, entry.range, entry.encoding, message, &storage)
            } else if entry.encoding == .csv {
                range = rewriteRow(bytes, entry.range, header: batch.contexts[Int(entry.context)].resource, &storage)
            } else {
                range = rewriteJSON(bytes, entry.range, isTelemetry: false, &storage)
            }
            if let range {
                var changed = entries ?? batch.entries
                changed[index].range = range
                entries = changed
            }
            let common = shared.removeValue(forKey: Int(entry.context))
            if range != nil || common != nil { facts.entries.append(fact(index, common)) }
        }
        guard contexts != nil || entries != nil else { return nil }
        return batch.replacing(contexts, entries, storage.bytes)
    }

    private func fact(_ record: Int, _ common: RedactionFacts.Entry? = nil) -> RedactionFacts.Entry {
        RedactionFacts.Entry(
            record: UInt32(record), count: UInt32(redactor.count) + (common?.count ?? 0),
            withheld: UInt32(redactor.withheld) + (common?.withheld ?? 0),
            detectors: Set(redactor.foundIDs + (common?.detectors ?? [])).sorted())
    }

    // MARK: One message, object or row

    /// - Returns: where the new bytes are, counted from the end of the storage of the batch.
    private mutating func rewrite(
        _ bytes: RawSpan, _ range: ByteRange, _ encoding: RecordEncoding, _ message: MessageShape,
        _ storage: inout ByteBuffer
    ) -> ByteRange? {
        guard encoding == .protobuf else { return rewriteJSON(bytes, range, isTelemetry: true, &storage) }
        guard !range.isEmpty else { return nil }
        begin()
        do throws(ProtobufError) {
            try walkProtobuf(bytes, range, message, depth: 0)
        } catch {
            return rewriteUnread(bytes, range, &storage)
        }
        guard !edits.isEmpty else { return nil }
        let start = storage.count
        var next = 0
        ProtobufSplice.write(bytes, range, edits, &next, replacements.bytes, to: &storage)
        return ByteRange(start: bytes.byteCount + start, count: storage.count - start)
    }

    private mutating func rewriteJSON(
        _ bytes: RawSpan, _ range: ByteRange, isTelemetry: Bool, _ storage: inout ByteBuffer
    ) -> ByteRange? {
        guard !range.isEmpty else { return nil }
        begin()
        do throws(JSONError) {
            var cursor = JSONCursor(range)
            try walkJSON(bytes, &cursor, isTelemetry: isTelemetry, depth: 0)
            try cursor.finish(in: bytes)
        } catch {
            return rewriteUnread(bytes, range, &storage)
        }
        return splice(bytes, range, &storage)
    }

    private mutating func rewriteRow(
        _ bytes: RawSpan, _ range: ByteRange, header: ByteRange, _ storage: inout ByteBuffer
    ) -> ByteRange? {
        begin()
        readColumns(bytes, header)
        var cursor = CSVCursor(range)
        var cells: [CSVCursor.Cell] = []
        swap(&cells, &self.cells)
        defer { swap(&cells, &self.cells) }
        guard let row = cursor.next(in: bytes, cells: &cells), row.flaw == nil, row.range.end == range.end else {
            return rewriteUnread(bytes, range, &storage)
        }
        for (index, cell) in cells.enumerated() {
            path.removeAll()
            if index < columns.count { path.append(columns[index]) }
            let isQuoted = cell.range.start > range.start && bytes[cell.range.start - 1] == UInt8(ascii: "\"")
            let whole = isQuoted ? ByteRange(start: cell.range.start - 1, count: cell.range.count + 2) : cell.range
            guard cell.isEscaped else {
                leaf(bytes[cell.range], whole, .csv)
                continue
            }
            var text = ByteBuffer(capacity: cell.range.count)
            text.append(cell, of: bytes)
            leaf(text.bytes, whole, .csv)
        }
        return splice(bytes, range, &storage)
    }

    private mutating func readColumns(_ bytes: RawSpan, _ range: ByteRange) {
        let isSame = unsafe header.span.bytes.isEqual(to: bytes[range])
        guard !isSame || columns.isEmpty else { return }
        header = bytes[range].array
        var cursor = CSVCursor(range)
        var cells: [CSVCursor.Cell] = []
        _ = cursor.next(in: bytes, cells: &cells)
        columns = cells.map { cell in
            var text = ByteBuffer(capacity: cell.range.count)
            text.append(cell, of: bytes)
            return text.array
        }
    }

    /// What cannot be read is one text.
    private mutating func rewriteUnread(
        _ bytes: RawSpan, _ range: ByteRange, _ storage: inout ByteBuffer
    ) -> ByteRange? {
        begin()
        leaf(bytes[range], range, .plain)
        return splice(bytes, range, &storage)
    }

    private mutating func begin() {
        edits.removeAll(keepingCapacity: true)
        replacements.removeAll()
        path.removeAll()
        nameStart = 0
    }

    /// Writes what needs no lengths.
    private func splice(_ bytes: RawSpan, _ range: ByteRange, _ storage: inout ByteBuffer) -> ByteRange? {
        guard !edits.isEmpty else { return nil }
        let start = storage.count
        var place = range.start
        for edit in edits {
            storage.append(bytes.extracting(place..<edit.range.start))
            storage.append(replacements.bytes[edit.text])
            place = edit.range.end
        }
        storage.append(bytes.extracting(place..<range.end))
        return ByteRange(start: bytes.byteCount + start, count: storage.count - start)
    }

    // MARK: One text

    /// The text of a JSON string.
    mutating func leaf(_ text: JSONCursor.Text, in bytes: RawSpan) {
        guard text.isEscaped else { return leaf(bytes[text.range], text.range, .json) }
        var taken = ByteBuffer(capacity: 0)
        swap(&taken, &plain)
        taken.removeAll()
        JSONText.appendUnescaped(bytes[text.range], to: &taken)
        leaf(taken.bytes, text.range, .json)
        swap(&taken, &plain)
    }

    /// A text that is called as `path` says.
    mutating func leaf(_ text: RawSpan, _ range: ByteRange, _ spelling: Spelling) {
        guard let rules, text.byteCount >= TextRedactor.shortest || rules.mindsShortTexts else { return }
        let number = rules.number(of: path.bytes.extracting(nameStart..<path.count))
        guard number != .kept else { return }
        let result = Self.redact(&redactor, text, path, nameStart, rules.rules(number), writer)
        if redactor.lastOutcome != .done { surrendered += 1 }
        let start = replacements.count
        switch result {
        case .unchanged: return
        case .dropped: break
        case .changed: Self.append(redactor, spelling, to: &replacements)
        }
        edits.append(Edit(range: range, text: ByteRange(start: start, count: replacements.count - start)))
    }

    private static func redact(
        _ redactor: inout TextRedactor, _ text: RawSpan, _ path: borrowing ByteBuffer, _ start: Int,
        _ rules: FieldRules, _ writer: MaskWriter
    ) -> TextRedactor.Result {
        redactor.redact(text, name: path.bytes.extracting(start..<path.count), rules, writer)
    }

    private static func append(_ redactor: borrowing TextRedactor, _ spelling: Spelling, to out: inout ByteBuffer) {
        switch spelling {
        case .plain: out.append(redactor.text)
        case .json: out.append(jsonCharacters: redactor.text)
        case .csv: out.append(csvCell: redactor.text)
        }
    }
}

extension RecordKind {
    /// Whether its contexts are OpenTelemetry's.
    fileprivate var hasAttributes: Bool {
        switch self {
        case .otlpLog, .otlpSpan, .otlpMetric: true
        default: false
        }
    }
}

extension RecordBatch {
    /// The batch with what was written anew behind its storage, and nothing in the storage that is not part of it.
    ///
    /// - Parameter written: what ranges behind the end of the storage refer to.
    fileprivate func replacing(_ contexts: [Context]?, _ entries: [Entry]?, _ written: RawSpan) -> RecordBatch {
        var batch = RecordBatch(
            tenant: tenant, source: source, contexts: contexts ?? self.contexts, entries: entries ?? self.entries,
            bookmark: bookmark)
        let old = unsafe storage.span.bytes
        var out = ByteBuffer(capacity: byteCount)
        func move(_ range: ByteRange, _ out: inout ByteBuffer) -> ByteRange {
            let start = out.count
            guard !range.isEmpty else { return ByteRange(start: start, count: 0) }
            let isNew = range.start >= old.byteCount
            out.append(isNew ? written.extracting(range.start - old.byteCount..<range.end - old.byteCount) : old[range])
            return ByteRange(start: start, count: range.count)
        }
        for index in batch.contexts.indices {
            batch.contexts[index].resource = move(batch.contexts[index].resource, &out)
            batch.contexts[index].scope = move(batch.contexts[index].scope, &out)
        }
        for index in batch.entries.indices { batch.entries[index].range = move(batch.entries[index].range, &out) }
        batch.storage = out.array
        return batch
    }
}
