public import Integrity
public import Platform

/// How an object of an archive is called.
///
///     default/2026/11/28/13/00000000000000000000-00000000000000000499-9f86d081884c7d65
///
/// Tenant and hour first, so that people and rules of a store find a day; then the records, so that names sort as the
/// log does; then a part of the SHA-256, so that a name can only ever mean one content.
///
/// - Shape: with `.ndjson.zst` behind it the object, with `.manifest.json` what it says of itself.
public struct ArchiveName: Sendable, Hashable, Comparable, CustomStringConvertible {
    public static let objectSuffix = ".ndjson.zst"
    public static let manifestSuffix = ".manifest.json"

    public let tenant: String
    /// `2026/11/28/13`, in UTC.
    public let hour: String
    public let records: ClosedRange<UInt64>
    /// The first 16 hexadecimal digits of the object's SHA-256.
    public let digest: String

    /// - Parameter accepted: when the first of the records was accepted.
    public init(tenant: String, accepted: Timestamp, records: ClosedRange<UInt64>, digest: Digest) {
        self.tenant = tenant
        let civil = Civil(accepted)
        hour =
            "\(civil.year)/" + [civil.month, civil.day, civil.hour].map { Self.padded($0, 2) }.joined(separator: "/")
        self.records = records
        self.digest = String(digest.hexadecimal.prefix(16))
    }

    /// - Parameter manifest: the name of a manifest.
    /// - Returns: `nil` for what ``manifest`` does not write.
    public init?(manifest: String) {
        guard manifest.hasSuffix(Self.manifestSuffix) else { return nil }
        let parts = manifest.dropLast(Self.manifestSuffix.count).split(
            separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 6, (1...63).contains(parts[0].utf8.count), parts[0].utf8.allSatisfy(Self.isOfTenant),
            parts[1...4].map(\.utf8.count) == [4, 2, 2, 2],
            parts[1...4].allSatisfy({ $0.utf8.allSatisfy(Self.isDigit) })
        else { return nil }
        let words = parts[5].split(separator: "-", omittingEmptySubsequences: false)
        guard words.count == 3, words[2].utf8.count == 16,
            words[2].utf8.allSatisfy({ Self.isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }),
            let first = UInt64(words[0]), let last = UInt64(words[1]), first <= last,
            last < UInt64(Int64.max)
        else { return nil }
        tenant = String(parts[0])
        hour = parts[1...4].joined(separator: "/")
        records = first...last
        digest = String(words[2])
        guard self.manifest == manifest else { return nil }
    }

    public var description: String {
        let (first, last) = (records.lowerBound, records.upperBound)
        return "\(tenant)/\(hour)/\(Self.padded(first, 20))-\(Self.padded(last, 20))-\(digest)"
    }

    public var object: String { description + Self.objectSuffix }
    public var manifest: String { description + Self.manifestSuffix }

    public static func < (left: ArchiveName, right: ArchiveName) -> Bool {
        (left.tenant, left.records.lowerBound, left.description)
            < (right.tenant, right.records.lowerBound, right.description)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// What the names of tenants are made of.
    private static func isOfTenant(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
    }

    private static func padded(_ number: some FixedWidthInteger, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
