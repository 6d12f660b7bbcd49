import Codecs
import Events
import Platform

/// One activity of the Compliance API as a document.
struct ActivityMapper: ~Copyable {
    /// A member of the activity.
    private struct Member {
        var kind = JSONCursor.Kind.null
        /// Between the quotes for a string, else the value.
        var range = ByteRange.empty
        var isEscaped = false
        /// The key, quotes and colon not included.
        var key = JSONCursor.Text?.none
        var rule: Int32 = -1
        /// Somebody took it, so it is not left for the catch-all.
        var isTaken = false
    }

    /// Of each field: whether it has several values.
    private let isMany: [Bool]
    private let fields: MappedFields
    private let fixes: Fixes
    let rules: ActivityRules
    private var members: [Member] = []
    private var actorMembers: [Member] = []
    private var slots = [Int32](repeating: -1, count: ActivityTable.Slot.allCases.count)
    private var scratch = ByteBuffer(capacity: 4_096)
    private var text = ByteBuffer(capacity: 1_024)

    private let enricher: (any Enricher)?
    /// Of the last activity.
    private var actor = Actor()

    init(_ catalog: FieldCatalog, _ fields: MappedFields, _ fixes: Fixes, _ enricher: (any Enricher)?) {
        self.enricher = enricher
        isMany = catalog.fields.map(\.isMany)
        self.fields = fields
        self.fixes = fixes
        rules = ActivityRules(catalog)
    }

    mutating func map(_ bytes: RawSpan, _ range: ByteRange, into document: inout Document) -> Outcome {
        var outcome = Outcome()
        document.set(fields.ecsVersion, text: rules.labels[rules.version])
        do throws(JSONError) {
            try read(bytes, range)
        } catch {
            outcome.fail("the activity is not a JSON object: \(error)", fields, &document)
            return outcome
        }
        if isCollectorError(bytes) {
            outcome.isCollectorError = true
            return outcome
        }
        moveMembers(bytes, into: &document)
        setDates(bytes, &outcome, into: &document)
        setNames(bytes, into: &document)
        let target = setTarget(bytes, into: &document)
        actor = setActor(bytes, &outcome, into: &document)
        catchAll(bytes, into: &document)
        setName(actor, bytes, into: &document)
        setURL(bytes, into: &document)
        enrich(bytes, into: &document)
        categorize(bytes, &outcome, into: &document)
        relate(actor, target, bytes, into: &document)
        return outcome
    }

    // MARK: Reading

