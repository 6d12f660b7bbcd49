import Codecs
import Integrity
import Platform

/// Where the payload of a frame is that did not fit where it was, when some of its records were erased: what is left
/// can take a few bytes more than all of them did, for it compresses otherwise.
///
/// - Shape: 48 bytes: u64 where in the file, behind the end of the segment; u64 how many bytes; SHA-256 of them. They
///   are one Zstandard frame. Zeros follow, as many as the old payload took.
struct MovedPayload: Equatable {
    static let size = 48

    let offset: Int
    let size: Int
    let digest: Digest

    init(offset: Int, size: Int, digest: Digest) {
        self.offset = offset
        self.size = size
        self.digest = digest
    }

    /// - Returns: `nil` for bytes that are none.
    init?(_ payload: [UInt8]) {
        guard payload.count >= Self.size else { return nil }
        let bytes = unsafe payload.span.bytes
        guard let offset = Int(exactly: bytes.littleEndian(at: 0, as: UInt64.self)),
            let size = Int(exactly: bytes.littleEndian(at: 8, as: UInt64.self)),
            let digest = Digest(bytes: bytes.extracting(16..<48))
        else { return nil }
        self.init(offset: offset, size: size, digest: digest)
    }

    func write(to out: inout ByteBuffer) {
        out.append(littleEndian: UInt64(offset))
        out.append(littleEndian: UInt64(size))
        out.append(digest.bytes)
    }

    /// - Returns: `nil` when they are not what was written.
    func read(from file: any DiskFile) throws(DiskError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: size)
        var span = bytes.mutableSpan
        var target = unsafe span.mutableBytes
        guard try file.read(into: &target, at: offset) == size else { return nil }
        return unsafe Digest(of: bytes.span.bytes) == digest ? bytes : nil
    }
}
