import Codecs
import Events
import Platform

/// A change of the directory as a document: who came, left or got another role, which setting is another now.
///
/// Changes are rare and small, so their JSON becomes a tree.
struct DirectoryMapper: Sendable {
    private let fields: MappedFields
    private let own: DirectoryFields

    init(_ catalog: FieldCatalog, _ fields: MappedFields) {
        self.fields = fields
        own = DirectoryFields(catalog)
    }

    /// - Returns: nothing where the bytes are no change; the document is then without fields.
    func map(_ bytes: RawSpan, _ range: ByteRange, into document: inout Document) -> Outcome? {
        guard let root = try? JSONValue(parsing: bytes[range].array), let type = root["type"]?.string,
            let kind = root["object_type"]?.string, let id = root["object_id"]?.string
        else { return nil }
        var outcome = Outcome()
        document.set(fields.ecsVersion, text: Literal.bytes("9.3.0"))
        if let time = root["created_at"]?.string, let moment = Self.date(time) {
            document.set(fields.timestamp, date: moment)
        } else {
            outcome.fail("the time of the look cannot be read", fields, &document)
        }
        if let time = root["after"]?.string, let moment = Self.date(time) { document.set(own.notBefore, date: moment) }
        setMeaning(type, kind, &outcome, into: &document)
        document.set(own.objectType, text: kind)
        document.set(own.objectID, text: id)
        document.set(own.parentID, text: root["parent_id"]?.string ?? "")
        document.set(fields.organizationID, text: root["organization_uuid"]?.string ?? "")
        let object = root["object"] ?? .null
        document.set(own.name, text: object["name"]?.string ?? "")
        set(own.object, object, into: &document)
        setChanges(root["changes"]?.array ?? [], object, into: &document)
        setSubject(kind, id, root, object, into: &document)
        return outcome
    }

    private func setMeaning(
        _ type: String, _ kind: String, _ outcome: inout Outcome, into document: inout Document
    ) {
        document.set(fields.eventAction, text: type)
        document.set(fields.eventOutcome, text: Literal.bytes("success"))
        let what = type.split(separator: "_").last ?? ""
        // What was there already is no event, and searches for drift shall not find it.
        outcome.isEvent = what != "found"
        if what == "found" { document.set(fields.eventKind, text: Literal.bytes("state")) }
        let meaning = Self.meanings[kind]
        outcome.isUnknown = meaning == nil
        for category in meaning?.categories ?? [] { document.set(fields.eventCategory, text: category) }
        for type in meaning?.types ?? [] { document.set(fields.eventType, text: type) }
        document.set(fields.eventType, text: Self.types[String(what)] ?? "info")
    }

    /// - Source: ECS 9.3, *event.category* and *event.type*.
    private static let meanings: [String: (categories: [String], types: [String])] = [
        "organization": (["configuration"], []), "setting": (["configuration"], []),
        "user": (["iam"], ["user"]), "member": (["iam"], ["group"]), "group": (["iam"], ["group"]),
        "role": (["iam"], ["admin"]), "permission": (["iam"], ["admin"]), "api_key": (["iam", "configuration"], []),
    ]
    private static let types = ["added": "creation", "removed": "deletion", "changed": "change"]

    private func setChanges(_ changes: [JSONValue], _ object: JSONValue, into document: inout Document) {
        var told: [JSONValue] = []
        for change in changes {
            guard let name = change["name"]?.string else { continue }
            document.set(own.changedFields, text: name)
            var members: [JSONValue.Member] = [.init("name", .string(name))]
            if let before = change["before"], !before.isNull { members.append(.init("before", before)) }
            if let after = object[name], !after.isNull { members.append(.init("after", after)) }
            told.append(.object(members))
        }
        set(own.changes, .array(told), into: &document)
    }

    /// Whom or what it is about, in the fields where the activities of the feed have it.
    private func setSubject(
        _ kind: String, _ id: String, _ root: JSONValue, _ object: JSONValue, into document: inout Document
    ) {
        switch kind {
        case "user", "member":
            let email = object["email"]?.string ?? ""
            document.set(fields.targetID, text: id)
            document.set(fields.targetEmail, text: email)
            document.set(fields.targetRoles, text: object["organization_role"]?.string ?? "")
            for name in [email, id] { document.set(fields.relatedUser, text: name) }
            if kind == "member" { document.set(own.groupID, text: root["parent_id"]?.string ?? "") }
        case "group":
            document.set(own.groupID, text: id)
            document.set(own.groupName, text: object["name"]?.string ?? "")
        case "organization":
            document.set(fields.organizationID, text: id)
            document.set(fields.organizationName, text: object["name"]?.string ?? "")
        case "api_key": document.set(fields.relatedUser, text: object["created_by_id"]?.string ?? "")
        default: break
        }
    }

    private func set(_ field: FieldID, _ value: JSONValue, into document: inout Document) {
        guard let value = value.withoutEmpty else { return }
        document.set(field, kind: .json) { value.write(to: &$0) }
    }

    private static func date(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        return unsafe ISODate.parse(bytes.span.bytes)
    }
}

/// The fields of changes alone.
private struct DirectoryFields {
    let objectType, objectID, parentID, name, object, changes, changedFields, notBefore, groupID, groupName: FieldID

    init(_ catalog: FieldCatalog) {
        objectType = catalog.known("anthropic.directory.object_type")
        objectID = catalog.known("anthropic.directory.object_id")
        parentID = catalog.known("anthropic.directory.parent_id")
        name = catalog.known("anthropic.directory.name")
        object = catalog.known("anthropic.directory.object")
        changes = catalog.known("anthropic.directory.changes")
        changedFields = catalog.known("anthropic.directory.changed_fields")
        notBefore = catalog.known("anthropic.directory.not_before")
        groupID = catalog.known("group.id")
        groupName = catalog.known("group.name")
    }
}
