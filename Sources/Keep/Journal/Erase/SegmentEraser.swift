import Codecs
import Events
import Integrity
import Platform

/// Writes a finished segment anew without what some of its records say.
///
/// Every frame stays where it is, so no place in the journal changes its meaning, and the numbers, kinds and times of
/// the records stay. Their bytes are gone, and so are contexts that no other record has. What a frame has no room for
/// stands behind the end of the segment.
struct SegmentEraser {
    /// A segment that is not yet in the place of the one it was made from.
    static let suffix = ".seg.erased"

    let disk: any Disk
    let erasing: [TenantName: SequenceSet]
    private let checksums: [UInt32: TenantName]

    /// A segment that is written and has yet to take its place.
    struct Prepared: Sendable {
        let number: UInt64
        /// SHA-256 of what it held, and of what it holds.
        let before: Digest
        let after: Digest
    }

    init(disk: any Disk, erasing: [TenantName: SequenceSet]) {
        self.disk = disk
        self.erasing = erasing
        checksums = Dictionary(erasing.keys.map { ($0.checksum, $0) }) { first, _ in first }
    }

    static func temporaryName(_ number: UInt64) -> String { Segment.fileName(number).dropLast(4) + suffix }

    /// - Parameter end: where the segment ends by the word of the next one.
    /// - Returns: `nil` when the segment has none of the records, or cannot be read at all.
    func prepare(_ number: UInt64, end: Int) throws(JournalError) -> Prepared? {
        do {
            let file = try disk.open(Segment.fileName(number))
            guard let header = try Segment.Header.read(file) else { return nil }
            let end = min(end, try file.size())
            let outline = try outline(of: file, header, end)
            guard outline.isConcerned else { return nil }
            let before = try DiskPieces.digest(file, upTo: outline.seal ?? end)
            var new = header
            if header.finished == nil { new.finished = before }
            return Prepared(number: number, before: before, after: try write(new, from: file, end))
        } catch let error as DiskError {
            throw .disk(error)
        } catch {
            throw .unreadable(
                file: Segment.fileName(number),
                reason: "a frame without the records does not fit where it was; nothing was erased")
        }
    }

    /// - Returns: whether it has any of the records, and where its seal is, if it has one.
    private func outline(
        of file: any DiskFile, _ header: Segment.Header, _ end: Int
    ) throws(DiskError) -> (isConcerned: Bool, seal: Int?) {
        var outline: (isConcerned: Bool, seal: Int?) = (false, nil)
        let scanner = SegmentScanner(
            file: file, salt: header.salt, from: Segment.headerSize, end: end, opensHeads: true)
        while let item = try scanner.next() {
            switch item {
            case .frame(let frame, _, let offset) where frame.kind == .seal: outline.seal = offset
            case .frame(let frame, _, _), .lost(let frame, _): if concerns(frame) { outline.isConcerned = true }
            case .damage, .unknown: continue
            }
        }
        return outline
    }

    private func concerns(_ frame: Frame) -> Bool {
        guard frame.kind == .batch, let tenant = checksums[frame.tenant], let sequences = erasing[tenant] else {
            return false
        }
        return sequences.overlaps(frame.sequence..<frame.sequence + UInt64(frame.count))
    }

    /// Writes the segment anew under a name of its own.
    ///
    /// - Returns: the digest of what it holds.
    private func write(
        _ header: Segment.Header, from file: any DiskFile, _ end: Int
    ) throws -> Digest {
        let name = Self.temporaryName(header.number)
        if try disk.names().contains(name) { try disk.remove(name) }
        let copy = Copy(target: try disk.create(name))
        var out = ByteBuffer()
        header.write(to: &out)
        try copy.append(out.bytes)
        var moved = ByteBuffer()
        let scanner = SegmentScanner(file: file, salt: header.salt, from: Segment.headerSize, end: end)
        while let item = try scanner.next() {
            out.removeAll()
            switch item {
            case .damage(let range), .unknown(let range): try copy.append(file, range)
            case .lost(let frame, let range):
                guard concerns(frame) else {
                    try copy.append(file, range)
                    continue
                }
                // It cannot be read, and yet what is left of it is what somebody wants gone.
                try copy.append(file, range.lowerBound..<range.lowerBound + Frame.headerSize)
                try copy.append(zeros: range.count - Frame.headerSize)
            case .frame(let frame, let payload, let offset):
                let place = Frame.Place(salt: header.salt, offset: offset)
                if frame.kind == .seal, let old = SegmentSeal(payload) {
                    var payload = ByteBuffer()
                    SegmentSeal(frames: old.frames, records: old.records, digest: copy.digest()).write(to: &payload)
                    frame.write(payload: payload.bytes, to: &out, at: place, distance: frame.commitDistance)
                    try copy.append(out.bytes, isHashed: false)
                } else if concerns(frame) || frame.isMoved,
                    let erased = try ErasedFrame(frame, payload, erasing: erasing, end: end + moved.count)
                {
                    erased.write(to: &out, at: place)
                    try copy.append(out.bytes)
                    moved.append(erased.moved)
                } else {
                    try copy.append(file, offset..<offset + frame.size)
                }
            }
        }
        let digest = copy.digest()
        try copy.append(moved.bytes, isHashed: false)
        try copy.sync()
        return digest
    }

    /// The new file, as far as it is written.
    private final class Copy {
        private let target: any DiskFile
        private var place = 0
        private var hash = SHA256()
        private var finished: Digest?

        init(target: any DiskFile) { self.target = target }

        func append(_ bytes: RawSpan, isHashed: Bool = true) throws(DiskError) {
            try target.write(bytes, at: place)
            place += bytes.byteCount
            if isHashed { hash.update(bytes) }
        }

        func append(_ file: any DiskFile, _ range: Range<Int>) throws(DiskError) {
            try DiskPieces.read(file, range) { bytes, _ throws(DiskError) in try append(bytes) }
        }

        func append(zeros count: Int) throws(DiskError) {
            let zeros = [UInt8](repeating: 0, count: count)
            try append(unsafe zeros.span.bytes)
        }

        /// Of all before the seal.
        func digest() -> Digest {
            if let finished { return finished }
            let digest = hash.finish()
            finished = digest
            return digest
        }

        func sync() throws(DiskError) { try target.sync() }
    }
}