    private mutating func read(_ bytes: RawSpan, _ range: ByteRange) throws(JSONError) {
        members.removeAll(keepingCapacity: true)
        actorMembers.removeAll(keepingCapacity: true)
        for slot in slots.indices { slots[slot] = -1 }
        actor = Actor()
        var cursor = JSONCursor(range)
        try cursor.enterObject(in: bytes)
        var isFirst = true
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            var member = try Self.member(&cursor, bytes)
            if member.kind == .null { continue }
            member.key = key
            let rule = key.isEscaped ? -1 : rules.members.index(of: bytes[key.range])
            if rule >= 0 {
                let slot = rules.rules[rule].slot
                // Of two members of one name the first is looked at; the other is not lost.
                if slot < 0 || slots[slot] < 0 {
                    member.rule = Int32(truncatingIfNeeded: rule)
                    if slot >= 0 { slots[slot] = Int32(truncatingIfNeeded: members.count) }
                }
            }
            members.append(member)
        }
        try cursor.finish(in: bytes)
    }

    private static func member(_ cursor: inout JSONCursor, _ bytes: RawSpan) throws(JSONError) -> Member {
        var member = Member()
        member.kind = try cursor.kind(in: bytes)
        if member.kind == .string {
            let text = try cursor.string(in: bytes)
            member.range = text.range
            member.isEscaped = text.isEscaped
        } else {
            member.range = try cursor.skip(in: bytes)
        }
        return member
    }

    // MARK: Members

    private mutating func moveMembers(_ bytes: RawSpan, into document: inout Document) {
        for place in members.indices where members[place].rule >= 0 {
            guard let field = rules.rules[Int(members[place].rule)].field else { continue }
            set(field, members[place], bytes, into: &document)
            members[place].isTaken = true
        }
    }

    /// The value as what it is; its type is kept whatever the catalog says.
    private mutating func set(_ field: FieldID, _ member: Member, _ bytes: RawSpan, into document: inout Document) {
        // Compatible documents keep a scalar a scalar also where the catalog has a list.
        if !fixes.contains(.envelope), member.kind != .array, member.kind != .object, isMany[Int(field.index)] {
            return setJSON(field, member, bytes, into: &document)
        }
        switch member.kind {
        case .string: document.set(field, text: plain(member, bytes))
        case .number: FieldValues.set(field, number: bytes[member.range], into: &document)
        case .true: document.set(field, boolean: true)
        case .false: document.set(field, boolean: false)
        case .null: return
        case .array, .object: setJSON(field, member, bytes, into: &document)
        }
    }

    private mutating func setJSON(
        _ field: FieldID, _ member: Member, _ bytes: RawSpan, into document: inout Document
    ) {
        scratch.removeAll()
        guard appendPruned(member, bytes) else { return }
        FieldValues.set(field, json: scratch.bytes, isMany: isMany[Int(field.index)], into: &document)
    }

    private mutating func appendPruned(_ member: Member, _ bytes: RawSpan) -> Bool {
        let start = member.kind == .string ? member.range.start - 1 : member.range.start
        let count = member.kind == .string ? member.range.count + 2 : member.range.count
        var cursor = JSONCursor(ByteRange(start: start, count: count))
        // The record was checked as a whole, so this cannot fail.
        return (try? JSONPruner.append(&cursor, bytes, to: &scratch)) ?? false
    }

    /// The text of a string member.
    @_lifetime(&self, copy bytes)
    private mutating func plain(_ member: Member, _ bytes: RawSpan) -> RawSpan {
        let raw = bytes[member.range]
        guard member.isEscaped || UTF8Text.needsRepair(raw) else { return raw }
        text.removeAll()
        if member.isEscaped {
            JSONText.appendUnescaped(raw, to: &text)
        } else {
            UTF8Text.appendRepaired(raw, to: &text)
        }
        return text.bytes
    }

    private func held(_ slot: ActivityTable.Slot) -> Int? {
        let place = Int(slots[slot.rawValue])
        return place < 0 ? nil : place
    }

    private func isText(_ slot: ActivityTable.Slot, _ word: StaticString, _ bytes: RawSpan) -> Bool {
        guard let place = held(slot), members[place].kind == .string else { return false }
        return bytes[members[place].range].isEqual(to: word)
    }

    // MARK: Rules

    private mutating func setDates(_ bytes: RawSpan, _ outcome: inout Outcome, into document: inout Document) {
        for (slot, field, isKept) in [
            (ActivityTable.Slot.createdAt, fields.timestamp, false), (.fromDate, fields.auditFromDate, false),
            (.toDate, fields.auditToDate, true),
        ] {
            guard let place = held(slot) else { continue }
            let member = members[place]
            if member.kind == .string, member.range.isEmpty { continue }
            if member.kind == .string, let moment = ISODate.parse(plain(member, bytes)) {
                document.set(field, date: moment)
                // The raw text of to_date goes to the catch-all as well.
                members[place].isTaken = !isKept
            } else {
                outcome.fail("a date of the activity cannot be read", fields, &document)
            }
        }
        if let place = held(.webhookID) {
            members[place].isTaken = true
            switch members[place].kind {
            case .number, .true, .false: document.set(fields.auditWebhookID, text: bytes[members[place].range])
            default: set(fields.auditWebhookID, members[place], bytes, into: &document)
            }
        }
    }

    private mutating func setNames(_ bytes: RawSpan, into document: inout Document) {
        guard let place = held(.orgName) ?? held(.organizationName) else { return }
        members[place].isTaken = true
        set(fields.organizationName, members[place], bytes, into: &document)
    }

    /// The person acted upon.
    private struct Target {
        var email: Int?
        var id: Int?
    }

    private mutating func setTarget(_ bytes: RawSpan, into document: inout Document) -> Target {
        var target = Target()
        for slot in ActivityTable.targetEmails where target.email == nil { target.email = held(slot) }
        for slot in ActivityTable.targetIDs where target.id == nil { target.id = held(slot) }
        if target.id == nil, isText(.principalType, "user", bytes) { target.id = held(.principalID) }
        if target.id == nil, isText(.targetType, "user", bytes) { target.id = held(.targetID) }
        if let place = target.email {
            members[place].isTaken = true
            set(fields.targetEmail, members[place], bytes, into: &document)
        }
        if let place = target.id {
            members[place].isTaken = true
            set(fields.targetID, members[place], bytes, into: &document)
        }
        for (slot, field) in [
            (ActivityTable.Slot.principalID, fields.auditPrincipalID), (.targetID, fields.auditTargetID),
        ] {
            guard let place = held(slot), !members[place].isTaken else { continue }
            members[place].isTaken = true
            set(field, members[place], bytes, into: &document)
        }
        if let place = held(.role) {
            members[place].isTaken = true
            let isGrant = isText(.type, "role_assignment_granted", bytes)
            if isGrant || isText(.type, "role_assignment_revoked", bytes) {
                appendList(fields.targetRoles, members[place], bytes, into: &document)
            } else {
                set(fields.auditRole, members[place], bytes, into: &document)
            }
        }
        return target
    }

    /// One more value of a list.
    private mutating func appendList(
        _ field: FieldID, _ member: Member, _ bytes: RawSpan, into document: inout Document
    ) {
        switch member.kind {
        case .string: document.set(field, text: plain(member, bytes))
        case .number: FieldValues.set(field, number: bytes[member.range], into: &document)
        case .true, .false: document.set(field, boolean: member.kind == .true)
        case .null: return
        case .array, .object: setJSON(field, member, bytes, into: &document)
        }
    }

    /// The acting person.
    private struct Actor {
        var type = ByteRange.empty
        var userAgent: Member?
        var email: Member?
        var id: Member?
        var address: Member?
    }

    private mutating func setActor(
        _ bytes: RawSpan, _ outcome: inout Outcome, into document: inout Document
    ) -> Actor {
        var actor = Actor()
        guard let place = held(.actor) else { return actor }
        members[place].isTaken = true
        guard members[place].kind == .object else {
            setUnknown(Literal.bytes("anthropic.audit.actor"), nil, members[place], bytes, into: &document)
            return actor
        }
        var type = ByteRange.empty
        do throws(JSONError) {
            var cursor = JSONCursor(members[place].range)
            var isFirst = true
            try cursor.enterObject(in: bytes)
            while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
                var member = try Self.member(&cursor, bytes)
                if member.kind == .null { continue }
                member.key = key
                if member.kind == .string, bytes[key.range].isEqual(to: "type") { type = member.range }
                actorMembers.append(member)
            }
        } catch {
            return actor
        }
        actor.type = type
        let isUser = bytes[type].isEqual(to: "user_actor")
        var hasEmail = false
        if isUser || bytes[type].isEqual(to: "anthropic_actor") {
            for member in actorMembers where isKey(member, "email_address", bytes) { hasEmail = true }
        }
        for place in actorMembers.indices {
            let member = actorMembers[place]
            guard let key = member.key else { continue }
            let name = bytes[key.range]
            if name.isEqual(to: "ip_address"), actor.address == nil {
                let isEmpty = member.kind == .string && member.range.isEmpty
                if member.kind == .string, isEmpty || IPAddress.isValid(bytes[member.range]) {
                    actor.address = member
                    set(fields.sourceIP, member, bytes, into: &document)
                } else {
                    // A field of addresses holds nothing else.
                    setUnknown(Literal.bytes("anthropic.audit.actor."), key, member, bytes, into: &document)
                    outcome.fail("the address of the actor is not an IP address", fields, &document)
                }
            } else if name.isEqual(to: "user_agent"), actor.userAgent == nil {
                actor.userAgent = member
                set(fields.userAgentOriginal, member, bytes, into: &document)
                if member.kind != .string {
                    outcome.fail("the user agent of the actor is not text", fields, &document)
                }
            } else if actor.email == nil,
                name.isEqual(to: hasEmail ? "email_address" : "unauthenticated_email_address")
            {
                actor.email = member
                set(fields.userEmail, member, bytes, into: &document)
            } else if isUser, name.isEqual(to: "user_id"), actor.id == nil {
                actor.id = member
                set(fields.userID, member, bytes, into: &document)
            } else {
                let known = key.isEscaped ? -1 : rules.actorMembers.index(of: name)
                if known >= 0 {
                    set(rules.actorFields[known], member, bytes, into: &document)
                } else {
                    setUnknown(Literal.bytes("anthropic.audit.actor."), key, member, bytes, into: &document)
                }
            }
        }
        return actor
    }

    private func isKey(_ member: Member, _ name: StaticString, _ bytes: RawSpan) -> Bool {
        guard let key = member.key else { return false }
        return bytes[key.range].isEqual(to: name)
    }

    /// A value that goes by its name.
    private mutating func setUnknown(
        _ prefix: RawSpan, _ key: JSONCursor.Text?, _ member: Member, _ bytes: RawSpan, into document: inout Document
    ) {
        var name = ByteBuffer(capacity: 64)
        if let key { JSONText.appendUnescaped(bytes[key.range], to: &name) }
        switch member.kind {
        case .string: document.set(prefix: prefix, name: name.bytes, .text, bytes: plain(member, bytes))
        case .true, .false:
            document.set(prefix: prefix, name: name.bytes, .boolean, bits: member.kind == .true ? 1 : 0)
        case .null: return
        case .number, .array, .object:
            scratch.removeAll()
            guard appendPruned(member, bytes) else { return }
            document.set(prefix: prefix, name: name.bytes, .json, bytes: scratch.bytes)
        }
    }

    /// Everything that nobody took, in one object.
    private mutating func catchAll(_ bytes: RawSpan, into document: inout Document) {
        guard members.contains(where: { !$0.isTaken }) else { return }
        scratch.removeAll()
        var list = JSONList("{", "}", &scratch)
        for place in members.indices where !members[place].isTaken {
            guard let key = members[place].key else { continue }
            list.begin(&scratch)
            scratch.append(UInt8(ascii: "\""))
            JSONText.appendRepaired(key, in: bytes, to: &scratch)
            scratch.append("\":" as StaticString)
            list.end(appendPruned(members[place], bytes), &scratch)
        }
        if list.close(&scratch) { document.set(fields.auditMetadata, json: scratch.bytes) }
    }

    /// A document of a collector that could not collect: `error.message`, and nothing of an activity.
    private func isCollectorError(_ bytes: RawSpan) -> Bool {
        guard held(.type) == nil, held(.actor) == nil, held(.createdAt) == nil else { return false }
        for member in members where member.kind == .object {
            guard let key = member.key, bytes[key.range].isEqual(to: "error") else { continue }
            var cursor = JSONCursor(member.range)
            var isFirst = true
            // The record was checked as a whole, so reading it cannot fail.
            guard (try? cursor.enterObject(in: bytes)) != nil else { return false }
            while let key = try? cursor.nextMember(in: bytes, isFirst: &isFirst) {
                if bytes[key.range].isEqual(to: "message") { return (try? cursor.kind(in: bytes)) == .string }
                guard (try? cursor.skip(in: bytes)) != nil else { return false }
            }
        }
        return false
    }

    private mutating func enrich(_ bytes: RawSpan, into document: inout Document) {
        guard let enricher else { return }
        if let address = actor.address, !address.range.isEmpty {
            enricher.addPlace(of: bytes[address.range], to: &document)
        }
        if let agent = actor.userAgent, agent.kind == .string, !agent.range.isEmpty {
            enricher.addAgent(plain(agent, bytes), to: &document)
        }
    }

    /// What Docket adds about the person and the place, for the activity that was mapped last.
    mutating func addPerson(_ bytes: RawSpan, into document: inout Document) {
        let agent = actor.userAgent.map { $0.kind == .string ? $0.range : .empty } ?? .empty
        if let surface = Surface.of(actor: bytes[actor.type], userAgent: bytes[agent]) {
            document.set(fields.docketSurface, text: Literal.bytes(surface))
        }
        let id = actor.id.map { $0.kind == .string ? $0.range : .empty } ?? .empty
        text.removeAll()
        if let email = actor.email, email.kind == .string { JSONText.appendUnescaped(bytes[email.range], to: &text) }
        let none = RawSpan()
        Person.setKeys(
            fields, email: text.bytes, accountID: bytes[id], accountUUID: none, userID: none, in: &document)
    }

    /// What stands before the @ of the acting person's address.
    private mutating func setName(_ actor: Actor, _ bytes: RawSpan, into document: inout Document) {
        guard let member = actor.email, member.kind == .string else { return }
        let field = fields.userName
        let email = plain(member, bytes)
        for place in 0..<email.byteCount where email[place] == UInt8(ascii: "@") {
            return document.set(field, text: email.extracting(0..<place))
        }
    }

    private mutating func setURL(_ bytes: RawSpan, into document: inout Document) {
        guard let place = held(.url), members[place].kind == .string else { return }
        let fields = self.fields
        let url = plain(members[place], bytes)
        guard let parts = URLParts(url) else { return }
        document.set(fields.urlScheme, text: url[parts.scheme])
        document.set(fields.urlUserInfo, text: url[parts.userInfo])
        document.set(fields.urlDomain, text: url[parts.host])
        document.set(fields.relatedHosts, text: url[parts.host])
        if let port = parts.port { document.set(fields.urlPort, long: port) }
        document.set(fields.urlPath, text: url[parts.path])
        document.set(fields.urlExtension, text: url[parts.fileExtension(of: url)])
        document.set(fields.urlQuery, text: url[parts.query])
        document.set(fields.urlFragment, text: url[parts.fragment])
    }

    private mutating func categorize(_ bytes: RawSpan, _ outcome: inout Outcome, into document: inout Document) {
        guard let place = held(.type) else { return }
        let member = members[place]
        if member.kind == .string, member.range.isEmpty { return }
        outcome.isEvent = true
        let type = member.kind == .string ? bytes[member.range] : RawSpan()
        let verdict = rules.verdict(
            of: type, fallsBack: fixes.contains(.fallbackRules), isUnknown: &outcome.isUnknown)
        verdict.apply(rules.labels, fields, to: &document)
        var label = verdict.outcome ?? rules.unknown
        if type.isEqual(to: "compliance_api_accessed") {
            label = outcomeOfStatus(bytes)
        } else if type.isEqual(to: "org_join_proposal_decided") {
            let isApproved = held(.approved).map { members[$0].kind == .true } ?? false
            label = isApproved ? rules.success : rules.failure
        }
        document.set(fields.eventOutcome, text: rules.labels[label])
    }

    private func outcomeOfStatus(_ bytes: RawSpan) -> Labels.Label {
        guard let place = held(.status), let status = JSONNumber.double(bytes[members[place].range]) else {
            return rules.unknown
        }
        return switch status {
        case 200..<300: rules.success
        case 400..<500: rules.failure
        default: rules.unknown
        }
    }

    /// Everything that stands for people and machines, each once.
    private mutating func relate(
        _ actor: Actor, _ target: Target, _ bytes: RawSpan, into document: inout Document
    ) {
        if let address = actor.address { appendList(fields.relatedIP, address, bytes, into: &document) }
        var related = RelatedNames(document.entries.count)
        if let email = actor.email { add(email, &related, bytes, into: &document) }
        if let id = actor.id { add(id, &related, bytes, into: &document) }
        if let place = target.email { add(members[place], &related, bytes, into: &document) }
        if let place = target.id { add(members[place], &related, bytes, into: &document) }
        if isText(.principalType, "user", bytes), let place = held(.principalID), place != target.id {
            add(members[place], &related, bytes, into: &document)
        }
        for slot in [ActivityTable.Slot.memberIDs, .alertEmails] {
            guard let place = held(slot) else { continue }
            let list = members[place]
            guard list.kind == .array else {
                add(list, &related, bytes, into: &document)
                continue
            }
            do throws(JSONError) {
                var cursor = JSONCursor(list.range)
                var isFirst = true
                try cursor.enterArray(in: bytes)
                while try cursor.nextElement(in: bytes, isFirst: &isFirst) {
                    add(try Self.member(&cursor, bytes), &related, bytes, into: &document)
                }
            } catch {
                // The record was checked as a whole, so this cannot fail.
                return
            }
        }
    }

    private mutating func add(
        _ member: Member, _ related: inout RelatedNames, _ bytes: RawSpan, into document: inout Document
    ) {
        guard member.kind == .string || member.kind == .number else { return }
        let field = fields.relatedUser
        related.add(plain(member, bytes), field, to: &document)
    }
}

/// Adds names to a list, each once.
struct RelatedNames {
    private let start: Int

    /// - Parameter start: how many entries the document had before the list.
    init(_ start: Int) { self.start = start }

    func add(_ name: RawSpan, _ field: FieldID, to document: inout Document) {
        for place in start..<document.entries.count
        where document.bytes[document.entries[place].value].isEqual(to: name) {
            return
        }
        document.set(field, text: name)
    }
}
