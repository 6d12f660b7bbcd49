import Codecs
import Network

/// How the body of a request is compressed.
enum BodyPacking {
    case none, gzip, zstandard

    init(_ request: HTTPRequest) throws(IntakeRefusal) {
        switch request.headers.word("content-encoding") {
        case "", "identity": self = .none
        case "gzip": self = .gzip
        case "zstd": self = .zstandard
        default: throw IntakeRefusal(.unknownContentEncoding, "The Content-Encoding must be gzip, zstd or identity.")
        }
    }

    /// What a file is by its first bytes.
    init(fileOf bytes: [UInt8]) {
        self =
            bytes.starts(with: [0x1F, 0x8B])
            ? .gzip : bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) ? .zstandard : .none
    }

    /// - Parameter limit: bytes that the body may have then.
    func unpack(_ body: [UInt8], limit: Int) throws(IntakeRefusal) -> [UInt8] {
        var unpacked = body
        do throws(CompressionError) {
            switch self {
            case .none: break
            case .gzip: unpacked = try unsafe Gunzip().decompress(body.span.bytes, limit: limit)
            case .zstandard:
                unpacked = try unsafe ZstandardDecompressor().decompress(body.span.bytes, limit: limit)
            }
        } catch {
            throw IntakeRefusal(error == .tooLarge(limit: limit) ? .tooLarge : .badCompression, "\(error)")
        }
        guard unpacked.count <= limit else { throw .tooLarge(limit) }
        return unpacked
    }
}

extension HTTPHeaders {
    /// The value of a header without its parameters, in small letters; empty without the header.
    func word(_ name: String) -> String {
        (self[name] ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    }
}
