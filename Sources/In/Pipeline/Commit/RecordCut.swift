public import Codecs
public import Events
import Integrity
import Platform

/// A record and the facts of its admission, cut into the groups that can be shown one without the others.
///
/// The record is not written anew: its bytes are dealt out as they are, each to exactly one group, so who has all groups
/// has the record. The bytes of a group are its pieces, one behind the other:
///
/// | Bytes | Holds |
/// | ---: | --- |
/// | 1 | of what: 0 the record, 1 its resource, 2 its scope, 3 the credential, 4 the address of the sender |
/// | 4 | where in it the piece starts |
/// | 4 | how many bytes |
/// | … | the bytes |
///
/// - Shape: numbers have their low byte first.
/// - Guarantee: the same record gives the same groups for ever; another cut is another ``version``. A record that
///   cannot be read is all `rest`.
/// - Threads: one at a time for each value; its memory is kept between records.
public struct RecordCut: ~Copyable {
    public static let version = DisclosureTable.version

    /// What a piece is part of.
    public enum Part: UInt8, Sendable {
        case record, resource, scope, credential, peer
    }

    private let table = DisclosureTable.standard
    private let groups: OTLPGroups
    private var rows: RowGroups
    /// The groups of the facts of admission, in the order of ``Part``, without the record; and those of rows.
    private let admission: [DisclosureGroup]
    private let rowAdmission: [DisclosureGroup]
    /// Ends of the stretches of the record, and their groups.
    private var ends: [(end: Int, group: DisclosureGroup)] = []
    private var memory = ByteBuffer(capacity: 4_096)
    /// Where the bytes of each group are, in the order of ``DisclosureGroup``.
    public private(set) var ranges = InlineArray<7, Range<Int>>(repeating: 0..<0)
    /// When it happened by the word of its source; 0 when it does not say.
    ///
    /// - Unit: nanoseconds since 1970.
    public private(set) var happened: UInt64 = 0
    /// The id that the source gave the record; empty when it gave none.
    public private(set) var id = ByteRange.empty

    public init() {
        let table = table
        groups = OTLPGroups(table)
        rows = RowGroups(table)
        func facts(_ resource: StaticString, _ scope: StaticString) -> [DisclosureGroup] {
            [table.group(of: resource), table.group(of: scope), table.group(of: "credential"), table.group(of: "peer")]
        }
        admission = facts("resource", "scope")
        rowAdmission = facts("row-header", "row-number")
    }

