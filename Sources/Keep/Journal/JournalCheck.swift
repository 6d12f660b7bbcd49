import Codecs
public import Events
import Integrity
public import Platform

/// Reads a journal more strictly than a reader has to: also what is there twice, and what means nothing, must be as it
/// was written.
public enum JournalCheck {
    /// - Parameter end: everything before it is looked at.
    /// - Returns: what is not as it was written.
    public static func findings(
        _ disk: any Disk, upTo end: JournalPosition
    ) throws(DiskError) -> [JournalFinding] {
        var findings: [JournalFinding] = []
        let numbers = Set(try disk.names().compactMap(Segment.number(in:)).filter { $0 <= end.segment })
        // The oldest may be gone, and none behind it.
        guard let first = numbers.min() else { return [] }
        for number in first...end.segment {
            let name = Segment.fileName(number)
            guard numbers.contains(number) else {
                findings.append(.damage(file: name, range: 0..<0))
                continue
            }
            let file = try disk.open(name)
            let size = number == end.segment ? Int(end.offset) : try file.size()
            if try Segment.Header.read(file).map({ $0.number != number }) ?? false {
                findings.append(.changed(file: name))
            }
            findings += try check(file, name, size)
        }
        return findings
    }

    private static func check(
        _ file: any DiskFile, _ name: String, _ end: Int
    ) throws(DiskError) -> [JournalFinding] {
        guard let header = try Segment.Header.read(file) else {
            return [.damage(file: name, range: 0..<min(Segment.headerSize, end))]
        }
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
                if digest.finish() != seal.digest { findings.append(.changed(file: name)) }
            }
        }
        return findings
    }
}
