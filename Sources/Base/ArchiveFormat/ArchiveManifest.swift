import Codecs
public import Integrity
public import Platform

/// What an object of an archive holds, and what proves it. It is written last: without it nothing is archived.
///
/// - Shape: JSON, always the same bytes for the same values; its last member is the SHA-256 of everything before it.
public struct ArchiveManifest: Sendable, Equatable {
    public static let format = "docket-archive/v1"
    /// - Unit: bytes.
    public static let largest = 1 << 20

    public var name: ArchiveName
    /// - Unit: bytes.
    public var size: Int
    public var digest: Digest
    /// Which of the versions that a store has under the name; `nil` where a name has one.
    public var version: String?
    /// Records without content: erased, or lost before they came into the log.
    public var empty: Int
    public var accepted: ClosedRange<Timestamp>
    /// The root over the leaves of the object alone.
    public var root: Digest
    /// What stands before and behind them in the tree of the checkpoint; see ``Integrity/RangeProof``.
    public var before: [Digest]
    public var after: [Digest]
    /// A signed note that covers the records.
    public var checkpoint: String
    /// The rules of redaction that were in force, as hexadecimal digits.
    public var rules: [String]
    /// Nobody can delete the object before.
    public var retainUntil: Timestamp?
    public var isHeld: Bool

    public init(
        name: ArchiveName, size: Int, digest: Digest, version: String? = nil, empty: Int,
        accepted: ClosedRange<Timestamp>, root: Digest, before: [Digest], after: [Digest], checkpoint: String,
        rules: [String],
        retainUntil: Timestamp?, isHeld: Bool
    ) {
        self.name = name
        self.size = size
        self.digest = digest
        self.version = version
        self.empty = empty
        self.accepted = accepted
        self.root = root
        self.before = before
        self.after = after
        self.checkpoint = checkpoint
        self.rules = rules
        self.retainUntil = retainUntil
        self.isHeld = isHeld
    }

    public var records: ClosedRange<UInt64> { name.records }

    // MARK: Bytes

    public var bytes: [UInt8] {
        var lines: [(String, JSONValue)] = [
            ("format", .string(Self.format)), ("tenant", .string(name.tenant)), ("object", .string(name.object)),
            ("bytes", .integer(Int64(size))), ("sha256", .string(digest.hexadecimal)),
        ]
        if let version { lines.append(("version_id", .string(version))) }
        lines += [
            ("first", .integer(Int64(clamping: records.lowerBound))),
            ("last", .integer(Int64(clamping: records.upperBound))), ("count", .integer(Int64(records.count))),
            ("without_content", .integer(Int64(empty))),
            ("accepted_from", .string(RFC3339.text(accepted.lowerBound, digits: 9))),
            ("accepted_to", .string(RFC3339.text(accepted.upperBound, digits: 9))),
            ("leaves_root", .string(root.base64)), ("before", .array(before.map { .string($0.base64) })),
            ("after", .array(after.map { .string($0.base64) })),
            ("checkpoint", .string(checkpoint)), ("rules", .array(rules.map { .string($0) })),
        ]
        if let retainUntil { lines.append(("retain_until", .string(RFC3339.text(retainUntil)))) }
        lines.append(("legal_hold", .bool(isHeld)))
        var out = ByteBuffer(capacity: 2_048)
        for (key, value) in lines {
            out.append(out.isEmpty ? "{\n  " as StaticString : ",\n  " as StaticString)
            out.append(jsonString: key)
            out.append(": " as StaticString)
            value.write(to: &out)
        }
        let digest = Digest(of: out.bytes)
        out.append(",\n  \"manifest_sha256\": \"" as StaticString)
        out.append(text: digest.hexadecimal)
        out.append("\"\n}\n" as StaticString)
        return out.array
    }

    /// - Parameter name: under which it was found.
    /// - Returns: `nil` for bytes that are not what was written under this name.
    public init?(kept bytes: [UInt8], name: ArchiveName) {
        guard bytes.count <= Self.largest, let value = try? JSONValue(parsing: bytes),
            value["format"]?.string == Self.format,
            let size = value["bytes"]?.integer, let digest = value["sha256"]?.string.flatMap(Digest.init(hexadecimal:)),
            let empty = value["without_content"]?.integer, let from = Self.moment(value["accepted_from"]),
            let to = Self.moment(value["accepted_to"]), from <= to,
            let root = value["leaves_root"]?.string.flatMap(Digest.init(base64:)),
            let before = value["before"]?.array, let after = value["after"]?.array,
            let checkpoint = value["checkpoint"]?.string,
            let rules = value["rules"]?.array, let isHeld = value["legal_hold"]?.bool
        else { return nil }
        self.init(
            name: name, size: Int(size), digest: digest, version: value["version_id"]?.string, empty: Int(empty),
            accepted: from...to, root: root, before: Self.hashes(before), after: Self.hashes(after),
            checkpoint: checkpoint,
            rules: rules.compactMap(\.string), retainUntil: Self.moment(value["retain_until"]), isHeld: isHeld)
        // Written again it must be the same, so nothing in it means nothing, and its own digest is right.
        guard self.bytes == bytes else { return nil }
    }

    private static func hashes(_ values: [JSONValue]) -> [Digest] {
        values.compactMap { $0.string.flatMap(Digest.init(base64:)) }
    }

    private static func moment(_ value: JSONValue?) -> Timestamp? {
        value?.string.flatMap { RFC3339.parse($0.utf8) }
    }
}
