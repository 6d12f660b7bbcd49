import Codecs
import Integrity
import Platform

/// A file of the journal: a header, then frames, then nothing.
///
/// See `docs/formats/journal.md`, which opens with an example.
enum Segment {
    static let magic = Array("DOCKJRN1".utf8)
    /// The header stands there twice, because without it no frame can be told from chance.
    static let headerSize = 256

    /// `00000000000000000001.seg`: names sort as numbers do.
    static func fileName(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 20 - digits.count) + digits + ".seg"
    }

    /// A finished segment ends where the next one says, whatever a failed write has left behind that.
    ///
    /// - Parameter next: the next segment; both are `nil` when they are missing.
    static func end(_ file: (any DiskFile)?, before next: (any DiskFile)?) throws(DiskError) -> Int {
        if let next, let header = try Header.read(next) { return Int(clamping: header.previousEnd) }
        return try file?.size() ?? 0
    }

    /// The number in a file name, or `nil` for a file that is no segment.
    static func number(in fileName: String) -> UInt64? {
        guard fileName.utf8.count == 24, fileName.hasSuffix(".seg"),
            fileName.utf8.prefix(20).allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return Int64(fileName.dropLast(4)).flatMap { $0 > 0 ? UInt64($0) : nil }
    }

    struct Header: Equatable {
        static let size = 128

        var number: UInt64
        var created: Timestamp
        /// Where the segment before this one ends, whatever stands behind it; zero for the first.
        var previousEnd: UInt64
        /// SHA-256 of the segment before this one, up to its seal, or to its end if it has none.
        var previousDigest: Digest
        /// See ``Frame/Place``.
        var salt: UInt32
        /// The digest that the next segment has of this one, if records of it were erased since; then the file is not
        /// the one that was finished, and a record says so.
        var finished: Digest?

        func write(to out: inout ByteBuffer) {
            for _ in 0..<2 {
                let start = out.count
                out.append(Segment.magic)
                out.append(littleEndian: number)
                out.append(littleEndian: created.nanoseconds)
                out.append(littleEndian: previousEnd)
                out.append(previousDigest.bytes)
                out.append(littleEndian: salt)
                if let finished { out.append(finished.bytes) }
                while out.count - start < Self.size - 4 { out.append(0) }
                out.append(littleEndian: CRC32C.of(out.bytes.extracting(start..<out.count)))
            }
        }

        init(number: UInt64, created: Timestamp, previousEnd: UInt64, previousDigest: Digest, salt: UInt32) {
            self.number = number
            self.created = created
            self.previousEnd = previousEnd
            self.previousDigest = previousDigest
            self.salt = salt
        }

        /// - Returns: `nil` when neither copy of the header is whole.
        init?(_ bytes: RawSpan) {
            guard bytes.byteCount >= Segment.headerSize else { return nil }
            if let header = Header(copy: bytes.extracting(0..<Self.size)) {
                self = header
            } else if let header = Header(copy: bytes.extracting(Self.size..<2 * Self.size)) {
                self = header
            } else {
                return nil
            }
        }

        private init?(copy bytes: RawSpan) {
            guard bytes.extracting(0..<8).array == Segment.magic,
                CRC32C.of(bytes.extracting(0..<Self.size - 4))
                    == bytes.littleEndian(at: Self.size - 4, as: UInt32.self),
                let digest = Digest(bytes: bytes.extracting(32..<64))
            else { return nil }
            number = bytes.littleEndian(at: 8, as: UInt64.self)
            created = Timestamp(nanoseconds: bytes.littleEndian(at: 16, as: Int64.self))
            previousEnd = bytes.littleEndian(at: 24, as: UInt64.self)
            previousDigest = digest
            salt = bytes.littleEndian(at: 64, as: UInt32.self)
            finished = Digest(bytes: bytes.extracting(68..<100)).flatMap { $0 == .zero ? nil : $0 }
        }

        /// - Returns: `nil` when the file does not begin with a header.
        static func read(_ file: any DiskFile) throws(DiskError) -> Header? {
            var bytes = [UInt8](repeating: 0, count: Segment.headerSize)
            var span = bytes.mutableSpan
            var target = unsafe span.mutableBytes
            guard try file.read(into: &target, at: 0) == Segment.headerSize else { return nil }
            return unsafe Header(bytes.span.bytes)
        }
    }
}

/// What the last frame of a finished segment says about all before it.
struct SegmentSeal: Equatable {
    static let size = 48

    /// Whole frames before the seal, that of the state among them.
    var frames: UInt64
    var records: UInt64
    /// SHA-256 of every byte of the file before the seal's frame.
    var digest: Digest

    func write(to out: inout ByteBuffer) {
        out.append(littleEndian: frames)
        out.append(littleEndian: records)
        out.append(digest.bytes)
    }

    /// - Returns: `nil` when there is no whole seal in front of this end: the segment was given up without one, or
    ///   its seal is damaged, which is for a reader to find.
    static func read(_ file: any DiskFile, salt: UInt32, end: Int) throws(DiskError) -> SegmentSeal? {
        let offset = end - Frame.headerSize - size
        guard offset >= Segment.headerSize else { return nil }
        let scanner = SegmentScanner(file: file, salt: salt, from: offset, end: end)
        guard case .frame(let frame, let payload, offset)? = try scanner.next(), frame.kind == .seal else { return nil }
        return SegmentSeal(payload)
    }

    init(frames: UInt64, records: UInt64, digest: Digest) {
        self.frames = frames
        self.records = records
        self.digest = digest
    }

    init?(_ payload: [UInt8]) {
        guard payload.count == Self.size else { return nil }
        let bytes = unsafe payload.span.bytes
        guard let digest = Digest(bytes: bytes.extracting(16..<48)) else { return nil }
        frames = bytes.littleEndian(at: 0, as: UInt64.self)
        records = bytes.littleEndian(at: 8, as: UInt64.self)
        self.digest = digest
    }
}
