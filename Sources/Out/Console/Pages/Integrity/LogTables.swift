import Events
import Platform

/// Checkpoints, keys, and what is kept for how long.
struct LogTables {
    let log: LogFacts

    var markup: Markup {
        h(.section, .labelledBy("checkpoints-heading")) {
            h(.h2, .id("checkpoints-heading")) { "Checkpoints" }
            h(.p) {
                "The log of this organization is "
                h(.code) { VisibleText.of(log.origin) }
                " with \(Numbers.grouped(Int(clamping: log.size))) records. Of each minute in which records came the last "
                    + "checkpoint is kept: \(Numbers.grouped(Int(clamping: log.keptCheckpoints))) besides the last."
            }
            witnesses
            checkpoints
            keys
        }
    }

    @MarkupBuilder private var witnesses: Markup {
        if let seen = log.witnesses {
            let names = seen.names.map { VisibleText.of($0, most: 200) }.joined(separator: ", ")
            let time = seen.time.map { " at \(Numbers.moment($0))" } ?? ""
            h(.p, .testID("witnesses")) {
                "Witnesses (\(names)) have seen what covers the first \(Numbers.grouped(Int(clamping: seen.records))) "
                    + "of the records shown here\(time). They cosign the log of all logs, and the checkpoints of this log "
                    + "are entries of it."
            }
        } else {
            h(.p, .testID("witnesses")) {
                "No witness has cosigned: whoever has the signer's key could show another history to somebody else."
            }
        }
    }

    private var checkpoints: Markup {
        h(.div, .class("wide"), .inTabOrder, .role("region"), .label("Checkpoints, the newest first")) {
            h(.table, .testID("checkpoints")) {
                h(.caption) { "The newest first" }
                h(.thead) {
                    h(.tr) {
                        h(.th, .scope("col"), .class("number")) { "Records" }
                        for name in ["Root", "Keys that signed", "Seen by witnesses", "Last record"] {
                            h(.th, .scope("col")) { name }
                        }
                    }
                }
                h(.tbody) {
                    for checkpoint in log.checkpoints {
                        h(.tr) {
                            h(.td, .class("number"), .datum(Int(clamping: checkpoint.size))) {
                                Numbers.grouped(Int(clamping: checkpoint.size))
                            }
                            h(.td, .class("hash")) { checkpoint.root }
                            h(.td, .class("hash")) { checkpoint.keyIDs.joined(separator: ", ") }
                            h(.td) { checkpoint.isSeen.map { $0 ? "✓ yes" : "… not yet" } ?? "–" }
                            h(.td) { checkpoint.time.map(Numbers.moment) ?? "–" }
                        }
                    }
                }
            }
        }
    }

    private var keys: Markup {
        h(.details, .testID("keys")) {
            h(.summary) { "Keys: \(log.keys.count), the oldest first" }
            h(.p) {
                "Each but the first was introduced by a note that the one before it signed. Compare one of them with what "
                    + "you were given on another way."
            }
            h(.ol, .class("hashes")) {
                for key in log.keys { h(.li, .class("hash")) { VisibleText.of(key) } }
            }
        }
    }

    // MARK: Kept and held

    @MarkupBuilder var retention: Markup {
        if log.retention.isEmpty {
            h(.p) { "No rule deletes documents for their age." }
        } else {
            h(.ul, .testID("retention")) {
                for rule in log.retention {
                    h(.li) {
                        h(.code) { VisibleText.of(rule.streams, most: 200) }
                        ": documents can be found for \(Numbers.words(rule.keep)). The records stay, and can be proven."
                    }
                }
            }
        }
        if log.holds.isEmpty {
            h(.p) { "Nothing is under a legal hold." }
        } else {
            h(.ul, .testID("holds")) {
                for hold in log.holds { h(.li) { Self.words(hold) } }
            }
        }
    }

    private static func words(_ hold: RetentionRecord.Hold) -> String {
        let person = hold.person.map { " of \(VisibleText.of($0, most: 200))" } ?? ""
        let from = hold.from.map { " from \(Numbers.moment($0))" } ?? ""
        let to = hold.to.map { " to \(Numbers.moment($0))" } ?? ""
        return "Hold \(hold.id): \(VisibleText.of(hold.streams, most: 200))\(person)\(from)\(to), asked for by "
            + "\(VisibleText.of(hold.requester, most: 200)): \(VisibleText.of(hold.reason, most: 500))"
    }
}
