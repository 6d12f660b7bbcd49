import Codecs
import Platform

/// One write of the journal: a header of 40 bytes, a payload, and zeros up to a multiple of eight.
///
/// The checksum covers the header behind it and the payload, so a frame is whole or it is not there.
struct Frame: Equatable {
    static let magic: UInt16 = 0xD0C7
    static let headerSize = 40
    /// Bytes of payload; a length is checked against it before it is used.
    static let payloadLimit = 64 << 20

    enum Kind: UInt8 {
        /// Records of one tenant and source. See ``BatchPayload``.
        case batch = 1
        /// What a reader must know that starts at this segment. See ``StatePayload``.
        case state = 2
    }

    enum Compression: UInt8 {
        case none = 0
        case zstandard = 1
    }

    var kind: Kind
    var compression: Compression
    /// Bytes of the payload as stored.
    var payloadSize: Int
    /// Bytes of the payload when opened.
    var rawSize: Int
    /// Records inside.
    var count: Int
    /// Place of the first record in the log of its tenant.
    var sequence: UInt64
    var accepted: Timestamp

    /// Bytes that the whole frame takes in the file.
    var size: Int { Self.padded(Self.headerSize + payloadSize) }

    static func padded(_ size: Int) -> Int { (size + 7) & ~7 }

    /// Appends the frame.
    func write(payload: RawSpan, to out: inout ByteBuffer) {
        let start = out.count
        out.append(littleEndian: Self.magic)
        out.append(kind.rawValue)
        out.append(compression.rawValue)
        out.append(littleEndian: UInt32(payload.byteCount))
        out.append(littleEndian: UInt32(0))
        out.append(littleEndian: UInt32(count))
        out.append(littleEndian: sequence)
        out.append(littleEndian: accepted.nanoseconds)
        out.append(littleEndian: UInt32(rawSize))
        out.append(littleEndian: UInt32(0))
        out.append(payload)
        let checksum = CRC32C.of(out.bytes.extracting(start + 12..<out.count))
        out.replace(at: start + 8, littleEndian: checksum)
        while (out.count - start) & 7 != 0 { out.append(0) }
    }

    enum Reading: Equatable {
        case frame(Frame)
        /// Zeros or nothing: the log ends here.
        case end
        /// Not a whole frame.
        case damaged
    }

    /// Reads the frame at the start of some bytes, which may go on behind it.
    static func read(_ bytes: RawSpan) -> Reading {
        guard bytes.byteCount > 0 else { return .end }
        guard bytes.byteCount >= headerSize else { return isZero(bytes) ? .end : .damaged }
        guard let size = sizeOfPayload(bytes) else {
            return isZero(bytes.extracting(0..<headerSize)) ? .end : .damaged
        }
        guard headerSize + size <= bytes.byteCount,
            CRC32C.of(bytes.extracting(12..<headerSize + size)) == bytes.littleEndian(at: 8, as: UInt32.self),
            let kind = Kind(rawValue: bytes[2]), let compression = Compression(rawValue: bytes[3])
        else { return .damaged }
        return .frame(
            Frame(
                kind: kind, compression: compression, payloadSize: size,
                rawSize: Int(bytes.littleEndian(at: 32, as: UInt32.self)),
                count: Int(bytes.littleEndian(at: 12, as: UInt32.self)),
                sequence: bytes.littleEndian(at: 16, as: UInt64.self),
                accepted: Timestamp(nanoseconds: bytes.littleEndian(at: 24, as: Int64.self))))
    }

    /// The payload's size by a header whose magic is right and whose length is possible.
    static func sizeOfPayload(_ header: RawSpan) -> Int? {
        guard header.byteCount >= headerSize, header.littleEndian(at: 0, as: UInt16.self) == magic else { return nil }
        let size = Int(header.littleEndian(at: 4, as: UInt32.self))
        return size <= payloadLimit ? size : nil
    }

    private static func isZero(_ bytes: RawSpan) -> Bool {
        for place in 0..<bytes.byteCount where bytes[place] != 0 { return false }
        return true
    }
}

extension RawSpan {
    /// A number at a place, bounds checked.
    func littleEndian<Number: FixedWidthInteger & BitwiseCopyable>(at place: Int, as type: Number.Type) -> Number {
        Number(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: place, as: type))
    }
}
