import Integrity
import Platform

/// The digest of a file, read piece by piece.
enum FileDigest {
    static func of(_ file: any DiskFile, size: Int) throws(DiskError) -> Digest {
        var digest = SHA256()
        for start in stride(from: 0, to: size, by: 1 << 20) {
            let bytes = try file.bytes(start..<min(start + 1 << 20, size))
            unsafe digest.update(bytes.span.bytes)
        }
        return digest.finish()
    }
}

extension DiskFile {
    /// Bytes of a range; fewer when the file ends before.
    func bytes(_ range: Range<Int>) throws(DiskError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var span = bytes.mutableSpan
        var target = unsafe span.mutableBytes
        let count = try read(into: &target, at: range.lowerBound)
        return count == bytes.count ? bytes : Array(bytes[..<count])
    }
}
