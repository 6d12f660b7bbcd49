import Codecs
import Events
import Platform
import Query

/// A receipt as the record has it: the event that says what a file was.
struct ReceiptDocument {
    let hit: SearchHit
    let fields: EventFields

    /// - Returns: `nil` for an event of another kind, and for what a sender says that looks like one.
    init?(_ hit: SearchHit) {
        let fields = EventFields(hit.document)
        guard hit.stream == StreamName.access.text, fields["event.action"] == ReaderAct.Action.exportReceipt.rawValue
        else { return nil }
        self.hit = hit
        self.fields = fields
    }

    var isWhole: Bool { digest != nil }
    var isCut: Bool { fields["docket.export.cut"] == "true" }
    var rows: Int? { fields["docket.export.rows"].flatMap { Int($0) } }
    var bytes: Int? { fields["file.size"].flatMap { Int($0) } }
    var digest: String? { fields["file.hash.sha256"] }
    var person: String? { fields.user }
    var from: String? { fields["docket.export.from"] }
    var to: String? { fields["docket.export.to"] }
    var checkpointSize: Int? { fields["docket.export.checkpoint.size"].flatMap { Int($0) } }

    /// - Shape: `docs/formats/export-receipt.md`. The first member tells it from all other files.
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("receipt", "docket-export/v1"), .init("id", .string(hit.id)),
            .init("time", .string(RFC3339.text(hit.time, digits: 9))),
        ]
        func add(_ name: String, _ text: String?) { if let text { members.append(.init(name, .string(text))) } }
        func add(_ name: String, _ number: Int?) {
            if let number { members.append(.init(name, .integer(Int64(number)))) }
        }
        add("record", hit.recordSequence.map { Int(clamping: $0) })
        add("user", person)
        add("role", fields["docket.access.role"])
        add("format", fields["docket.access.format"])
        add("language", fields["docket.access.language"])
        add("query", fields["docket.access.query"] ?? "")
        add("filter", fields["docket.export.filter"])
        add("from", from)
        add("to", to)
        let columns = fields.fields.first { $0.name == "docket.export.columns" }?.values ?? []
        if !columns.isEmpty { members.append(.init("columns", .array(columns.map { .string($0) }))) }
        add("rows", rows)
        add("bytes", bytes)
        add("sha256", digest)
        members.append(.init("cut", .bool(isCut)))
        if let size = checkpointSize, let origin = fields["docket.export.checkpoint.origin"],
            let root = fields["docket.export.checkpoint.root"]
        {
            members.append(
                .init(
                    "checkpoint",
                    ["origin": .string(origin), "size": .integer(Int64(size)), "root": .string(root)]))
        }
        return .object(members)
    }
}

extension Visit {
    /// - Returns: `nil` where no export is called so, or its receipt cannot be searched yet.
    func receipt(_ id: String) throws(SearchError) -> ReceiptDocument? {
        guard let receipt = try engine.event(id: id, tenant: tenant).flatMap({ ReceiptDocument($0) }) else {
            return nil
        }
        journal.record(reader.act(.eventView, event: receipt.hit.id))
        return receipt
    }
}
