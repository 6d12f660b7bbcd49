import Codecs
import Network

/// gRPC messages, gzip and zstd.
///
/// - Must hold: nothing longer than the limit comes out; what was packed here is unpacked at exactly its
///   length, and refused for its size at one byte less; a message is all that is behind its frame's head.
final class CompressionTarget: FuzzTarget {
    private static let limit = 16 << 10
    private let gunzip = Gunzip()
    private let gzip = Gzip(level: 1)
    private let unzstd = ZstandardDecompressor()
    private let zstd = ZstandardCompressor()

    /// - Parameter input: the selector chooses what is done.
    func run(_ input: RawSpan) throws(Violation) {
        let bytes = input.payload
        switch input.selector % 5 {
        case 0: try bounded(try? unsafe gunzip.decompress(bytes.span.bytes, limit: Self.limit))
        case 1: try bounded(try? unsafe unzstd.decompress(bytes.span.bytes, limit: Self.limit))
        case 2: try message(bytes)
        case 3:
            // Two members, cut at a place that the input chooses.
            let cut = bytes.isEmpty ? 0 : Int(bytes[0]) % (bytes.count + 1)
            let (first, second) = (Array(bytes[..<cut]), Array(bytes[cut...]))
            let packed = unsafe gzip.compress(first.span.bytes) + gzip.compress(second.span.bytes)
            try exact(bytes) { limit throws(CompressionError) in
                try unsafe gunzip.decompress(packed.span.bytes, limit: limit)
            }
        default:
            var packed = ByteBuffer()
            unsafe zstd.compress(bytes.span.bytes, to: &packed)
            try exact(bytes) { limit throws(CompressionError) in try unzstd.decompress(packed.bytes, limit: limit) }
        }
    }

    private func bounded(_ out: [UInt8]?) throws(Violation) {
        try Violation.unless((out?.count ?? 0) <= Self.limit, "more came out than the limit")
    }

    private func exact(
        _ bytes: [UInt8], _ unpack: (Int) throws(CompressionError) -> [UInt8]
    ) throws(Violation) {
        let whole = Self.result(bytes.count, unpack)
        try Violation.unless(whole == .success(bytes), "what was packed cannot be unpacked")
        guard !bytes.isEmpty else { return }
        let limit = bytes.count - 1
        try Violation.unless(Self.result(limit, unpack) == .failure(.tooLarge(limit: limit)), "the limit is not told")
    }

    private static func result(
        _ limit: Int, _ unpack: (Int) throws(CompressionError) -> [UInt8]
    ) -> Result<[UInt8], CompressionError> {
        Result { () throws(CompressionError) in try unpack(limit) }
    }

    private func message(_ bytes: [UInt8]) throws(Violation) {
        for encoding in ["gzip", "identity", "snappy"] {
            let request = HTTPRequest(.post, "/a.b/C", headers: ["grpc-encoding": encoding], body: bytes)
            guard let message = try? GRPC.message(of: request) else { continue }
            let told = bytes[1..<5].reduce(0) { $0 * 256 + Int($1) }
            try Violation.unless(message.bytes.elementsEqual(bytes[5...]), "the message is not what is sent")
            try Violation.unless(message.bytes.count == told, "the message has another length")
            guard message.encoding == .gzip else { continue }
            let packed = Array(message.bytes)
            try bounded(try? unsafe gunzip.decompress(packed.span.bytes, limit: Self.limit))
        }
    }
}

/// ZIP archives.
///
/// - Must hold: a file has the size that the archive says, and none comes out that is larger than asked for.
final class ZipTarget: FuzzTarget {
    private static let limit = 1 << 16

    func run(_ input: RawSpan) throws(Violation) {
        guard let archive = try? ZipArchive(input) else { return }
        for file in archive.files.prefix(16) {
            guard let bytes = try? archive.read(file, in: input, limit: Self.limit) else { continue }
            try Violation.unless(bytes.count == file.size && file.size <= Self.limit, "a file of another size")
        }
    }
}