    /// The bytes of all groups.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get { memory.bytes }
    }

    /// Cuts a record of a batch.
    public mutating func cut(_ entry: RecordBatch.Entry, of batch: borrowing RecordBatch) {
        let bytes = unsafe batch.storage.span.bytes
        let record = bytes[entry.range]
        ends.removeAll(keepingCapacity: true)
        happened = 0
        id = .empty
        let context = batch.contexts[Int(entry.context)]
        if !cut(record, entry, resource: bytes[context.resource]) {
            ends.removeAll(keepingCapacity: true)
            happened = 0
            id = .empty
        }
        end(at: record.byteCount, .rest)
        write(record, bytes, context, entry.kind == .auditLogRow ? rowAdmission : admission)
    }

    // MARK: Cutting

    private mutating func end(at end: Int, _ group: DisclosureGroup) {
        let last = ends.last?.end ?? 0
        guard end > last else { return }
        if !ends.isEmpty, ends[ends.count - 1].group == group {
            ends[ends.count - 1].end = end
        } else {
            ends.append((end, group))
        }
    }

    /// - Returns: false when the record cannot be read.
    private mutating func cut(_ record: RawSpan, _ entry: RecordBatch.Entry, resource: RawSpan) -> Bool {
        do {
            switch entry.kind {
            case .activity, .ecs, .reportRow, .directory, .listing, .heartbeat, .bookmark, .erasure, .keyRotation,
                .finding, .drill, .hold, .retention, .access:
                try cutMembers(record)
            case .event: try cutEvent(record)
            case .auditLogRow: return cutRow(record, header: resource)
            case .otlpLog: try cut(record, entry.encoding, groups.log)
            case .otlpSpan: try cut(record, entry.encoding, groups.span)
            case .otlpMetric: try cut(record, entry.encoding, groups.metric)
            }
            return true
        } catch {
            return false
        }
    }

    private mutating func cut(
        _ record: RawSpan, _ encoding: RecordEncoding, _ message: OTLPGroups.Message
    ) throws {
        if encoding == .protobuf { try cutProtobuf(record, message) } else { try cutJSON(record, message) }
    }

    /// An activity: its members, and those of its actor.
    private mutating func cutMembers(_ record: RawSpan) throws(JSONError) {
        var cursor = JSONCursor(record)
        try cursor.enterObject(in: record)
        var isFirst = true
        while let key = try cursor.nextMember(in: record, isFirst: &isFirst) {
            let name = record[key.range]
            if name.isEqual(to: "actor"), try cursor.kind(in: record) == .object {
                try cutActor(record, &cursor)
                continue
            }
            let value = try cursor.skip(in: record)
            end(at: value.end, table.group(of: name))
            if name.isEqual(to: "id"), value.count > 2 {
                id = ByteRange(start: value.start + 1, count: value.count - 2)
            } else if name.isEqual(to: "created_at"), value.count > 2 {
                happened = Self.moment(record[ByteRange(start: value.start + 1, count: value.count - 2)])
            }
        }
        try cursor.finish(in: record)
    }

    /// An event of another system: its members, by the first part of their names.
    private mutating func cutEvent(_ record: RawSpan) throws(JSONError) {
        var cursor = JSONCursor(record)
        try cursor.enterObject(in: record)
        var isFirst = true
        while let key = try cursor.nextMember(in: record, isFirst: &isFirst) {
            let name = record[key.range]
            let value = try cursor.skip(in: record, below: 1)
            end(at: value.end, table.group(ofEventField: name))
            if name.isEqual(to: "@timestamp"), value.count > 2 {
                happened = Self.moment(record[ByteRange(start: value.start + 1, count: value.count - 2)])
            }
        }
        try cursor.finish(in: record)
    }

    private mutating func cutActor(_ record: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) {
        let (who, whereFrom) = (table.group(of: "actor"), table.group(of: "actor.ip_address"))
        try cursor.enterObject(in: record)
        end(at: cursor.place, who)
        var isFirst = true
        while let key = try cursor.nextMember(in: record, isFirst: &isFirst) {
            let value = try cursor.skip(in: record, below: 1)
            let name = record[key.range]
            let isPlace = name.isEqual(to: "ip_address") || name.isEqual(to: "user_agent")
            end(at: value.end, isPlace ? whereFrom : who)
        }
        end(at: cursor.place, who)
    }

    /// A row: its cells, each with the comma before it.
    private mutating func cutRow(_ record: RawSpan, header: RawSpan) -> Bool {
        guard rows.cut(record, header: header) else { return false }
        for (place, group) in rows.groups.enumerated() { end(at: rows.end(of: place, in: record), group) }
        happened = rows.time.map { Self.moment(record[$0]) } ?? 0
        return true
    }

    private mutating func cutProtobuf(_ record: RawSpan, _ message: OTLPGroups.Message) throws(ProtobufError) {
        var cursor = ProtobufCursor(ByteRange(start: 0, count: record.byteCount))
        while let field = try cursor.next(in: record) {
            if field.number == message.attributes, field.wire == .bytes {
                end(at: cursor.position, try attributeGroup(record, field.range))
                continue
            }
            if field.number == message.time { happened = field.bits }
            end(at: cursor.position, message.group(ofNumber: field.number))
        }
    }

    /// The group of a KeyValue.
    private func attributeGroup(_ record: RawSpan, _ range: ByteRange) throws(ProtobufError) -> DisclosureGroup {
        var cursor = ProtobufCursor(range)
        var group = DisclosureGroup.rest
        while let field = try cursor.next(in: record) {
            if field.number == 1, field.wire == .bytes { group = table.group(of: record[field.range]) }
        }
        return group
    }

    private mutating func cutJSON(_ record: RawSpan, _ message: OTLPGroups.Message) throws(JSONError) {
        var cursor = JSONCursor(record)
        try cursor.enterObject(in: record)
        var isFirst = true
        while let key = try cursor.nextMember(in: record, isFirst: &isFirst) {
            let name = record[key.range]
            if name.isEqual(to: "attributes"), try cursor.kind(in: record) == .array {
                try cutAttributes(record, &cursor)
                continue
            }
            let value = try cursor.skip(in: record)
            if message.isTime(name) { happened = Self.number(record[value]) }
            end(at: value.end, message.group(ofName: name))
        }
        try cursor.finish(in: record)
    }

    private mutating func cutAttributes(_ record: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) {
        try cursor.enterArray(in: record)
        end(at: cursor.place, .rest)
        var isFirst = true
        while try cursor.nextElement(in: record, isFirst: &isFirst) {
            guard try cursor.kind(in: record) == .object else {
                end(at: try cursor.skip(in: record, below: 1).end, .rest)
                continue
            }
            var group = DisclosureGroup.rest
            try cursor.enterObject(in: record)
            var isFirstMember = true
            while let member = try cursor.nextMember(in: record, isFirst: &isFirstMember) {
                let isText = try cursor.kind(in: record) == .string
                let value = try cursor.skip(in: record, below: 2)
                if isText, record[member.range].isEqual(to: "key") {
                    group = table.group(of: record[ByteRange(start: value.start + 1, count: value.count - 2)])
                }
            }
            end(at: cursor.place, group)
        }
        end(at: cursor.place, .rest)
    }

    /// A date; 0 for what is none.
    private static func moment(_ text: RawSpan) -> UInt64 { UInt64(max(ISODate.parse(text)?.nanoseconds ?? 0, 0)) }

    /// A time in either spelling; 0 for what is none.
    private static func number(_ value: RawSpan) -> UInt64 {
        let isQuoted = value.byteCount > 2 && value[0] == UInt8(ascii: "\"")
        let digits = isQuoted ? value.extracting(1..<value.byteCount - 1) : value
        return UInt64(max(JSONNumber.int64(digits) ?? 0, 0))
    }

    // MARK: Writing

    private mutating func write(
        _ record: RawSpan, _ bytes: RawSpan, _ context: RecordBatch.Context, _ admission: [DisclosureGroup]
    ) {
        memory.removeAll()
        for group in DisclosureGroup.allCases {
            let start = memory.count
            var from = 0
            for stretch in ends {
                if stretch.group == group {
                    write(.record, from, record.extracting(from..<stretch.end))
                }
                from = stretch.end
            }
            if group == admission[0] { write(.resource, 0, bytes[context.resource]) }
            if group == admission[1] { write(.scope, 0, bytes[context.scope]) }
            if group == admission[2] { write(.credential, context.credential) }
            if group == admission[3] { write(.peer, context.peer) }
            ranges[group.index] = start..<memory.count
        }
    }

    private mutating func write(_ part: Part, _ start: Int, _ bytes: RawSpan) {
        guard bytes.byteCount > 0 else { return }
        memory.append(part.rawValue)
        memory.append(littleEndian: UInt32(start))
        memory.append(littleEndian: UInt32(bytes.byteCount))
        memory.append(bytes)
    }

    private mutating func write(_ part: Part, _ text: String) {
        var text = text
        text.withUTF8 { unsafe write(part, 0, UnsafeRawBufferPointer($0).bytes) }
    }
}
