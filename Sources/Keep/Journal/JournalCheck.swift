import Codecs
public import Events
import Integrity
public import Platform

/// Reads a journal more strictly than a reader has to: also what is there twice, and what means nothing, must be as it
/// was written.
public enum JournalCheck {
    /// - Parameter end: everything before it is looked at.
    /// - Parameter erased: what the record says of segments that were written anew.
    /// - Returns: what is not as it was written.
    public static func findings(
        _ disk: any Disk, upTo end: JournalPosition, erased: Set<ErasureRecord.Segment> = []
    ) throws(DiskError) -> [JournalFinding] {
        var findings: [JournalFinding] = []
        let numbers = try disk.names().compactMap(Segment.number(in:)).filter { $0 <= end.segment }.sorted()
        // The oldest may be gone, and none behind it.
        guard let first = numbers.first else { return [] }
        let known = Set(numbers)
        for number in first...end.segment {
            let name = Segment.fileName(number)
            guard known.contains(number) else {
                findings.append(.damage(file: name, range: 0..<0))
                continue
            }
            let file = try disk.open(name)
            let next = try nextHeader(disk, number, numbers)
            var size = Int(clamping: next?.previousEnd ?? end.offset)
            if next == nil, number != end.segment { size = try file.size() }
            let (found, outline) = try check(file, name, size)
            findings += found
            guard let outline else { continue }
            var content = outline.content ?? .zero
            if outline.content == nil {
                // Without a seal, nothing says what the segment was but the next one.
                content = try DiskPieces.digest(file, upTo: size)
            }
            let isOther = next.map { $0.previousDigest != outline.header.finished ?? content } ?? false
            if isOther || outline.header.number != number, !findings.contains(.changed(file: name)) {
                findings.append(.changed(file: name))
            }
            if let finished = outline.header.finished,
                !erased.contains(where: { $0.number == number && $0.after == "\(content)" })
                    || !erased.contains(where: { $0.number == number && $0.before == "\(finished)" })
            {
                findings.append(.erased(file: name))
            }
        }
        return findings
    }

    private static func nextHeader(
        _ disk: any Disk, _ number: UInt64, _ numbers: [UInt64]
    ) throws(DiskError) -> Segment.Header? {
        numbers.contains(number + 1) ? try Segment.Header.read(try disk.open(Segment.fileName(number + 1))) : nil
    }

    private struct Outline {
        let header: Segment.Header
        /// SHA-256 of what is before the seal; `nil` without one.
        var content: Digest?
    }

    private static func check(
        _ file: any DiskFile, _ name: String, _ end: Int
    ) throws(DiskError) -> ([JournalFinding], Outline?) {
        guard let header = try Segment.Header.read(file) else {
            return ([.damage(file: name, range: 0..<min(Segment.headerSize, end))], nil)
        }
        var outline = Outline(header: header)
        var findings: [JournalFinding] = []
        var written = ByteBuffer()
        header.write(to: &written)
        try DiskPieces.read(file, 0..<Segment.headerSize) { bytes, _ in
            if !bytes.isEqual(to: written.bytes) { findings.append(.damage(file: name, range: 0..<Segment.headerSize)) }
        }
        var digest = SHA256()
        var hashed = 0
        let scanner = SegmentScanner(
            file: file, salt: header.salt, from: Segment.headerSize, end: end, opensHeads: true)
        while let item = try scanner.next() {
            switch item {
            case .damage(let range), .unknown(let range), .lost(_, let range):
                findings.append(.damage(file: name, range: range))
            case .frame(let frame, let payload, let offset):
                let padding = offset + Frame.headerSize + frame.payloadSize..<offset + frame.size
                try DiskPieces.read(file, padding) { bytes, _ in
                    for place in 0..<bytes.byteCount where bytes[place] != 0 {
                        findings.append(.damage(file: name, range: padding))
                        break
                    }
                }
                guard frame.kind == .seal, let seal = SegmentSeal(payload) else { continue }
                try DiskPieces.read(file, hashed..<offset) { bytes, _ in digest.update(bytes) }
                hashed = offset
                let content = digest.finish()
                outline.content = content
                if content != seal.digest { findings.append(.changed(file: name)) }
            }
        }
        return (findings, outline)
    }
}
