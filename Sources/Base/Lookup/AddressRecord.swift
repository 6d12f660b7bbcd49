import CMaxMind
import Platform

/// What a database knows of one address: a tree of maps, lists and values.
@safe public struct AddressRecord: ~Copyable {
    private let database: AddressDatabase
    private let entry: MMDB_entry_s

    @unsafe init(_ database: AddressDatabase, _ entry: MMDB_entry_s) {
        self.database = database
        unsafe self.entry = entry
    }

    /// The text at a path; `nil` when there is nothing or something else.
    @_lifetime(borrow self)
    public func text(_ path: RecordPath) -> RawSpan? {
        guard let value = unsafe value(path), unsafe value.type == UInt32(MMDB_DATA_TYPE_UTF8_STRING),
            let start = unsafe value.utf8_string
        else { return nil }
        // The library has checked that the text lies inside the database.
        let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: Int(value.data_size))
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    public func double(_ path: RecordPath) -> Double? {
        guard let value = unsafe value(path) else { return nil }
        return switch unsafe Int32(value.type) {
        case MMDB_DATA_TYPE_DOUBLE: unsafe value.double_value
        case MMDB_DATA_TYPE_FLOAT: unsafe Double(value.float_value)
        default: nil
        }
    }

    public func number(_ path: RecordPath) -> Int? {
        guard let value = unsafe value(path) else { return nil }
        return switch unsafe Int32(value.type) {
        case MMDB_DATA_TYPE_UINT16: unsafe Int(value.uint16)
        case MMDB_DATA_TYPE_UINT32: unsafe Int(value.uint32)
        case MMDB_DATA_TYPE_UINT64: unsafe Int(exactly: value.uint64)
        case MMDB_DATA_TYPE_INT32: unsafe Int(value.int32)
        default: nil
        }
    }

    private func value(_ path: RecordPath) -> MMDB_entry_data_s? {
        var entry = unsafe entry
        var value = unsafe MMDB_entry_data_s()
        switch unsafe MMDB_aget_value(&entry, &value, path.names) {
        case MMDB_SUCCESS: return unsafe value.has_data ? value : nil
        case MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR: return nil
        default:
            database.flaws.add()
            return nil
        }
    }
}

/// The way to a value in a record: names of members, and places in lists as digits, from the end when they are negative.
@safe public final class RecordPath: @unchecked Sendable {
    // Proof for @unchecked: nobody writes the list after `init`, and what it points at lies in the program.
    fileprivate let names: UnsafeMutablePointer<UnsafePointer<CChar>?>

    public init(_ names: StaticString...) {
        unsafe self.names = .allocate(capacity: names.count + 1)
        for (place, name) in names.enumerated() {
            unsafe (self.names + place).initialize(
                to: UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self))
        }
        unsafe (self.names + names.count).initialize(to: nil)
    }

    deinit { unsafe names.deallocate() }
}

/// Where databases of the GeoLite2 family have what they know.
///
/// - Source: GeoIP2 City and ASN database layout.
extension RecordPath {
    public static let cityName = RecordPath("city", "names", "en")
    public static let continentName = RecordPath("continent", "names", "en")
    public static let countryCode = RecordPath("country", "iso_code")
    public static let countryName = RecordPath("country", "names", "en")
    public static let latitude = RecordPath("location", "latitude")
    public static let longitude = RecordPath("location", "longitude")
    /// Regions stand in a list, the smallest last.
    public static let regionCode = RecordPath("subdivisions", "-1", "iso_code")
    public static let regionName = RecordPath("subdivisions", "-1", "names", "en")
    public static let networkNumber = RecordPath("autonomous_system_number")
    public static let networkOwner = RecordPath("autonomous_system_organization")
}
