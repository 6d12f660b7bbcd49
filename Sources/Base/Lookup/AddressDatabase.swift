import CMaxMind
import Glibc
public import Platform

/// A table of networks in MaxMind's format, such as GeoLite2-City or GeoLite2-ASN.
///
/// It is a copy in memory, so what happens to the file later changes nothing here.
///
/// - Threads: any; nothing changes after `init`.
/// - Source: MaxMind DB file format specification 2.0; libmaxminddb(3).
@safe public final class AddressDatabase: @unchecked Sendable {
    // Proof for @unchecked: the library only reads what is behind the pointer, and nobody writes it after `init`.
    private let handle: UnsafeMutablePointer<MMDB_s>

    /// For example `GeoLite2-City`.
    public let type: String
    /// When it was made, in seconds since 1970.
    public let built: Int
    /// Bytes of memory that it takes.
    public let size: Int
    /// Values that could not be read because the database contradicts itself.
    let flaws = Counter()

    /// Larger files are refused: the copy takes memory.
    public static let sizeLimit = 1 << 30

    /// - Parameter topic: what it must tell about addresses.
    public init(path: String, _ topic: AddressTopic) throws(AddressDatabaseError) {
        let copy: MemoryFile
        do throws(DiskError) {
            copy = try MemoryFile(copying: path, limit: Self.sizeLimit)
        } catch {
            throw .unreadable(error)
        }
        let handle = UnsafeMutablePointer<MMDB_s>.allocate(capacity: 1)
        unsafe handle.initialize(to: MMDB_s())
        // The library keeps the memory mapped and closes what it opened, so the copy outlives its name.
        let status = withExtendedLifetime(copy) { unsafe MMDB_open(copy.path, UInt32(MMDB_MODE_MMAP), handle) }
        guard status == MMDB_SUCCESS else {
            unsafe handle.deallocate()
            throw .broken(file: path, reason: unsafe String(cString: MMDB_strerror(status)))
        }
        unsafe self.handle = handle
        type = unsafe handle.pointee.metadata.database_type.map { unsafe String(cString: $0) } ?? ""
        built = unsafe Int(clamping: handle.pointee.metadata.build_epoch)
        size = copy.size
        // Behind the last member: now `deinit` closes it.
        guard topic.isTold(by: type) else { throw .otherTopic(file: path, type: type, wanted: topic) }
    }

    deinit {
        unsafe MMDB_close(handle)
        unsafe handle.deallocate()
    }

    public enum Answer: Sendable {
        case found
        case absent
        /// The database contradicts itself; a part may have been found.
        case broken
    }

    /// Looks an address up.
    ///
    /// - Parameter address: IPv4 or IPv6 as text. An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is the former.
    /// - Parameter body: is called with what is known of it, if anything is.
    public func find(_ address: RawSpan, _ body: (borrowing AddressRecord) -> Void) -> Answer {
        guard let address = SocketAddress(address) else { return .absent }
        var status: Int32 = 0
        let result = unsafe address.withPointer { unsafe MMDB_lookup_sockaddr(handle, $0, &status) }
        if status == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR { return .absent }
        guard status == MMDB_SUCCESS else { return .broken }
        guard unsafe result.found_entry else { return .absent }
        let before = flaws.value
        body(unsafe AddressRecord(self, result.entry))
        return flaws.value == before ? .found : .broken
    }
}

/// What a database tells about addresses.
public enum AddressTopic: String, Sendable, CaseIterable {
    /// Where they are.
    case city
    /// Whose network they belong to.
    case network = "asn"

    /// Databases of several makers have these words in the name of their type.
    private var words: [String] {
        switch self {
        case .city: ["city", "country", "enterprise"]
        case .network: ["asn", "isp"]
        }
    }

    var example: String {
        switch self {
        case .city: "GeoLite2-City"
        case .network: "GeoLite2-ASN"
        }
    }

    func isTold(by type: String) -> Bool {
        let type = type.lowercased()
        return words.contains { type.contains($0) }
    }
}

/// Why a database of addresses cannot be used.
public enum AddressDatabaseError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadable(DiskError)
    case broken(file: String, reason: String)
    case otherTopic(file: String, type: String, wanted: AddressTopic)

    public var description: String {
        switch self {
        case .unreadable(let error): "\(error)"
        case .broken(let file, let reason):
            "\(file) is not a database of addresses in MaxMind's format (\(reason)); it is a file that ends in .mmdb, unpacked"
        case .otherTopic(let file, let type, let wanted):
            "\(file) is a database of the type `\(type)`; here belongs one such as \(wanted.example)"
        }
    }
}
