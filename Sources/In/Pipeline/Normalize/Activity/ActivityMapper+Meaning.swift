import Codecs
import Events
import Platform

/// What kind of event it is, when it was, and what of.
extension ActivityMapper {
    /// A document of a collector that could not collect: `error.message`, and nothing of an activity.
    func isCollectorError(_ bytes: RawSpan) -> Bool {
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

    mutating func setDates(_ bytes: RawSpan, _ outcome: inout Outcome, into document: inout Document) {
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

    mutating func setNames(_ bytes: RawSpan, into document: inout Document) {
        guard let place = held(.orgName) ?? held(.organizationName) else { return }
        members[place].isTaken = true
        set(fields.organizationName, members[place], bytes, into: &document)
    }

    mutating func setURL(_ bytes: RawSpan, into document: inout Document) {
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

    mutating func categorize(_ bytes: RawSpan, _ outcome: inout Outcome, into document: inout Document) {
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
}
