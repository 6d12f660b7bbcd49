import Codecs
import Events

/// What Docket adds about who it was.
///
/// `user.key` names a person over all sources: the e-mail address, which is what all of them share when they know the
/// person at all; else the id of the account, which both feeds have; else its UUID; else the id of the installation.
/// A document with ids alone cannot know the address, and a pure function does not look it up: so `user.keys` has
/// every key that the document gives. Who looks for one of them finds the documents with any other one beside it.
///
/// Addresses and UUIDs are compared without regard to the case of A to Z, ids as they are.
enum Person {
    static func setKeys(
        _ fields: borrowing MappedFields, email: RawSpan, accountID: RawSpan, accountUUID: RawSpan, userID: RawSpan,
        in document: inout Document
    ) {
        let start = document.entries.count
        add(email, ignoringCase: true, fields, &document, from: start)
        add(accountID, ignoringCase: false, fields, &document, from: start)
        add(accountUUID, ignoringCase: true, fields, &document, from: start)
        add(userID, ignoringCase: false, fields, &document, from: start)
    }

    private static func add(
        _ id: RawSpan, ignoringCase: Bool, _ fields: borrowing MappedFields, _ document: inout Document,
        from start: Int
    ) {
        guard !id.isEmpty else { return }
        for place in start..<document.entries.count
        where isEqual(document.bytes[document.entries[place].value], id, ignoringCase: ignoringCase) {
            return
        }
        if document.entries.count == start { set(fields.userKey, id, lowercased: ignoringCase, &document) }
        set(fields.userKeys, id, lowercased: ignoringCase, &document)
    }

    private static func set(_ field: FieldID, _ id: RawSpan, lowercased: Bool, _ document: inout Document) {
        guard lowercased else { return document.set(field, text: id) }
        document.set(field) { out in
            for place in 0..<id.byteCount { out.append(lowercase(id[place])) }
        }
    }

    private static func isEqual(_ known: RawSpan, _ id: RawSpan, ignoringCase: Bool) -> Bool {
        guard ignoringCase else { return known.isEqual(to: id) }
        guard known.byteCount == id.byteCount else { return false }
        for place in 0..<id.byteCount where known[place] != lowercase(id[place]) { return false }
        return true
    }

    /// Makes a letter A to Z small.
    private static func lowercase(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 0x20 : byte }
}

/// The attributes of telemetry that say who it was and where.
struct PersonAttributes {
    private(set) var email = OTLPText.empty
    private(set) var user = OTLPText.empty
    private(set) var accountID = OTLPText.empty
    private(set) var accountUUID = OTLPText.empty
    private(set) var organization = OTLPText.empty
    private(set) var terminal = OTLPText.empty

    /// Keeps an attribute that says so; the others are let go.
    mutating func look(at name: RawSpan, _ value: OTLPValue) {
        guard value.kind == .string else { return }
        switch name.byteCount {
        case 7 where name.isEqual(to: "user.id"): user = value.text
        case 10 where name.isEqual(to: "user.email"): email = value.text
        case 13 where name.isEqual(to: "terminal.type"): terminal = value.text
        case 15 where name.isEqual(to: "user.account_id"): accountID = value.text
        case 15 where name.isEqual(to: "organization.id"): organization = value.text
        case 17 where name.isEqual(to: "user.account_uuid"): accountUUID = value.text
        default: return
        }
    }

    /// Sets related.user.
    func relate(
        _ fields: borrowing MappedFields, _ bytes: RawSpan, _ reader: borrowing OTLPReader,
        in document: inout Document
    ) {
        let email = reader.bytes(of: self.email, in: bytes)
        let user = reader.bytes(of: self.user, in: bytes)
        document.set(fields.relatedUser, text: email)
        if !user.isEqual(to: email) { document.set(fields.relatedUser, text: user) }
    }

    func setKeys(
        _ fields: borrowing MappedFields, _ bytes: RawSpan, _ reader: borrowing OTLPReader,
        in document: inout Document
    ) {
        Person.setKeys(
            fields, email: reader.bytes(of: email, in: bytes), accountID: reader.bytes(of: accountID, in: bytes),
            accountUUID: reader.bytes(of: accountUUID, in: bytes), userID: reader.bytes(of: user, in: bytes),
            in: &document)
    }

    /// Adds what Docket says about the person and the place.
    func add(
        _ fields: borrowing MappedFields, _ bytes: RawSpan, _ reader: borrowing OTLPReader,
        _ origin: borrowing OriginFacts, isClaudeCode: Bool, to document: inout Document
    ) {
        set(fields, bytes, reader, in: &document)
        setKeys(fields, bytes, reader, in: &document)
        let terminal = reader.bytes(of: terminal, in: bytes)
        if let surface = Surface.of(
            service: origin[origin.serviceName], terminal: terminal, isClaudeCode: isClaudeCode)
        {
            document.set(fields.docketSurface, text: Literal.bytes(surface))
        }
    }

    /// Sets user.email, user.id and organization.id.
    func set(
        _ fields: borrowing MappedFields, _ bytes: RawSpan, _ reader: borrowing OTLPReader,
        in document: inout Document
    ) {
        document.set(fields.userEmail, text: reader.bytes(of: email, in: bytes))
        document.set(fields.userID, text: reader.bytes(of: user, in: bytes))
        document.set(fields.organizationID, text: reader.bytes(of: organization, in: bytes))
    }
}
