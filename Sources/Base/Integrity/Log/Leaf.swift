/// Sixteen bytes that name something: the log of a tenant, a set of rules.
public struct ShortID: Sendable, Hashable {
    public static let size = 16
    /// The first eight bytes, the high one first.
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The first half of a digest: short, and still not to be met by chance.
    public init(_ digest: Digest) {
        self.init(at: 0, of: digest.bytes)
    }

    init(at place: Int, of bytes: RawSpan) {
        high = UInt64(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self))
        low = UInt64(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: place + 8, as: UInt64.self))
    }
}

/// What the log has of one record: what it is, when it came, and commitments to what it says. No personal data.
///
/// The bytes are stored, and hashed as they are stored; nothing is written again to be verified. Erasing a record
/// leaves its leaf as it is.
///
/// | From | Bytes | Holds |
/// | ---: | ---: | --- |
/// | 0 | 1 | version: 1 |
/// | 1 | 16 | log |
/// | 17 | 8 | sequence |
/// | 25 | 8 | accepted, nanoseconds since 1970 |
/// | 33 | 8 | happened, nanoseconds since 1970 |
/// | 41 | 1 | source |
/// | 42 | 2 | type |
/// | 44 | 16 | rules |
/// | 60 | 2 | schema |
/// | 62 | 32 | event |
/// | 94 | 32 | content |
///
/// - Shape: 126 bytes; numbers have their low byte first.
public struct Leaf: Sendable, Hashable {
    public static let size = 126
    static let version: UInt8 = 1

    /// The log of the tenant.
    public var log: ShortID
    /// The place in that log: no number is left out, so a missing one shows.
    public var sequence: UInt64
    /// When Docket accepted the record.
    public var accepted: UInt64
    /// When the source says it happened.
    public var happened: UInt64
    /// What it came from; ``ownSource`` is Docket itself.
    public var source: UInt8
    /// What kind of record it is, by the numbers of its source.
    public var type: UInt16
    /// The rules of redaction under which it was taken in.
    public var rules: ShortID
    public var schema: UInt16
    /// HMAC under the pseudonym key of the tenant of the id that the source gave the record: destroying the key
    /// unlinks it. Zeros when it gave none, as telemetry has none.
    public var event: Digest
    /// The root over the commitments to what the record says; see ``ContentCommitments``.
    public var content: Digest

    /// The source of records that Docket writes about itself.
    public static let ownSource: UInt8 = 0

    /// Records that Docket writes about itself.
    public enum OwnType: UInt16, Sendable, CaseIterable {
        /// Nothing else happened: bounds what may be cut off the end.
        case heartbeat = 1
        /// How far a source was read.
        case bookmark = 2
        /// Content was erased: which, on what legal basis, by whom.
        case erasure = 3
        /// From here on another key signs.
        case keyRotation = 4
        /// The record of this place was damaged before it came into the log; nothing is known of it.
        case lost = 5
        /// Something was found wrong with what is kept.
        case finding = 6
        /// What came of reading some of an archive back.
        case drill = 7
        /// Documents were deleted for their age, or are held.
        case retention = 8
        /// What became of an order of a legal hold.
        case hold = 9
        /// Somebody looked at something, or changed who may.
        case access = 10
    }

    /// Whether nothing is known of the record: it was damaged before it came into the log.
    public var isLost: Bool { source == Self.ownSource && type == OwnType.lost.rawValue }

    public init(
        log: ShortID, sequence: UInt64, accepted: UInt64, happened: UInt64, source: UInt8, type: UInt16,
        rules: ShortID, schema: UInt16, event: Digest, content: Digest
    ) {
        self.log = log
        self.sequence = sequence
        self.accepted = accepted
        self.happened = happened
        self.source = source
        self.type = type
        self.rules = rules
        self.schema = schema
        self.event = event
        self.content = content
    }

    /// - Returns: `nil` for another length or version.
    public init?(bytes: RawSpan) {
        guard bytes.byteCount == Self.size, bytes.number(at: 0, as: UInt8.self) == Self.version else { return nil }
        log = ShortID(at: 1, of: bytes)
        sequence = bytes.number(at: 17)
        accepted = bytes.number(at: 25)
        happened = bytes.number(at: 33)
        source = bytes.number(at: 41)
        type = bytes.number(at: 42)
        rules = ShortID(at: 44, of: bytes)
        schema = bytes.number(at: 60)
        event = Digest(at: 62, of: bytes)
        content = Digest(at: 94, of: bytes)
    }

    /// Adds the 126 bytes. A batch of leaves is hashed with ``DigestLanes/append(digestsOfEach:in:prefix:to:)``.
    public func append(to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: Self.size) { room in
            room.append(Self.version)
            room.append(log)
            room.append(littleEndian: sequence)
            room.append(littleEndian: accepted)
            room.append(littleEndian: happened)
            room.append(source)
            room.append(littleEndian: type)
            room.append(rules)
            room.append(littleEndian: schema)
            room.append(event)
            room.append(content)
        }
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.size)
        append(to: &bytes)
        return bytes
    }

    /// The hash with which it stands in the tree.
    public var hash: Digest { Digest(leaf: bytes.rawBytes) }
}

extension ShortID {
    /// - Shape: 32 hexadecimal digits.
    public init?(hexadecimal text: String) {
        guard let bytes = Hexadecimal.bytes(of: text), bytes.count == Self.size else { return nil }
        self.init(at: 0, of: bytes.rawBytes)
    }

    public var hexadecimal: String {
        let bytes = [UInt8](capacity: Self.size) { room in room.append(self) }
        return Hexadecimal.text(of: bytes.rawBytes)
    }

    public init(random: RandomBytes) {
        let bytes = random.bytes(Self.size)
        self.init(at: 0, of: bytes.rawBytes)
    }
}

extension OutputSpan<UInt8> {
    fileprivate mutating func append(_ id: ShortID) {
        append(littleEndian: id.high.byteSwapped)
        append(littleEndian: id.low.byteSwapped)
    }

    fileprivate mutating func append(littleEndian number: some FixedWidthInteger) {
        for byte in 0..<(number.bitWidth / 8) { append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
    }

    fileprivate mutating func append(_ digest: Digest) {
        for place in digest.storage.indices { append(digest.storage[place]) }
    }
}

extension [UInt8] {
    mutating func append(littleEndian number: some FixedWidthInteger) {
        for byte in 0..<(number.bitWidth / 8) { append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
    }
}

extension RawSpan {
    /// The number at a place, its low byte first; bounds checked.
    func number<Number: FixedWidthInteger & BitwiseCopyable>(at place: Int, as type: Number.Type = Number.self)
        -> Number
    {
        precondition(place >= 0 && place <= byteCount - MemoryLayout<Number>.size)
        return Number(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: place, as: Number.self))
    }
}
