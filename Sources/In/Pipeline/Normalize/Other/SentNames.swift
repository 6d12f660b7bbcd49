import Codecs
import Events

/// What a sender of events may not say in his own name. He may say it all the same, and it is kept below `imported.`,
/// where no search for what Docket or its own sources say finds it.
struct SentNames: Sendable {
    /// First parts of names whose fields are filled by Docket's own sources alone.
    private static let owners: [StaticString] = [
        "docket", "anthropic", "claude_code", "claude_cowork", "office_agent",
    ]
    /// First parts of datasets and modules that are Docket's own.
    private static let datasets: [StaticString] = owners + ["otlp", "ecs"]

    /// Fields that Docket sets for every document.
    private let reserved: NameTable
    /// What those fields stand below. A value of its own there would stand beside them, and some readers take it for all.
    private let parents: NameTable
    /// Fields that say which stream a document is of.
    private let streams: NameTable

    init() {
        reserved = NameTable(["data_stream.namespace", "event.id", "event.ingested", "user.key", "user.keys"])
        parents = NameTable(["data_stream", "event", "user"])
        streams = NameTable(["data_stream.dataset", "event.dataset", "event.module"])
    }

    /// Whether no value of this field is the sender's to give.
    func isReserved(_ name: RawSpan) -> Bool {
        reserved.index(of: name) >= 0 || Self.owners.contains { Self.begins(name, with: $0) }
    }

    /// Whether only an object may stand there, with fields that are reserved beside those of the sender.
    func isParent(_ name: RawSpan) -> Bool { parents.index(of: name) >= 0 }

    /// Whether the field says which stream a document is of.
    func isStream(_ name: RawSpan) -> Bool { streams.index(of: name) >= 0 }

    /// Whether a stream is Docket's own.
    static func isOwn(stream: RawSpan) -> Bool { datasets.contains { begins(stream, with: $0) } }

    /// Whether the first part of a dotted name is this one.
    private static func begins(_ name: RawSpan, with part: StaticString) -> Bool {
        guard name.starts(with: part) else { return false }
        let count = part.utf8CodeUnitCount
        return name.byteCount == count || name[count] == UInt8(ascii: ".")
    }
}
