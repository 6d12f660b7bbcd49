import Integrity
import Platform

enum DiskPieces {
    /// SHA-256 of the first bytes of a file.
    static func digest(_ file: any DiskFile, upTo end: Int) throws(DiskError) -> Digest {
        var hash = SHA256()
        try read(file, 0..<end) { bytes, _ in hash.update(bytes) }
        return hash.finish()
    }

    /// Lends the bytes of a file, a mebibyte at a time.
    static func read(
        _ file: any DiskFile, _ range: Range<Int>, _ body: (RawSpan, Int) throws(DiskError) -> Void
    ) throws(DiskError) {
        var piece = [UInt8](repeating: 0, count: min(1 << 20, range.count))
        var place = range.lowerBound
        while place < range.upperBound {
            let wanted = min(piece.count, range.upperBound - place)
            var span = piece.mutableSpan
            var whole = unsafe span.mutableBytes
            var target = whole._mutatingExtracting(0..<wanted)
            let count = try file.read(into: &target, at: place)
            guard count > 0 else { return }
            try body(unsafe piece.span.bytes.extracting(0..<count), place)
            place += count
        }
    }
}
