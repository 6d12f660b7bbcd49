import Codecs
import Platform

/// One chat or session as the API listed it, without what people called it unless that is kept.
struct ListedObject: Sendable, Equatable {
    let id: String
    /// By which windows are made; `nil` when it cannot be read.
    let time: Timestamp?
    /// What is written into the journal.
    let record: [UInt8]
    /// Tells a state of an object from another.
    let digest: UInt64

    /// Members that are content: whoever wrote the first message often wrote them.
    static let titles: Set<String> = ["name", "title"]

    /// - Returns: `nil` for what is no object, or does not say which one it is.
    init?(_ bytes: [UInt8], _ kind: ListedKind, keepsTitles: Bool) {
        guard let value = try? JSONValue(parsing: bytes), let members = value.members, let id = value["id"]?.string,
            !id.isEmpty
        else { return nil }
        self.id = id
        let time = value[kind.timeName]?.string ?? value["created_at"]?.string
        self.time = time.flatMap { RFC3339.parse($0.utf8) }
        var record: [JSONValue.Member] = [.init("type", .string("\(kind.rawValue)_listed"))]
        if let time { record.append(.init("created_at", .string(time))) }
        if let organization = value["organization_uuid"]?.string {
            record.append(.init("organization_uuid", .string(organization)))
        }
        record.append(.init("object_type", .string(kind.rawValue)))
        record.append(.init("object_id", .string(id)))
        record.append(
            .init(kind.objectName, .object(keepsTitles ? members : members.filter { !Self.titles.contains($0.key) })))
        self.record = Array(JSONValue.object(record).text.utf8)
        digest = IdentityDigest.of(self.record)
    }
}
