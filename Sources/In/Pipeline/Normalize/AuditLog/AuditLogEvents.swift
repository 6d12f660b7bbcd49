import CContent
import Codecs
import Events

/// What the events of the audit log are called in the activity feed, and so what they mean.
struct AuditLogEvents: Sendable {
    /// One event.
    struct Meaning {
        /// The types of activities that it may be; none when the feed does not have it.
        var types: [String] = []
        var verdict: Verdict
        var isUnknown = false

        /// The types that it may be when it ended so: a failed sign-in is another type than one that succeeded.
        func types(_ outcome: Labels.Label, _ outcomes: (String) -> Labels.Label?) -> [String] {
            let matching = types.filter { outcomes($0) == outcome }
            return matching.isEmpty ? types : matching
        }
    }

    let labels: Labels
    let success, failure, unknown, event, version, dataset, streamType, module, credentialBound: Labels.Label
    private let activities: ActivityRules
    private let events: NameTable
    private let meanings: [Meaning]

    /// - Parameter activities: the meaning of an event that the feed has, too.
    init(_ activities: ActivityRules) {
        var labels = activities.labels
        var names: [String] = []
        var meanings: [Meaning] = []
        for cells in unsafe ActivityRules.rows(docket_content_audit_log_events()) {
            names.append(String(cells[0]))
            let types = cells[1].split(separator: ";").map(String.init)
            var verdict = Verdict(categories: cells[2], types: cells[3], outcome: cells[4], &labels)
            if let first = types.first {
                guard let known = activities.verdict(of: first) else {
                    preconditionFailure("Content/audit-log-events.csv: there is no activity \(first)")
                }
                verdict = known
            }
            meanings.append(Meaning(types: types, verdict: verdict))
        }
        events = NameTable(names)
        self.meanings = meanings
        self.activities = activities
        success = activities.success
        failure = activities.failure
        unknown = activities.unknown
        event = activities.event
        version = activities.version
        streamType = activities.streamType
        module = activities.module
        credentialBound = activities.credentialBound
        dataset = labels.label("anthropic.audit_log")
        self.labels = labels
    }

    /// How an activity of this type ends.
    func outcome(of type: String) -> Labels.Label? { activities.verdict(of: type)?.outcome }

    /// - Parameter fallsBack: whether a name that nobody documented is judged by how it begins.
    func meaning(of event: RawSpan, fallsBack: Bool) -> Meaning {
        let place = events.index(of: event)
        if place >= 0 { return meanings[place] }
        var isUnknown = false
        let verdict = activities.verdict(of: event, fallsBack: fallsBack, isUnknown: &isUnknown)
        var meaning = Meaning(verdict: verdict, isUnknown: isUnknown)
        // Most events have the same name on both ways.
        if activities.verdict(of: event.text) != nil { meaning.types = [event.text] }
        return meaning
    }
}
