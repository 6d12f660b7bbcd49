import Codecs
import Events

/// One row of an exported audit log as a document.
///
/// What it says of people and places stands in the same fields as that of an activity, so that one search finds both.
/// An export is read once, by somebody's own hand, so its literals become trees.
struct AuditLogMapper: ~Copyable {
    private let fields: MappedFields
    private let own: AuditLogFields
    private let fixes: Fixes
    private let enricher: (any Enricher)?
    private(set) var cells = AuditLogCells()
    private var scratch = ByteBuffer(capacity: 256)
    let events: AuditLogEvents

    /// Of the last row.
    private var actor = Identifiers()
    private var target = Identifiers()

    private struct Identifiers {
        var email = ""
        var id = ""
    }

    init(
        _ catalog: FieldCatalog, _ fields: MappedFields, _ activities: ActivityRules, _ fixes: Fixes,
        _ enricher: (any Enricher)?
    ) {
        self.fields = fields
        self.fixes = fixes
        self.enricher = enricher
        own = AuditLogFields(catalog)
        events = AuditLogEvents(activities)
    }

    mutating func map(
        _ bytes: RawSpan, _ row: ByteRange, header: ByteRange, into document: inout Document
    ) -> Outcome {
        var outcome = Outcome()
        document.set(fields.ecsVersion, text: events.labels[events.version])
        cells.read(row, header: header, in: bytes)
        if let flaw = cells.flaw { outcome.fail("the row cannot be read: \(flaw)", fields, &document) }
        setTime(&outcome, into: &document)
        var event = info(.eventInfo, &outcome, into: &document)
        let isSuccessful = event.flag("is_successful")
        setActor(info(.actorInfo, &outcome, into: &document), event, into: &document)
        setEntity(info(.entityInfo, &outcome, into: &document), into: &document)
        if target.email.isEmpty, let invited = event.takeText("invited_email_address") {
            target.email = invited
            document.set(fields.targetEmail, text: invited)
        }
        set(own.eventInfo, event, into: &document)
        setPlace(&outcome, into: &document)
        setMeaning(isSuccessful, &outcome, into: &document)
        relate(into: &document)
        keepOthers(into: &document)
        return outcome
    }

    /// What Docket adds about the person and the place, for the row that was mapped last.
    mutating func addPerson(into document: inout Document) {
        let (email, id) = (Array(actor.email.utf8), Array(actor.id.utf8))
        let none = RawSpan()
        unsafe Person.setKeys(
            fields, email: email.span.bytes, accountID: none, accountUUID: id.span.bytes, userID: none, in: &document)
        if let surface = Surface.of(platform: cells.text(.platform), userAgent: cells.text(.userAgent)) {
            document.set(fields.docketSurface, text: Literal.bytes(surface))
        }
    }

    // MARK: Columns

    private mutating func setTime(_ outcome: inout Outcome, into document: inout Document) {
        let text = cells.text(.createdAt)
        if let moment = ISODate.parse(text) { return document.set(fields.timestamp, date: moment) }
        document.set(prefix: Self.prefix, name: Literal.bytes("created_at"), .text, bytes: text)
        if cells.flaw == nil { outcome.fail("the date of the row cannot be read", fields, &document) }
    }

    /// A column that holds a Python dictionary. One that cannot be read stays text below its name.
    private mutating func info(
        _ column: AuditLogCells.Column, _ outcome: inout Outcome, into document: inout Document
    ) -> AuditLogInfo {
        let text = cells.text(column)
        guard !text.isEmpty else { return AuditLogInfo() }
        do throws(PythonLiteralError) {
            switch try PythonLiteral.parse(text) {
            case .object(let members): return AuditLogInfo(members: members)
            case .null: return AuditLogInfo()
            default: throw PythonLiteralError(.noDictionary, at: 0)
            }
        } catch {
            outcome.fail("\(column.rawValue) cannot be read: \(error)", fields, &document)
            unsafe document.set(
                prefix: Self.prefix, name: Array(column.rawValue.utf8).span.bytes, .text, bytes: text)
            return AuditLogInfo()
        }
    }

    private mutating func setActor(_ info: AuditLogInfo, _ event: AuditLogInfo, into document: inout Document) {
        var info = info
        actor = Identifiers()
        if let name = info.takeText("name") { document.set(own.fullName, text: name) }
        actor.id = info.takeText("uuid") ?? ""
        // Whoever has not signed in yet says an address, as in the feed.
        actor.email = info.takeText("metadata", "email_address") ?? event.text("email_address") ?? ""
        document.set(fields.userID, text: actor.id)
        document.set(fields.userEmail, text: actor.email)
        if let at = actor.email.firstIndex(of: "@") { document.set(fields.userName, text: String(actor.email[..<at])) }
        set(own.actorInfo, info, into: &document)
    }

