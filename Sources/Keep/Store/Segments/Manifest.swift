import Codecs
import Events
import Platform

/// What a sealed part of a store holds: its tenant and stream.
struct Shelf: Hashable, Comparable, Sendable {
    let tenant: TenantName
    let stream: StreamName

    static func < (left: Shelf, right: Shelf) -> Bool {
        (left.tenant, left.stream) < (right.tenant, right.stream)
    }
}

/// A Parquet file of the store.
struct Segment: Sendable, Hashable {
    /// Below the store's folder, for example `default/claude_code.events/00000000000000000000-00000000000000122879.parquet`.
    var file: String
    let shelf: Shelf
    var rows: Int
    var bytes: Int
    let earliest: Timestamp
    let latest: Timestamp
    /// The columns that it has.
    let columns: [String]
    /// Fields of the catalog with a value that does not suit their column, so that it is among the rest.
    let misfits: [String]
    /// Of the seal that its newest rows are from: the higher, the later they came.
    var number: UInt64 = 0
}

/// The store's table of contents: which files count, and how far the journal is in them.
///
/// It is replaced as a whole by one rename, together with what it speaks of. So after a crash a record is in a
/// segment or it comes again from the journal, never both and never neither; a file that the manifest does
/// not name is what a crash left over.
///
/// - Shape: JSON, see `docs/formats/store.md`.
struct Manifest: Sendable, Equatable {
    static let version: Int64 = 1

    /// Where the journal is read from after a start.
    var position = JournalPosition.start
    /// The records of each shelf below this sequence are in segments. Those of the journal behind ``position``
    /// and below it are skipped.
    var sealedBelow: [Shelf: UInt64] = [:]
    var segments: [Segment] = []
    /// What was deleted for its age.
    var deleted: [Shelf: Deletion] = [:]
    /// How many merges there were: the names of their files are made of it.
    var merges: UInt64 = 0

    init() {}

    /// Rows of records below a sequence, and older than a moment, are not in the store any more, and do not come back
    /// from the journal when it is built anew.
    struct Deletion: Sendable, Equatable {
        var before: Timestamp
        var below: UInt64
    }

    mutating func note(_ deletion: Deletion, of shelf: Shelf) {
        let last = deleted[shelf] ?? deletion
        deleted[shelf] = Deletion(
            before: max(last.before, deletion.before), below: max(last.below, deletion.below))
    }

    /// For the next seal.
    var nextNumber: UInt64 { (segments.lazy.map(\.number).max() ?? 0) + 1 }

    /// Reads what ``text`` wrote. Nothing is guessed: one wrong member makes the whole unreadable.
    init?(_ text: [UInt8]) {
        guard let root = try? JSONValue(parsing: text), root["version"]?.integer == Self.version,
            let segment = Self.number(root["journal"]?["segment"]),
            let offset = Self.number(root["journal"]?["offset"]),
            let shelves = root["shelves"]?.array, let segments = root["segments"]?.array
        else { return nil }
        position = JournalPosition(segment: segment, offset: offset)
        for item in shelves {
            guard let shelf = Self.shelf(item), let below = Self.number(item["sealedBelow"]),
                sealedBelow.updateValue(below, forKey: shelf) == nil
            else { return nil }
        }
        for item in root["deleted"]?.array ?? [] {
            guard let shelf = Self.shelf(item), let before = item["before"]?.integer,
                let below = Self.number(item["below"])
            else { return nil }
            deleted[shelf] = Deletion(before: Timestamp(nanoseconds: before), below: below)
        }
        merges = Self.number(root["merges"]) ?? 0
        var files: Set<String> = []
        for (place, item) in segments.enumerated() {
            // Before there were merges, files were named in the order of their seals.
            guard let segment = Self.segment(item, number: UInt64(place)), files.insert(segment.file).inserted else {
                return nil
            }
            self.segments.append(segment)
        }
    }

    var text: [UInt8] {
        let value: JSONValue = [
            "version": .integer(Self.version),
            "journal": ["segment": .integer(Int64(position.segment)), "offset": .integer(Int64(position.offset))],
            "shelves": .array(
                sealedBelow.sorted { $0.key < $1.key }.map { shelf, below in
                    [
                        "tenant": .string(shelf.tenant.text), "stream": .string(shelf.stream.text),
                        "sealedBelow": .integer(Int64(below)),
                    ]
                }),
            "deleted": .array(
                deleted.sorted { $0.key < $1.key }.map { shelf, deletion in
                    [
                        "tenant": .string(shelf.tenant.text), "stream": .string(shelf.stream.text),
                        "before": .integer(deletion.before.nanoseconds), "below": .integer(Int64(deletion.below)),
                    ]
                }),
            "merges": .integer(Int64(merges)),
            "segments": .array(
                segments.map { segment in
                    [
                        "tenant": .string(segment.shelf.tenant.text), "stream": .string(segment.shelf.stream.text),
                        "file": .string(segment.file), "rows": .integer(Int64(segment.rows)),
                        "bytes": .integer(Int64(segment.bytes)), "earliest": .integer(segment.earliest.nanoseconds),
                        "latest": .integer(segment.latest.nanoseconds),
                        "columns": .array(segment.columns.map { .string($0) }),
                        "misfits": .array(segment.misfits.map { .string($0) }),
                        "number": .integer(Int64(segment.number)),
                    ]
                }),
        ]
        return Array(value.text.utf8)
    }

    private static func segment(_ item: JSONValue, number place: UInt64) -> Segment? {
        guard let shelf = Self.shelf(item), let file = item["file"]?.string, let rows = number(item["rows"]),
            let bytes = number(item["bytes"]), let earliest = item["earliest"]?.integer,
            let latest = item["latest"]?.integer, let columns = names(item["columns"]),
            let misfits = names(item["misfits"]), isFile(file, of: shelf)
        else { return nil }
        return Segment(
            file: file, shelf: shelf, rows: Int(rows), bytes: Int(bytes),
            earliest: Timestamp(nanoseconds: earliest), latest: Timestamp(nanoseconds: latest), columns: columns,
            misfits: misfits, number: number(item["number"]) ?? place)
    }

    /// In the folder of its shelf and nowhere else.
    private static func isFile(_ file: String, of shelf: Shelf) -> Bool {
        let folder = "\(shelf.tenant)/\(shelf.stream)/"
        guard file.hasPrefix(folder), file.hasSuffix(".parquet") else { return false }
        return !file.dropFirst(folder.count).contains("/")
    }

    private static func number(_ value: JSONValue?) -> UInt64? { value?.integer.flatMap { UInt64(exactly: $0) } }

    private static func names(_ value: JSONValue?) -> [String]? {
        guard let values = value?.array else { return nil }
        let names = values.compactMap(\.string)
        return names.count == values.count ? names : nil
    }

    private static func shelf(_ item: JSONValue) -> Shelf? {
        guard let tenant = item["tenant"]?.string.flatMap({ TenantName($0) }), let stream = item["stream"]?.string
        else { return nil }
        return Shelf(tenant: tenant, stream: StreamName(stream))
    }
}
