import CContent
import Codecs
import Events

/// ``ActivityTable`` and the tables of categories made ready: numbers instead of names.
struct ActivityRules: Sendable {
    struct Rule: Sendable {
        /// Number of the ``ActivityTable/Slot``, or -1.
        var slot: Int
        /// Where it moves; `nil` when it is held.
        var field: FieldID?
    }

    /// One row of `Content/activity-prefix-rules.csv`.
    private struct Fallback {
        enum Kind: String { case prefix, suffix, `default` }
        var kind: Kind
        var text: [UInt8]
        var verdict: Int
    }

    let members: NameTable
    let rules: [Rule]
    let actorMembers: NameTable
    let actorFields: [FieldID]
    let labels: Labels
    let success, failure, unknown, event, version, dataset, streamType, module, credentialBound: Labels.Label
    private let types: NameTable
    private let verdicts: [Verdict]
    private let fallbacks: [Fallback]
    private let unlisted: Int

    init(_ catalog: FieldCatalog) {
        var names = ActivityTable.rows.map { $0.name.description }
        var rules = ActivityTable.rows.map { row in
            var field: FieldID?
            if case .move(let name) = row.step { field = catalog.known(name) }
            return Rule(slot: row.slot?.rawValue ?? -1, field: field)
        }
        let prefix = "anthropic.audit."
        let actorPrefix = "anthropic.audit.actor."
        var actorNames: [String] = []
        var actorFields: [FieldID] = []
        for field in catalog.fields where field.name.hasPrefix(prefix) {
            if field.name.hasPrefix(actorPrefix) {
                actorNames.append(String(field.name.dropFirst(actorPrefix.count)))
                actorFields.append(field.id)
                continue
            }
            let name = String(field.name.dropFirst(prefix.count))
            if ActivityTable.filledOtherwise.contains(name) { continue }
            names.append(name)
            rules.append(Rule(slot: -1, field: field.id))
        }
        members = NameTable(names)
        self.rules = rules
        actorMembers = NameTable(actorNames)
        self.actorFields = actorFields

        var labels = Labels()
        var types: [String] = []
        var verdicts: [Verdict] = []
        for cells in unsafe Self.rows(docket_content_activity_categories()) {
            types.append(String(cells[0]))
            verdicts.append(Verdict(categories: cells[1], types: cells[2], outcome: cells[3], &labels))
        }
        // The last row stands for every type that is not in the table.
        precondition(types.last == "*", "Content/activity-categories.csv does not end with the row `*`")
        unlisted = types.count - 1
        self.types = NameTable(Array(types.dropLast()))
        var fallbacks: [Fallback] = []
        for cells in unsafe Self.rows(docket_content_activity_prefix_rules()) {
            guard let kind = Fallback.Kind(rawValue: String(cells[2])) else {
                preconditionFailure("Content/activity-prefix-rules.csv: unknown kind \(cells[2])")
            }
            fallbacks.append(Fallback(kind: kind, text: Array(cells[1].utf8), verdict: verdicts.count))
            verdicts.append(Verdict(categories: cells[3], types: cells[4], outcome: cells[5], &labels))
        }
        self.fallbacks = fallbacks
        self.verdicts = verdicts
        success = labels.label("success")
        failure = labels.label("failure")
        unknown = labels.label("unknown")
        event = labels.label("event")
        version = labels.label("9.3.0")
        dataset = labels.label("anthropic.audit")
        streamType = labels.label("logs")
        module = labels.label("anthropic")
        credentialBound = labels.label("credential-bound")
        self.labels = labels
    }

    /// What a type means.
    ///
    /// - Parameter isUnknown: set when the type is in no table and a rule by its beginning or end was used.
    func verdict(of type: RawSpan, fallsBack: Bool, isUnknown: inout Bool) -> Verdict {
        let index = types.index(of: type)
        if index >= 0 { return verdicts[index] }
        guard fallsBack else { return verdicts[unlisted] }
        isUnknown = true
        for rule in fallbacks {
            let text = unsafe rule.text.span.bytes
            let count = text.byteCount
            switch rule.kind {
            case .default: return verdicts[rule.verdict]
            case .prefix where type.byteCount >= count && type.extracting(0..<count).isEqual(to: text):
                return verdicts[rule.verdict]
            case .suffix
            where type.byteCount >= count
                && type.extracting(type.byteCount - count..<type.byteCount).isEqual(to: text):
                return verdicts[rule.verdict]
            default: continue
            }
        }
        return verdicts[unlisted]
    }

    /// What a type that is in the table means.
    func verdict(of type: String) -> Verdict? {
        let index = unsafe types.index(of: Array(type.utf8).span.bytes)
        return index < 0 ? nil : verdicts[index]
    }

    /// The rows of a table without its header. No cell holds a comma or a quote but the last.
    static func rows(_ content: docket_content) -> [[Substring]] {
        unsafe content.text.split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
    }
}
