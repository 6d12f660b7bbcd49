import Codecs
import Events
import Platform

/// Who acted, upon whom, and from where.
extension ActivityMapper {
    /// The person acted upon.
    struct Target {
        var email: Int?
        var id: Int?
    }

    mutating func setTarget(_ bytes: RawSpan, into document: inout Document) -> Target {
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

    /// The acting person.
    struct Actor {
        var type = ByteRange.empty
        var userAgent: Member?
        var email: Member?
        var id: Member?
        var address: Member?
    }

    mutating func setActor(
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

    mutating func enrich(_ bytes: RawSpan, into document: inout Document) {
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
    mutating func setName(_ actor: Actor, _ bytes: RawSpan, into document: inout Document) {
        guard let member = actor.email, member.kind == .string else { return }
        let field = fields.userName
        let email = plain(member, bytes)
        for place in 0..<email.byteCount where email[place] == UInt8(ascii: "@") {
            return document.set(field, text: email.extracting(0..<place))
        }
    }

    /// Everything that stands for people and machines, each once.
    mutating func relate(
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
