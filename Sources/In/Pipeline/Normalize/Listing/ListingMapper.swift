import Codecs
import Events
import Platform

/// A chat or a session, as the Compliance API lists it, as a document: whose, when, how. It is a state, and no event.
struct ListingMapper: Sendable {
    private let fields: MappedFields
    private let chat: [(member: String, field: FieldID)]
    private let session: [(member: String, field: FieldID)]
    private let chatObject, sessionObject, sessionPlace: FieldID

    init(_ catalog: FieldCatalog, _ fields: MappedFields) {
        self.fields = fields
        chat = [
            ("created_at", catalog.known("anthropic.chats.created_at")),
            ("deleted_at", catalog.known("anthropic.chats.deleted_at")),
            ("id", catalog.known("anthropic.chats.id")),
            ("model", catalog.known("anthropic.chats.model")),
            ("name", catalog.known("anthropic.chats.name")),
            ("project_id", catalog.known("anthropic.chats.project_id")),
            ("updated_at", catalog.known("anthropic.chats.updated_at")),
        ]
        session = [
            ("created_at", catalog.known("anthropic.sessions.created_at")),
            ("id", catalog.known("anthropic.sessions.id")),
            ("product_surface", catalog.known("anthropic.sessions.product_surface")),
            ("status", catalog.known("anthropic.sessions.status")),
            ("title", catalog.known("anthropic.sessions.title")),
            ("updated_at", catalog.known("anthropic.sessions.updated_at")),
            ("workspace_id", catalog.known("anthropic.sessions.workspace_id")),
        ]
        chatObject = catalog.known("anthropic.chats.object")
        sessionObject = catalog.known("anthropic.sessions.object")
        sessionPlace = catalog.known("anthropic.sessions.place")
    }

    /// - Returns: nothing where the bytes are none; the document is then without fields.
    func map(_ bytes: RawSpan, _ range: ByteRange, into document: inout Document) -> (Outcome, StreamName)? {
        guard let root = try? JSONValue(parsing: bytes[range].array), let type = root["type"]?.string,
            let kind = root["object_type"]?.string, let object = root[kind == "chat" ? "chat" : "session"],
            object.members != nil
        else { return nil }
        let isChat = kind == "chat"
        var outcome = Outcome()
        document.set(fields.ecsVersion, text: Literal.bytes("9.3.0"))
        if let moment = root["created_at"]?.string.flatMap({ RFC3339.parse($0.utf8) }) {
            document.set(fields.timestamp, date: moment)
        } else {
            outcome.fail("the time of the object cannot be read", fields, &document)
        }
        document.set(fields.eventAction, text: type)
        document.set(fields.eventKind, text: Literal.bytes("state"))
        if !isChat { document.set(fields.eventCategory, text: Literal.bytes("session")) }
        document.set(fields.eventType, text: Literal.bytes("info"))
        document.set(fields.organizationID, text: root["organization_uuid"]?.string ?? "")
        for (member, field) in isChat ? chat : session {
            guard let text = object[member]?.string else { continue }
            guard member.hasSuffix("_at") else {
                document.set(field, text: text)
                continue
            }
            if let moment = RFC3339.parse(text.utf8) {
                document.set(field, date: moment)
            } else {
                outcome.isUnconverted = true
            }
        }
        if !isChat { document.set(sessionPlace, text: kind == "local_session" ? "local" : "remote") }
        if let rest = object.withoutEmpty {
            document.set(isChat ? chatObject : sessionObject, kind: .json) { rest.write(to: &$0) }
        }
        setPerson(object["user"] ?? .null, into: &document)
        return (outcome, isChat ? .chats : .sessions)
    }

    private func setPerson(_ user: JSONValue, into document: inout Document) {
        document.set(
            personWithID: user["id"]?.string ?? "", email: user["email_address"]?.string ?? "", fields)
    }
}

extension Document {
    /// Who it is, where a source says no more than the id of the account and the address.
    mutating func set(personWithID id: String, email: String, _ fields: borrowing MappedFields) {
        set(fields.userID, text: id)
        set(fields.userEmail, text: email)
        if let at = email.firstIndex(of: "@") { set(fields.userName, text: String(email[..<at])) }
        set(fields.relatedUser, text: email)
        set(fields.relatedUser, text: id)
        let (emailBytes, idBytes) = (Array(email.utf8), Array(id.utf8))
        let none = RawSpan()
        unsafe Person.setKeys(
            fields, email: emailBytes.span.bytes, accountID: idBytes.span.bytes, accountUUID: none, userID: none,
            in: &self)
    }
}
