public import Codecs
import Events

/// Digests of many messages at once.
///
/// - Parameter bytes: holds the messages; `ranges` says where each of them stands.
/// - Parameter digests: gets 32 bytes of SHA-256 for each message, in their order.
public typealias BatchDigest =
    @Sendable (_ bytes: RawSpan, _ ranges: [ByteRange], _ digests: inout [UInt8]) -> Void

/// Ids for what has none of its own: the same record sent again gets the same id, whichever encoding, compression
/// and order of attributes it came in.
///
/// An id is made from all that the record says and where it is from. Two records of one request that say the same
/// are two: the second gets the id behind the first's.
///
/// - Shape: `evt_` and 128 bits of SHA-256 in base 32, lowercase, 26 letters.
struct EventIdentity: ~Copyable {
    /// What an id is made from begins with what it is the id of.
    enum Subject: UInt8 { case log = 1, span, series, point, row, bytes, report, document }

    private let digest: BatchDigest
    private var attributes = AttributeOrder()
    /// What the ids are made from, one message behind the other.
    private var messages = ByteBuffer(capacity: 16_384)
    private var ranges: [ByteRange] = []
    /// The context of each message.
    private var contexts: [UInt32] = []
    private var digests: [UInt8] = []
    /// Resource and scope as they go into a message, and which ones these are.
    private var origin: [UInt8] = []
    private var originNumber = 0
    private var start = 0
    private var context: UInt32 = 0
    /// How often an id came up in a batch.
    private var repeats: [Known: UInt64] = [:]

    private struct Known: Hashable {
        var high: UInt64
        var low: UInt64
        var context: UInt32
    }

    init(_ digest: @escaping BatchDigest) { self.digest = digest }

    // MARK: Batches

    /// Starts a batch: what was counted in the last one does not matter any more.
    mutating func beginBatch() {
        removeAll()
        repeats.removeAll(keepingCapacity: true)
    }

    /// Forgets the messages so far.
    mutating func removeAll() {
        messages.removeAll()
        ranges.removeAll(keepingCapacity: true)
        contexts.removeAll(keepingCapacity: true)
    }

    /// How many messages are waiting for their ids.
    var count: Int { ranges.count }

    /// Makes the ids of all messages that were added.
    mutating func makeAll() {
        guard !ranges.isEmpty else { return }
        var fresh: [UInt8] = []
        swap(&fresh, &digests)
        fresh.removeAll(keepingCapacity: true)
        digest(messages.bytes, ranges, &fresh)
        precondition(fresh.count == ranges.count * 32, "a digest of 32 bytes for each message")
        swap(&fresh, &digests)
        messages.removeAll()
    }

    /// The id from message number `place`, once ``makeAll()`` was called.
    mutating func setID(_ place: Int, _ field: FieldID, in document: inout Document) {
        var known = self.known(place)
        let count = repeats[known, default: 0]
        repeats[known] = count + 1
        let (low, overflow) = known.low.addingReportingOverflow(count)
        known.low = low
        if overflow { known.high &+= 1 }
        document.set(field) { out in
            out.append("evt_" as StaticString)
            Self.append(known.high, known.low, to: &out)
        }
    }

    /// The name from message number `place`, which several documents may have.
    mutating func setName(_ place: Int, _ field: FieldID, in document: inout Document) {
        let known = self.known(place)
        document.set(field) { out in Self.append(known.high, known.low, to: &out) }
    }

    private func known(_ place: Int) -> Known {
        let all = unsafe digests.span.bytes
        let high = UInt64(bigEndian: unsafe all.unsafeLoadUnaligned(fromByteOffset: place * 32, as: UInt64.self))
        let low = UInt64(bigEndian: unsafe all.unsafeLoadUnaligned(fromByteOffset: place * 32 + 8, as: UInt64.self))
        return Known(high: high, low: low, context: contexts[place])
    }