    private mutating func setEntity(_ info: AuditLogInfo, into document: inout Document) {
        var info = info
        target = Identifiers()
        let type = info.takeText("type") ?? ""
        let id = info.takeText("uuid") ?? ""
        document.set(own.entityType, text: type)
        document.set(own.entityID, text: id)
        if let name = info.takeText("name") {
            document.set(own.entityName, text: name)
            if type == "file" { document.set(own.fileName, text: name) }
        }
        if type == "account" {
            target.id = id
            target.email = info.takeText("metadata", "email_address") ?? ""
            document.set(fields.targetID, text: id)
            document.set(fields.targetEmail, text: target.email)
        }
        set(own.entityInfo, info, into: &document)
    }

    private mutating func setPlace(_ outcome: inout Outcome, into document: inout Document) {
        let address = cells.text(.address)
        if IPAddress.isValid(address) {
            document.set(fields.sourceIP, text: address)
            document.set(fields.relatedIP, text: address)
            enricher?.addPlace(of: address, to: &document)
        } else if !address.isEmpty {
            document.set(prefix: Self.prefix, name: Literal.bytes("ip_address"), .text, bytes: address)
            outcome.fail("the address of the row is not an IP address", fields, &document)
        }
        let agent = cells.text(.userAgent)
        document.set(fields.userAgentOriginal, text: agent)
        if !agent.isEmpty { enricher?.addAgent(agent, to: &document) }
        document.set(own.deviceID, text: cells.text(.deviceID))
        document.set(own.platform, text: cells.text(.platform))
    }

    private mutating func setMeaning(
        _ isSuccessful: Bool?, _ outcome: inout Outcome, into document: inout Document
    ) {
        let event = cells.text(.event)
        document.set(fields.eventAction, text: event)
        guard !event.isEmpty else {
            if cells.flaw == nil { outcome.fail("the row names no event", fields, &document) }
            return
        }
        outcome.isEvent = true
        let meaning = events.meaning(of: event, fallsBack: fixes.contains(.fallbackRules))
        outcome.isUnknown = meaning.isUnknown
        meaning.verdict.apply(events.labels, fields, to: &document)
        let result =
            switch isSuccessful {
            case true?: events.success
            case false?: events.failure
            case nil: meaning.verdict.outcome ?? events.unknown
            }
        document.set(fields.eventOutcome, text: events.labels[result])
        for type in meaning.types(result, events.outcome) { document.set(own.activityTypes, text: type) }
    }

    private func relate(into document: inout Document) {
        var names: [String] = []
        for name in [actor.email, actor.id, target.email, target.id] where !name.isEmpty && !names.contains(name) {
            names.append(name)
            document.set(fields.relatedUser, text: name)
        }
    }

    /// Columns that came since, and cells behind the last column.
    private func keepOthers(into document: inout Document) {
        for place in 0..<cells.count where !cells.isKnown(place) {
            let name = cells.name(place)
            unsafe document.set(
                prefix: Self.prefix, name: Array(name.utf8).span.bytes, .text, bytes: cells.text(place))
        }
    }

    private mutating func set(_ field: FieldID, _ info: AuditLogInfo, into document: inout Document) {
        guard let value = JSONValue.object(info.members).withoutEmpty else { return }
        scratch.removeAll()
        value.write(to: &scratch)
        document.set(field, json: scratch.bytes)
    }

    private static var prefix: RawSpan {
        @_lifetime(immortal)
        get { Literal.bytes("anthropic.audit_log.") }
    }
}

/// The fields of rows alone.
private struct AuditLogFields {
    let activityTypes, actorInfo, eventInfo, entityInfo, entityID, entityName, entityType, deviceID, platform: FieldID
    let fullName, fileName: FieldID

    init(_ catalog: FieldCatalog) {
        activityTypes = catalog.known("anthropic.audit_log.activity_types")
        actorInfo = catalog.known("anthropic.audit_log.actor_info")
        eventInfo = catalog.known("anthropic.audit_log.event_info")
        entityInfo = catalog.known("anthropic.audit_log.entity_info")
        entityID = catalog.known("anthropic.audit_log.entity.id")
        entityName = catalog.known("anthropic.audit_log.entity.name")
        entityType = catalog.known("anthropic.audit_log.entity.type")
        deviceID = catalog.known("anthropic.audit_log.device_id")
        platform = catalog.known("anthropic.audit_log.client_platform")
        fullName = catalog.known("user.full_name")
        fileName = catalog.known("file.name")
    }
}
