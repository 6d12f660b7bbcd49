public import Codecs
import Events

/// Digests of many messages at once.
///
/// - Parameter bytes: holds the messages; `ranges` says where each of them stands.
/// - Parameter digests: gets 32 bytes of SHA-256 for each message, in their order.
public typealias BatchDigest =
    @Sendable (_ bytes: RawSpan, _ ranges: [ByteRange], _ digests: inout [UInt8]) -> Void

/// Ids for telemetry, which has none of its own: the same record sent again gets the same id, whichever
/// encoding it came in.
///
/// - Shape: `evt_` and the first 128 bits of SHA-256 in base 32, lowercase, 26 letters.
struct EventIdentity: ~Copyable {
    private var order: [Key] = []
    /// What the ids are made from, one message behind the other.
    private var messages = ByteBuffer(capacity: 16_384)
    private var ranges: [ByteRange] = []
    private var digests: [UInt8] = []

    private var fresh: [Key] = []
    private var signature: UInt64 = 0
    /// Orders that were found before, by the names they are for.
    private var known = [Known](repeating: Known(), count: 64)

    private struct Known {
        var signature: UInt64 = 0
        var order: [Int32] = []
    }

    private struct Key {
        /// The first eight bytes of the name, so that most comparisons are one instruction.
        var head: UInt64
        var place: Int32
    }

    init() { order.reserveCapacity(64) }

    /// Forgets the records so far.
    mutating func removeAll() {
        messages.removeAll()
        ranges.removeAll(keepingCapacity: true)
    }

    /// How many records are waiting for their ids.
    var count: Int { ranges.count }

    /// Makes the ids of all records that were added.
    mutating func digest(_ digest: BatchDigest) {
        var fresh: [UInt8] = []
        swap(&fresh, &digests)
        fresh.removeAll(keepingCapacity: true)
        digest(messages.bytes, ranges, &fresh)
        precondition(fresh.count == ranges.count * 32, "a digest of 32 bytes for each message")
        swap(&fresh, &digests)
        messages.removeAll()
    }

    /// The id of the record that was added as number `place`, once ``digest(_:)`` was called.
    func setID(_ place: Int, _ field: FieldID, in document: inout Document) {
        document.set(field) { out in
            let all = unsafe digests.span.bytes
            Self.append(id: all.extracting(place * 32..<place * 32 + 32), to: &out)
        }
    }

    /// Adds a log record.
    mutating func add(
        _ tenant: TenantName, _ origin: borrowing OriginFacts, _ events: borrowing EventMapper, _ log: OTLPLog,
        _ bytes: RawSpan, _ reader: borrowing OTLPReader
    ) {
        add(
            tenant, scope: origin[origin.scopeName], session: events.text(.session, reader, bytes),
            event: events.text(.eventName, reader, bytes), time: log.time == 0 ? log.observedTime : log.time,
            sequence: events.integer(.sequence, reader, bytes), log.attributes, bytes, reader)
    }

    /// Adds a record that has no session.
    mutating func add(
        _ tenant: TenantName, _ origin: borrowing OriginFacts, session: OTLPText, event: OTLPText, time: UInt64,
        sequence: Int64?, _ attributes: OTLPAttributes, _ bytes: RawSpan, _ reader: borrowing OTLPReader
    ) {
        add(
            tenant, scope: origin[origin.scopeName], session: reader.bytes(of: session, in: bytes),
            event: reader.bytes(of: event, in: bytes), time: time, sequence: sequence, attributes, bytes, reader)
    }

    /// Adds what the id of a record is made from.
    private mutating func add(
        _ tenant: TenantName, scope: RawSpan, session: RawSpan, event: RawSpan, time: UInt64, sequence: Int64?,
        _ attributes: OTLPAttributes, _ bytes: RawSpan, _ reader: borrowing OTLPReader
    ) {
        let start = messages.count
        append(tenant.text)
        append(scope)
        append(session)
        append(event)
        messages.append(littleEndian: time)
        messages.append(littleEndian: sequence ?? -1)
        sort(attributes, bytes, reader)
        for key in order {
            let attribute = reader.attributes[Int(key.place)]
            append(reader.bytes(of: attribute.key, in: bytes))
            messages.append(attribute.value.kind.rawValue)
            switch attribute.value.kind {
            case .empty: continue
            case .boolean, .integer: messages.append(littleEndian: attribute.value.bits)
            case .double:
                messages.append(
                    littleEndian: attribute.value.double.isNaN ? Double.nan.bitPattern : attribute.value.bits)
            case .string, .bytes: append(reader.bytes(of: attribute.value.text, in: bytes))
            case .array, .object:
                // A value that cannot be read counts as none.
                _ = try? reader.appendJSON(of: attribute.value, in: bytes, to: &messages)
                messages.append(0)
            }
        }
        ranges.append(ByteRange(start: start, count: messages.count - start))
    }

