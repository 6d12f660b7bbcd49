import Codecs
import Events
import Platform

/// One activity of the Compliance API as a document.
struct ActivityMapper: ~Copyable {
    /// A member of the activity.
    struct Member {
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
    let fields: MappedFields
    let fixes: Fixes
    let rules: ActivityRules
    var members: [Member] = []
    var actorMembers: [Member] = []
    private var slots = [Int32](repeating: -1, count: ActivityTable.Slot.allCases.count)
    private var scratch = ByteBuffer(capacity: 4_096)
    var text = ByteBuffer(capacity: 1_024)

    let enricher: (any Enricher)?
    /// Of the last activity.
    var actor = Actor()

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

    static func member(_ cursor: inout JSONCursor, _ bytes: RawSpan) throws(JSONError) -> Member {
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
    mutating func set(_ field: FieldID, _ member: Member, _ bytes: RawSpan, into document: inout Document) {
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

    mutating func appendPruned(_ member: Member, _ bytes: RawSpan) -> Bool {
        let start = member.kind == .string ? member.range.start - 1 : member.range.start
        let count = member.kind == .string ? member.range.count + 2 : member.range.count
        var cursor = JSONCursor(ByteRange(start: start, count: count))
        // The record was checked as a whole, so this cannot fail.
        return (try? JSONPruner.append(&cursor, bytes, to: &scratch)) ?? false
    }

    /// The text of a string member.
    @_lifetime(&self, copy bytes)
    mutating func plain(_ member: Member, _ bytes: RawSpan) -> RawSpan {
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

    func held(_ slot: ActivityTable.Slot) -> Int? {
        let place = Int(slots[slot.rawValue])
        return place < 0 ? nil : place
    }

    func isText(_ slot: ActivityTable.Slot, _ word: StaticString, _ bytes: RawSpan) -> Bool {
        guard let place = held(slot), members[place].kind == .string else { return false }
        return bytes[members[place].range].isEqual(to: word)
    }

    /// One more value of a list.
    mutating func appendList(
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

    /// A value that goes by its name.
    mutating func setUnknown(
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
}
