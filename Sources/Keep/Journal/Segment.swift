import Codecs
import Platform

/// A file of the journal: a header, then frames, then nothing.
///
/// See `docs/formats/journal.md`, which opens with an example.
enum Segment {
    static let magic = Array("DOCKJRN1".utf8)
    static let headerSize = 64

    /// `00000000000000000001.seg`: names sort as numbers do.
    static func fileName(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 20 - digits.count) + digits + ".seg"
    }

    /// The number in a file name, or `nil` for a file that is no segment.
    static func number(in fileName: String) -> UInt64? {
        guard fileName.utf8.count == 24, fileName.hasSuffix(".seg") else { return nil }
        return UInt64(fileName.dropLast(4))
    }

    struct Header: Equatable {
        var number: UInt64
        var created: Timestamp
        /// Where the segment before this one ended; zero for the first.
        var previousEnd: UInt64

        func write(to out: inout ByteBuffer) {
            let start = out.count
            out.append(Segment.magic)
            out.append(littleEndian: number)
            out.append(littleEndian: created.nanoseconds)
            out.append(littleEndian: previousEnd)
            while out.count - start < Segment.headerSize - 4 { out.append(0) }
            out.append(littleEndian: CRC32C.of(out.bytes.extracting(start..<out.count)))
        }

        init(number: UInt64, created: Timestamp, previousEnd: UInt64) {
            self.number = number
            self.created = created
            self.previousEnd = previousEnd
        }

        /// - Returns: `nil` when the bytes are no header.
        init?(_ bytes: RawSpan) {
            guard bytes.byteCount >= Segment.headerSize,
                bytes.extracting(0..<8).array == Segment.magic,
                CRC32C.of(bytes.extracting(0..<60)) == bytes.littleEndian(at: 60, as: UInt32.self)
            else { return nil }
            number = bytes.littleEndian(at: 8, as: UInt64.self)
            created = Timestamp(nanoseconds: bytes.littleEndian(at: 16, as: Int64.self))
            previousEnd = bytes.littleEndian(at: 24, as: UInt64.self)
        }
    }
}
