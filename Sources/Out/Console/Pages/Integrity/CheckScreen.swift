import Events
import Platform
import Query

/// One comparison: how far it is, or what came of it.
struct CheckScreen: Screen {
    let number: Int

    static func address(_ number: Int) -> LocalAddress { LocalAddress("/integrity/checks", segments: [String(number)]) }

    func page(_ visit: Visit) throws(SearchError) -> Page? {
        guard let desk = visit.integrity else { return .withoutIntegrity }
        guard let check = desk.check(number, of: visit.viewer.tenant) else { return nil }
        return CheckPage(check: check, mayVerify: visit.viewer.may(.proofs)).page
    }
}

struct CheckPage {
    let check: LogCheck
    let mayVerify: Bool

    var page: Page {
        Page(
            "Check \(check.number)", place: .integrity, styles: [.integrityStyle],
            scripts: check.state == .running ? [.integrityScript] : []
        ) {
            h(.h1) { "Check \(check.number) of \(check.wish)" }
            h(.div, .id("check"), state, .testID("check")) {
                h(.p, look, .role("status"), .testID("check-result")) { "\(check.state.sign) \(check.result)" }
                if check.state == .running { progress }
                facts
                if check.state == .failed { findings }
                if check.state == .passed || check.state == .failed { meaning }
            }
            h(.p) { h(.a, .href(Place.integrity.address)) { "Back to integrity" } }
        }
    }

    private var state: Attribute {
        switch check.state {
        case .running: .state("running")
        case .passed: .state("passed")
        case .failed: .state("failed")
        case .stopped: .state("stopped")
        case .unclear: .state("unclear")
        }
    }

    private var look: Attribute {
        switch check.state {
        case .passed: .class("verdict good")
        case .failed: .class("verdict bad")
        case .running, .stopped, .unclear: .class("verdict")
        }
    }

    @MarkupBuilder private var progress: Markup {
        let (done, all) = check.progress ?? (0, 1)
        h(.p) {
            h(.progress, .max(max(all, 1)), .value(String(done)), .label("Progress of the check")) {
                "\(done * 100 / max(all, 1)) %"
            }
        }
        h(.p) {
            h(.a, .href(CheckScreen.address(check.number))) { "Load again" }
            " to see how far it is."
        }
        if mayVerify {
            h(.form, .post, .action(LocalAddress("/integrity/checks", segments: [String(check.number), "stop"]))) {
                FormToken.field
                h(.button, .type("submit")) { "Stop it" }
            }
        }
    }

    private var facts: Markup {
        h(.dl, .class("overview")) {
            pair("Records", check.records.map { "\($0.lowerBound) to \(max($0.upperBound, 1) - 1)" } ?? "–")
            pair("Leaves hashed", Numbers.grouped(Int(clamping: check.leaves)))
            pair("Records compared", Numbers.grouped(Int(clamping: check.compared)))
            pair("Erased", Numbers.grouped(Int(clamping: check.erased)))
            pair("Lost before the log", Numbers.grouped(Int(clamping: check.lost)))
            pair(
                "Checkpoint",
                check.checkpoint.map { "\(Numbers.grouped(Int(clamping: $0.size))) records, root \($0.root)" } ?? "–")
            pair("Began", "\(Numbers.moment(check.began)) by \(check.who)")
            pair("Ended", check.ended.map(Numbers.moment) ?? "–")
        }
    }

    @MarkupBuilder private func pair(_ name: String, _ value: String) -> Markup {
        h(.dt) { name }
        h(.dd) { value }
    }

    private var findings: Markup {
        h(.section, .labelledBy("findings-heading")) {
            h(.h2, .id("findings-heading")) {
                check.findingCount > check.findings.count
                    ? "The first \(check.findings.count) of \(Numbers.grouped(check.findingCount)) findings"
                    : "Findings"
            }
            h(.div, .class("wide"), .inTabOrder, .role("region"), .label("Findings")) {
                h(.table, .testID("findings")) {
                    h(.thead) {
                        h(.tr) {
                            for name in ["Record", "What", "Expected hash", "Found hash"] {
                                h(.th, .scope("col")) { name }
                            }
                        }
                    }
                    h(.tbody) { for finding in check.findings { row(finding) } }
                }
            }
        }
    }

    private func row(_ finding: LogCheck.Finding) -> Markup {
        h(.tr, finding.sequence.map { .key(String($0)) }) {
            h(.td) {
                if let sequence = finding.sequence {
                    h(.a, .href(RecordScreen.address(sequence))) { "Record \(sequence)" }
                } else {
                    "The log"
                }
            }
            h(.td) { finding.what }
            h(.td, .class("hash")) { finding.expected ?? "–" }
            h(.td, .class("hash")) { finding.found ?? "none" }
        }
    }

    private var meaning: Markup {
        h(.section, .labelledBy("meaning-heading")) {
            h(.h2, .id("meaning-heading")) { "What this proves" }
            if check.state == .passed {
                h(.p) {
                    "Each of these records makes the leaf that the log has of it, and the leaves lead to the root that the "
                        + "signer signed: none was changed, left out, or put in since. It does not prove that a source "
                        + "told the truth, and it relies on the keys beside the logs."
                }
            } else {
                h(.p) {
                    "The records that are named are not what they were when they were signed, or are not there any more. "
                        + "It does not say who changed them, when, or why: a fault of the disk looks the same. All other "
                        + "records of the range are as they were signed, unless a finding is about the log as a whole."
                }
                h(.p) {
                    "Do not write over anything. Keep a copy of the data directory, compare with the archive and with "
                        + "other copies ("
                    h(.code) { "docket verify" }
                    ", "
                    h(.code) { "docket archive verify" }
                    "), and look into the log of the server."
                }
            }
        }
    }
}
