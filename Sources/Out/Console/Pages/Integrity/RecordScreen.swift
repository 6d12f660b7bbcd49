import Platform
import Query

/// One record of the log as it is found now: what is expected of it, what is there, and what is beside it.
struct RecordScreen: Screen {
    let sequence: UInt64

    static func address(_ sequence: UInt64) -> LocalAddress {
        LocalAddress("/integrity/records", segments: [String(sequence)])
    }

    func page(_ visit: Visit) throws(SearchError) -> Page? {
        guard let desk = visit.integrity else { return .withoutIntegrity }
        do throws(IntegrityProblem) {
            return try desk.record(sequence, of: visit.viewer.tenant).map { RecordPage(record: $0).page }
        } catch {
            return Page(problem: error)
        }
    }
}

struct RecordPage {
    let record: RecordFacts

    var page: Page {
        Page("Record \(record.sequence)", place: .integrity, styles: [.integrityStyle]) {
            h(.h1) { "Record \(record.sequence)" }
            h(.p, look, record.state.attribute, .role("status"), .testID("record-state")) { record.state.words }
            h(.dl, .class("overview")) {
                pair("Expected hash", record.expected, isHash: true)
                pair(
                    "Found hash", record.found ?? "none: there is no record to make one of", isHash: record.found != nil
                )
                pair("Accepted", Numbers.moment(record.accepted))
                if !record.differences.isEmpty {
                    pair("What differs", record.differences.joined(separator: ", "))
                }
            }
            h(.section, .labelledBy("beside-heading")) {
                h(.h2, .id("beside-heading")) { "Beside it" }
                h(.ul, .testID("neighbors")) {
                    for neighbor in record.neighbors {
                        h(.li) {
                            h(.a, .href(RecordScreen.address(neighbor.sequence))) { "Record \(neighbor.sequence)" }
                            ": \(neighbor.state.words)"
                        }
                    }
                }
            }
            h(.section, .labelledBy("meaning-heading")) {
                h(.h2, .id("meaning-heading")) { "What this says" }
                h(.p) {
                    "The expected hash is that of the leaf in the tree. A root over it was signed, so nobody can exchange "
                        + "it unseen. The found hash is made just now of the record in the journal. Where the two differ, "
                        + "the record is not what was taken in; where there is none, it is gone. Neither says who did it, "
                        + "or whether it was a fault of the disk."
                }
            }
            h(.p) { h(.a, .href(Place.integrity.address)) { "Back to integrity" } }
        }
    }

    private var look: Attribute {
        switch record.state {
        case .unchanged, .erased: .class("verdict good")
        case .lost: .class("verdict")
        case .changed, .missing, .leafChanged: .class("verdict bad")
        }
    }

    @MarkupBuilder private func pair(_ name: String, _ value: String, isHash: Bool = false) -> Markup {
        h(.dt) { name }
        h(.dd, isHash ? .class("hash") : nil) { value }
    }
}

extension RecordFacts.State {
    var words: String {
        switch self {
        case .unchanged: "✓ unchanged: it makes the hash that the log has of it."
        case .changed: "✕ changed: it makes another hash than the log has of it."
        case .missing: "✕ missing: the log has its leaf, and the journal does not have it."
        case .erased: "– erased: what it said is gone, and its leaf is left."
        case .lost: "– lost before it came into the log: its leaf says so."
        case .leafChanged: "✕ its leaf is not the one that the tree was made of."
        }
    }

    fileprivate var attribute: Attribute {
        switch self {
        case .unchanged: .state("unchanged")
        case .changed: .state("changed")
        case .missing: .state("missing")
        case .erased: .state("erased")
        case .lost: .state("lost")
        case .leafChanged: .state("leaf-changed")
        }
    }
}