    /// Base 32 as RFC 4648 has it, lowercase and without padding.
    private static func append(_ high: UInt64, _ low: UInt64, to out: inout ByteBuffer) {
        for letter in 0..<26 {
            // The last letter has two bits that are nothing.
            let shift = 123 - 5 * letter
            let bits =
                shift >= 64 ? high >> (shift - 64) : shift >= 0 ? low >> shift | high << (64 - shift) : low << -shift
            let value = UInt8(truncatingIfNeeded: bits & 31)
            out.append(value < 26 ? 97 &+ value : 24 &+ value)
        }
    }

    // MARK: Messages

    mutating func addLog(
        _ log: OTLPLog, _ bytes: RawSpan, _ reader: borrowing OTLPReader, _ origin: borrowing OriginFacts,
        _ tenant: TenantName, _ context: UInt32
    ) {
        begin(.log, tenant, context)
        append(origin)
        messages.append(littleEndian: log.time == 0 ? log.observedTime : log.time)
        messages.append(littleEndian: log.severityNumber)
        messages.append(counted: reader.bytes(of: log.severityText, in: bytes))
        messages.append(counted: reader.bytes(of: log.eventName, in: bytes))
        messages.append(counted: reader.bytes(of: log.traceID, in: bytes))
        messages.append(counted: reader.bytes(of: log.spanID, in: bytes))
        AttributeOrder.append(log.body, bytes, reader, to: &messages)
        attributes.append(log.attributes, bytes, reader, to: &messages)
        end()
    }

    mutating func addSpan(
        _ span: OTLPSpan, _ bytes: RawSpan, _ reader: borrowing OTLPReader, _ origin: borrowing OriginFacts,
        _ tenant: TenantName, _ context: UInt32
    ) {
        begin(.span, tenant, context)
        append(origin)
        messages.append(littleEndian: span.start)
        messages.append(littleEndian: span.end)
        messages.append(littleEndian: span.kind)
        messages.append(littleEndian: span.statusCode)
        for text in [span.traceID, span.spanID, span.parentSpanID, span.name, span.statusMessage] {
            messages.append(counted: reader.bytes(of: text, in: bytes))
        }
        attributes.append(span.attributes, bytes, reader, to: &messages)
        end()
    }

    /// Adds the series that a point is of, and the point itself: two messages.
    ///
    /// Cumulative series that start at different times are different ones: what a process counts begins anew when it
    /// does, and two processes that say the same of themselves count apart.
    mutating func addPoint(
        _ point: OTLPPoint, of metric: OTLPMetric, _ bytes: RawSpan, _ reader: borrowing OTLPReader,
        _ origin: borrowing OriginFacts, _ tenant: TenantName, _ context: UInt32
    ) {
        for subject in [Subject.series, .point] {
            begin(subject, tenant, context)
            append(origin)
            messages.append(counted: reader.bytes(of: metric.name, in: bytes))
            messages.append(counted: reader.bytes(of: metric.unit, in: bytes))
            messages.append(counted: metric.kind.rawValue)
            messages.append(littleEndian: metric.temporality)
            messages.append(metric.isMonotonic ? 1 : 0)
            attributes.append(point.attributes, bytes, reader, to: &messages)
            if subject == .point || metric.temporality == OTLPMetric.cumulative {
                messages.append(littleEndian: point.start)
            }
            if subject == .point { appendValues(point, bytes, reader) }
            end()
        }
    }

    private mutating func appendValues(_ point: OTLPPoint, _ bytes: RawSpan, _ reader: borrowing OTLPReader) {
        messages.append(littleEndian: point.time)
        // A collector may write a whole number as a double, and the other way round.
        var value = point.value
        if value.kind == .integer, value.integer.magnitude <= 1 << 53 {
            value = OTLPValue(.double, bits: Double(value.integer).bitPattern)
        }
        AttributeOrder.append(value, bytes, reader, to: &messages)
        messages.append(littleEndian: point.count ?? .max)
        messages.append(littleEndian: point.flags)
        for number in [point.sum, point.minimum, point.maximum] {
            messages.append(littleEndian: number?.bitPattern ?? .max)
        }
    }

