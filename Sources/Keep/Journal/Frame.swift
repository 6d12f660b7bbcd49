import Codecs
import Platform

/// One piece of the journal: a header of 48 bytes, a payload, and zeros up to a multiple of eight.
///
/// Header and payload have a checksum each. A header that is whole says what was lost when its payload is not,
/// and where the next frame stands.
struct Frame: Equatable {
    static let magic: UInt16 = 0xD0C7
    static let headerSize = 48
    /// Bytes of payload; a length is checked against it before it is used.
    static let payloadLimit = 64 << 20

    enum Kind: UInt8 {
        /// Records of one tenant and source. See ``BatchPayload``.
        case batch = 1
        /// What a reader must know that starts at this segment. See ``JournalState``.
        case state = 2
        /// The last frame of a finished segment. See ``SegmentSeal``.
        case seal = 3
        /// Records that had to move when some of them were erased. See ``MovedPayload``.
        case moved = 4
    }

    enum Compression: UInt8 {
        case none = 0
        case zstandard = 1
    }

    /// Where a frame stands. It goes into the header's checksum, so that bytes which only look like a frame are
    /// none: those inside a record, which a sender chose, and those of another file or another place.
    struct Place: Equatable {
        /// A number of the segment that no sender knows.
        let salt: UInt32
        /// Bytes from the start of the segment.
        let offset: Int

        var seed: UInt32 { salt ^ UInt32(truncatingIfNeeded: offset / 8) }

        func moved(by count: Int) -> Place { Place(salt: salt, offset: offset + count) }
    }

    var kind: Kind
    var compression = Compression.none
    /// Bytes of the payload as stored.
    var payloadSize = 0
    /// Bytes of the payload when opened.
    var rawSize = 0
    /// Records inside.
    var count = 0
    /// Place of the first record in the log of its tenant.
    var sequence: UInt64 = 0
    var accepted: Timestamp
    /// CRC-32C of the tenant's name, so that a frame whose payload is lost still says whose it was.
    var tenant: UInt32 = 0
    /// Bytes between the start of the commit that this frame was written by and the frame. What one commit
    /// wrote was synced before the next began; so damage in front of a later commit is no torn tail.
    var commitDistance = 0
    var payloadChecksum: UInt32 = 0
    /// A batch whose payload is elsewhere; so readers say of what is ``Kind/moved``.
    var isMoved = false

    /// Bytes that the whole frame takes in the file.
    var size: Int { Self.padded(Self.headerSize + payloadSize) }

    static func padded(_ size: Int) -> Int { (size + 7) & ~7 }

    /// Appends the frame to what one commit writes.
    ///
    /// - Parameter commit: where the first byte of `out` will stand.
    func write(payload: RawSpan, to out: inout ByteBuffer, commit: Place) {
        write(payload: payload, to: &out, at: commit.moved(by: out.count), distance: out.count)
    }

    /// Appends the frame.
    ///
    /// - Parameter place: where it will stand.
    /// - Parameter distance: bytes between the start of its commit and it.
    func write(payload: RawSpan, to out: inout ByteBuffer, at place: Place, distance: Int) {
        let start = out.count
        out.append(littleEndian: Self.magic)
        out.append(kind.rawValue)
        out.append(compression.rawValue)
        out.append(littleEndian: UInt32(payload.byteCount))
        out.append(littleEndian: CRC32C.of(payload))
        out.append(littleEndian: UInt32(count))
        out.append(littleEndian: sequence)
        out.append(littleEndian: accepted.nanoseconds)
        out.append(littleEndian: UInt32(rawSize))
        out.append(littleEndian: UInt32(distance))
        out.append(littleEndian: tenant)
        let checksum = CRC32C.of(
            out.bytes.extracting(start..<start + Self.headerSize - 4), continuing: place.seed)
        out.append(littleEndian: checksum)
        out.append(payload)
        while (out.count - start) & 7 != 0 { out.append(0) }
    }

    func write(payload: borrowing ByteBuffer, to out: inout ByteBuffer, commit: Place) {
        write(payload: payload.bytes, to: &out, commit: commit)
    }

    enum Reading: Equatable {
        case frame(Frame)
        /// A header of a newer program: its checksum is right, and what it says is not known here.
        case unknown(size: Int)
        /// No header.
        case nothing
    }

    /// Reads the header at the start of some bytes, which may go on behind it.
    static func read(_ bytes: RawSpan, at place: Place) -> Reading {
        guard bytes.byteCount >= headerSize, bytes.littleEndian(at: 0, as: UInt16.self) == magic,
            CRC32C.of(bytes.extracting(0..<headerSize - 4), continuing: place.seed)
                == bytes.littleEndian(at: headerSize - 4, as: UInt32.self)
        else { return .nothing }
        let payloadSize = Int(bytes.littleEndian(at: 4, as: UInt32.self))
        let commitDistance = Int(bytes.littleEndian(at: 36, as: UInt32.self))
        let sequence = bytes.littleEndian(at: 16, as: UInt64.self)
        guard payloadSize <= payloadLimit, commitDistance <= place.offset, sequence <= UInt64(Int64.max),
            let kind = Kind(rawValue: bytes[2]),
            let compression = Compression(rawValue: bytes[3])
        else { return .unknown(size: padded(headerSize + payloadSize)) }
        return .frame(
            Frame(
                kind: kind, compression: compression, payloadSize: payloadSize,
                rawSize: Int(bytes.littleEndian(at: 32, as: UInt32.self)),
                count: Int(bytes.littleEndian(at: 12, as: UInt32.self)),
                sequence: sequence,
                accepted: Timestamp(nanoseconds: bytes.littleEndian(at: 24, as: Int64.self)),
                tenant: bytes.littleEndian(at: 40, as: UInt32.self), commitDistance: commitDistance,
                payloadChecksum: bytes.littleEndian(at: 8, as: UInt32.self)))
    }
}

extension RawSpan {
    /// A number at a place, bounds checked.
    func littleEndian<Number: FixedWidthInteger & BitwiseCopyable>(at place: Int, as type: Number.Type) -> Number {
        Number(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: place, as: type))
    }
}
