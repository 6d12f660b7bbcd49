import Codecs
public import Platform

/// What is said of a file that somebody took, so that a file can be told later to be that one.
///
/// It is said twice: without the file before anything is given, and with it before the last byte is. So whoever has a
/// whole file has one that the record tells of.
public struct ExportReceipt: Sendable, Hashable {
    /// The file, once all of it was made.
    public struct File: Sendable, Hashable {
        /// Lines or rows of data, without a head.
        public var rows: Int
        public var bytes: Int
        /// SHA-256 of all bytes, in hexadecimal digits.
        public var digest: String

        public init(rows: Int, bytes: Int, digest: String) {
            self.rows = rows
            self.bytes = bytes
            self.digest = digest
        }
    }

    /// What was signed last of the tenant's log when the export began.
    public struct Checkpoint: Sendable, Hashable {
        public var origin: String
        public var size: UInt64
        /// As a checkpoint writes it, in base64.
        public var root: String

        public init(origin: String, size: UInt64, root: String) {
            self.origin = origin
            self.size = size
            self.root = root
        }
    }

    /// Names the export; it is also the id of the event that has the file in it.
    public let id: String
    /// KQL that held beside a query of another language.
    public var filter: String?
    /// Events at this moment and later.
    public var from: Timestamp?
    /// Events before this moment.
    public var to: Timestamp?
    public var columns: [String] = []
    public var checkpoint: Checkpoint?
    public var file: File?
    /// Whether there was more than an export may have, or something could not be looked at.
    public var isCut = false

    public init(id: String) { self.id = id }

    /// What `docket.export` says.
    var facts: [JSONValue.Member] {
        var facts: [JSONValue.Member] = [.init("id", .string(id))]
        if let filter, !filter.isEmpty { facts.append(.init("filter", .string(filter))) }
        for (name, moment) in [("from", from), ("to", to)] {
            if let moment { facts.append(.init(name, .string(RFC3339.text(moment, digits: 9)))) }
        }
        if !columns.isEmpty { facts.append(.init("columns", .array(columns.map { .string($0) }))) }
        if let checkpoint {
            facts.append(
                .init(
                    "checkpoint",
                    [
                        "origin": .string(checkpoint.origin), "size": .integer(Int64(clamping: checkpoint.size)),
                        "root": .string(checkpoint.root),
                    ]))
        }
        if let file {
            facts.append(.init("rows", .integer(Int64(file.rows))))
            facts.append(.init("cut", .bool(isCut)))
        }
        return facts
    }
}
