import CDeflate

/// A ZIP archive: what files are in it, and the bytes of each.
///
/// - Source: PKWARE, *.ZIP File Format Specification* (APPNOTE.TXT), sections 4.3.7, 4.3.12 and 4.3.16. Files that are
///   stored or deflated; neither ZIP64 nor encryption.
/// - Guarantee: nothing is unpacked that is larger than asked for, or larger than its packed bytes can become.
public struct ZipArchive: Sendable {
    public struct File: Sendable {
        /// As the archive has it, which is a path and never used as one.
        public let name: String
        /// Bytes when it is unpacked, as the archive says.
        public let size: Int
        fileprivate let packedSize: Int
        fileprivate let method: UInt16
        fileprivate let isEncrypted: Bool
        fileprivate let checksum: UInt32
        /// Where its local header is.
        fileprivate let place: Int
    }

    /// Files of an archive.
    public static let fileLimit = 10_000
    /// The most that one byte becomes when it is inflated.
    private static let ratioLimit = 1_032

    public private(set) var files: [File] = []

    /// Whether these bytes begin as an archive does.
    public static func isLikely(_ bytes: RawSpan) -> Bool { bytes.starts(with: "PK\u{3}\u{4}") }

    /// Reads the directory at the end.
    public init(_ bytes: RawSpan) throws(ZipError) {
        let end = try Self.end(of: bytes)
        let count = Int(bytes.zipNumber(at: end + 10, as: UInt16.self))
        guard count <= Self.fileLimit else { throw .tooLarge }
        var place = Int(bytes.zipNumber(at: end + 16, as: UInt32.self))
        for _ in 0..<count {
            guard place <= end - 46, bytes.zipNumber(at: place, as: UInt32.self) == 0x0201_4B50 else {
                throw .malformed
            }
            let nameSize = Int(bytes.zipNumber(at: place + 28, as: UInt16.self))
            let more =
                Int(bytes.zipNumber(at: place + 30, as: UInt16.self))
                + Int(bytes.zipNumber(at: place + 32, as: UInt16.self))
            guard place + 46 + nameSize + more <= end else { throw .malformed }
            files.append(
                File(
                    name: bytes.extracting(place + 46..<place + 46 + nameSize).text,
                    size: Int(bytes.zipNumber(at: place + 24, as: UInt32.self)),
                    packedSize: Int(bytes.zipNumber(at: place + 20, as: UInt32.self)),
                    method: bytes.zipNumber(at: place + 10, as: UInt16.self),
                    isEncrypted: bytes.zipNumber(at: place + 8, as: UInt16.self) & 1 == 1,
                    checksum: bytes.zipNumber(at: place + 16, as: UInt32.self),
                    place: Int(bytes.zipNumber(at: place + 42, as: UInt32.self))))
            place += 46 + nameSize + more
        }
    }

    /// Unpacks a file.
    ///
    /// - Parameter bytes: what the archive was read from.
    /// - Parameter limit: bytes of the file.
    public func read(_ file: File, in bytes: RawSpan, limit: Int) throws(ZipError) -> [UInt8] {
        guard !file.isEncrypted else { throw .encrypted }
        guard file.size <= limit else { throw .tooLarge }
        guard file.place <= bytes.byteCount - 30,
            bytes.zipNumber(at: file.place, as: UInt32.self) == 0x0403_4B50
        else { throw .malformed }
        // The local header has its own name and extra field, of other sizes than those of the directory.
        let start =
            file.place + 30 + Int(bytes.zipNumber(at: file.place + 26, as: UInt16.self))
            + Int(bytes.zipNumber(at: file.place + 28, as: UInt16.self))
        guard start <= bytes.byteCount, file.packedSize <= bytes.byteCount - start else { throw .malformed }
        let packed = bytes.extracting(start..<start + file.packedSize)
        let unpacked: [UInt8]
        switch file.method {
        case 0:
            guard file.size == file.packedSize else { throw .malformed }
            unpacked = packed.array
        case 8: unpacked = try Self.inflate(packed, size: file.size)
        default: throw .unknownMethod
        }
        let checksum = unsafe unpacked.withUnsafeBytes { unsafe libdeflate_crc32(0, $0.baseAddress, $0.count) }
        guard checksum == file.checksum else { throw .malformed }
        return unpacked
    }

    private static func inflate(_ packed: RawSpan, size: Int) throws(ZipError) -> [UInt8] {
        guard size / ratioLimit <= packed.byteCount, let handle = unsafe libdeflate_alloc_decompressor() else {
            throw .malformed
        }
        defer { unsafe libdeflate_free_decompressor(handle) }
        var isWhole = false
        let unpacked = unsafe [UInt8](unsafeUninitializedCapacity: size) { target, written in
            let result = unsafe packed.withUnsafeBytes { source in
                unsafe libdeflate_deflate_decompress(
                    handle, source.baseAddress, source.count, target.baseAddress, size, nil)
            }
            isWhole = result == LIBDEFLATE_SUCCESS
            written = isWhole ? size : 0
        }
        guard isWhole else { throw .malformed }
        return unpacked
    }

    /// Where the end of the directory is. A comment of up to 64 KiB may stand behind it.
    private static func end(of bytes: RawSpan) throws(ZipError) -> Int {
        let last = bytes.byteCount - 22
        guard last >= 0 else { throw .malformed }
        for place in stride(from: last, through: max(0, last - 0xFFFF), by: -1)
        where bytes.zipNumber(at: place, as: UInt32.self) == 0x0605_4B50
            && Int(bytes.zipNumber(at: place + 20, as: UInt16.self)) == last - place
        {
            return place
        }
        throw .malformed
    }
}

/// Why a file of an archive cannot be read.
public enum ZipError: Error, Sendable, Equatable, CustomStringConvertible {
    case malformed, encrypted, unknownMethod, tooLarge

    public var description: String {
        switch self {
        case .malformed: "the ZIP archive is damaged"
        case .encrypted: "the file in the ZIP archive is encrypted"
        case .unknownMethod: "the file in the ZIP archive is packed in a way that is not known"
        case .tooLarge: "the file in the ZIP archive is too large"
        }
    }
}

extension RawSpan {
    /// A little-endian number; the caller has checked that it is inside.
    fileprivate func zipNumber<Number: FixedWidthInteger & BitwiseCopyable>(
        at place: Int, as type: Number.Type
    ) -> Number {
        Number(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: place, as: type))
    }
}