    /// Adds a row: the names and texts of its cells, in the order of the names.
    mutating func addRow(
        _ cells: borrowing AuditLogCells, repeated: RawSpan, _ tenant: TenantName, _ context: UInt32
    ) {
        begin(.row, tenant, context)
        messages.append(counted: repeated)
        for column in cells.columnsByName {
            messages.append(counted: cells.name(column))
            messages.append(counted: cells.text(column))
        }
        end()
    }

    /// Adds an event of another system: all of its fields by their names, whatever their order was and whether they were
    /// nested or dotted, since some shippers write an event anew each time they try to send it.
    ///
    /// The id that the sender gave it is only one of them: some give one id to all events of a connection, and who
    /// could choose an id could have the record of another dropped as a repeat.
    ///
    /// - Parameter received: the place in the log of an event that says no time: it is never the same as another.
    mutating func addDocument(
        _ document: borrowing Document, names: [String], received: UInt64?, _ tenant: TenantName, _ context: UInt32
    ) {
        begin(.document, tenant, context)
        messages.append(littleEndian: received ?? .max)
        let bytes = document.bytes
        let entries = document.entries
        for place in entries.indices.sorted(by: { Self.precedes(entries, $0, $1, bytes) }) {
            let entry = entries[place]
            if let field = entry.field {
                messages.append(counted: names[Int(field.index)])
            } else {
                messages.append(counted: bytes[entry.name])
            }
            messages.append(entry.kind.rawValue)
            messages.append(littleEndian: entry.bits)
            messages.append(counted: bytes[entry.value])
        }
        end()
    }

    /// Adds a row of a report: of what it is, and nothing of its figures, so that a row with new figures has the id of
    /// the one that it stands for.
    mutating func addReportRow(
        _ facts: ReportFacts, _ key: [(name: String, value: String)], _ source: SourceName, _ tenant: TenantName,
        _ context: UInt32
    ) {
        begin(.report, tenant, context)
        for text in [source.text, facts.report.rawValue, facts.start, facts.groups.sorted().joined(separator: ",")] {
            messages.append(counted: text)
        }
        // A document that says that there is no row is none of the rows.
        if facts.width != nil || facts.isEmpty {
            messages.append(counted: facts.width ?? "")
            messages.append(counted: facts.isEmpty ? "none \(facts.page)" : "")
        }
        for (name, value) in key {
            messages.append(counted: name)
            messages.append(counted: value)
        }
        end()
    }

    /// Known fields in the order of their names, behind them the others in theirs; values of one field as they came.
    private static func precedes(_ entries: [Document.Entry], _ left: Int, _ right: Int, _ bytes: RawSpan) -> Bool {
        let (first, second) = (entries[left], entries[right])
        let (one, two) = (first.field?.index ?? .max, second.field?.index ?? .max)
        if one != two { return one < two }
        for place in 0..<min(first.name.count, second.name.count) {
            let (here, there) = (bytes[first.name.start + place], bytes[second.name.start + place])
            if here != there { return here < there }
        }
        return (first.name.count, left) < (second.name.count, right)
    }

    /// Adds a record that says nothing of itself but its bytes.
    mutating func addBytes(_ record: RawSpan, _ kind: UInt8, _ tenant: TenantName, _ context: UInt32) {
        begin(.bytes, tenant, context)
        messages.append(kind)
        messages.append(counted: record)
        end()
    }

    private mutating func begin(_ subject: Subject, _ tenant: TenantName, _ context: UInt32) {
        start = messages.count
        self.context = context
        messages.append(subject.rawValue)
        messages.append(counted: tenant.text)
    }

    private mutating func end() {
        ranges.append(ByteRange(start..<messages.count))
        contexts.append(context)
    }

    /// The digest of resource and scope, which many records share.
    private mutating func append(_ facts: borrowing OriginFacts) {
        if facts.number != originNumber {
            var fresh: [UInt8] = []
            digest(facts.all, [facts.identity], &fresh)
            origin = fresh
            originNumber = facts.number
        }
        messages.append(origin)
    }
}