    /// Writes an id from the start of a digest.
    static func append(id digest: RawSpan, to out: inout ByteBuffer) {
        out.append("evt_" as StaticString)
        var bits: UInt32 = 0
        var held: UInt32 = 0
        for place in 0..<16 {
            bits = bits << 8 | UInt32(digest[place])
            held += 8
            while held >= 5 {
                held -= 5
                out.append(letter(bits >> held & 31))
            }
        }
        out.append(letter(bits << (5 - held) & 31))
    }

    private static func letter(_ value: UInt32) -> UInt8 {
        value < 26 ? 97 &+ UInt8(value) : 24 &+ UInt8(value)
    }

    private mutating func append(_ text: RawSpan) {
        messages.append(littleEndian: UInt32(truncatingIfNeeded: text.byteCount))
        messages.append(text)
    }

    private mutating func append(_ text: String) {
        messages.append(littleEndian: UInt32(truncatingIfNeeded: text.utf8.count))
        messages.append(text: text)
    }

    /// By name, in the order of the bytes; of one name, as sent.
    private mutating func sort(_ attributes: OTLPAttributes, _ bytes: RawSpan, _ reader: borrowing OTLPReader) {
        order.removeAll(keepingCapacity: true)
        for place in attributes.range {
            let name = reader.bytes(of: reader.attributes[place].key, in: bytes)
            order.append(Key(head: Self.head(name), place: Int32(truncatingIfNeeded: place)))
        }
        if reuse(bytes, reader) { return }
        for sorted in 1..<max(order.count, 1) {
            let key = order[sorted]
            var target = sorted
            while target > 0, Self.precedes(key, order[target - 1], bytes, reader) {
                order[target] = order[target - 1]
                target -= 1
            }
            order[target] = key
        }
        remember(attributes.start)
    }

    /// Records of one kind have their attributes in the same order, so an earlier order is tried first.
    ///
    /// - Returns: whether it was right; it is checked, so a wrong one does no harm.
    private mutating func reuse(_ bytes: RawSpan, _ reader: borrowing OTLPReader) -> Bool {
        signature = UInt64(order.count)
        for key in order { signature = (signature ^ key.head) &* 0x9E37_79B9_7F4A_7C15 }
        let place = Int(truncatingIfNeeded: signature >> 58)
        guard known[place].signature == signature, known[place].order.count == order.count else { return false }
        fresh.removeAll(keepingCapacity: true)
        for index in 0..<order.count {
            let key = order[Int(known[place].order[index])]
            if index > 0, Self.precedes(key, fresh[index - 1], bytes, reader) { return false }
            fresh.append(key)
        }
        swap(&fresh, &order)
        return true
    }

    private mutating func remember(_ start: Int) {
        let place = Int(truncatingIfNeeded: signature >> 58)
        known[place].signature = signature
        known[place].order.removeAll(keepingCapacity: true)
        for key in order { known[place].order.append(key.place - Int32(truncatingIfNeeded: start)) }
    }

    @inline(__always) private static func precedes(
        _ left: Key, _ right: Key, _ bytes: RawSpan, _ reader: borrowing OTLPReader
    ) -> Bool {
        if left.head != right.head { return left.head < right.head }
        let leftName = reader.bytes(of: reader.attributes[Int(left.place)].key, in: bytes)
        return precedes(leftName, reader.bytes(of: reader.attributes[Int(right.place)].key, in: bytes))
    }

    private static func head(_ name: RawSpan) -> UInt64 {
        if name.byteCount >= 8 {
            return UInt64(bigEndian: unsafe name.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt64.self))
        }
        var head: UInt64 = 0
        for place in 0..<8 { head = head << 8 | (place < name.byteCount ? UInt64(name[place]) : 0) }
        return head
    }

    private static func precedes(_ left: RawSpan, _ right: RawSpan) -> Bool {
        let count = min(left.byteCount, right.byteCount)
        for place in 0..<count where left[place] != right[place] { return left[place] < right[place] }
        return left.byteCount < right.byteCount
    }
}
