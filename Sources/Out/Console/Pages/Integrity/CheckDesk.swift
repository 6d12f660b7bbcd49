import Platform

/// Where records are compared, now: by a range of the log, or from a file that somebody brings.
struct CheckDesk {
    let log: LogFacts
    let mayVerify: Bool

    var markup: Markup {
        h(.section, .labelledBy("check-heading")) {
            h(.h2, .id("check-heading")) { "Check" }
            h(.p, .testID("standing")) {
                if let interval = log.standingInterval {
                    "The server compares records by itself, each time after \(Numbers.words(interval)): first those that nobody has "
                        + "compared yet, then all of them again in turn. Its last result stands among the checks below."
                } else {
                    "The server compares nothing by itself: `integrity.interval` is 0s."
                }
            }
            if mayVerify {
                h(.div, .class("desk")) {
                    allForm
                    timeForm
                    recordForm
                    exportForm
                }
            } else {
                h(.p, .testID("no-role")) { "To check records takes the role auditor, analyst or admin." }
            }
            checks
        }
    }

    // MARK: Forms

    private static let begin = LocalAddress("/integrity/checks")

    private var allForm: Markup {
        h(.form, .post, .action(Self.begin), .testID("check-all")) {
            FormToken.field
            h(.h3) { "All records" }
            h(.p) {
                "Compares \(Numbers.grouped(Int(clamping: log.sealed))) records with the last checkpoint, in the background."
            }
            h(.input, .type("hidden"), .name("what"), .value("all"))
            h(.p) { h(.button, .type("submit"), .class("main")) { "Verify all" } }
        }
    }

    private var timeForm: Markup {
        h(.form, .post, .action(Self.begin), .testID("check-time")) {
            FormToken.field
            h(.h3) { "Records accepted within a time" }
            h(.input, .type("hidden"), .name("what"), .value("time"))
            field("check-from", "from", "From", "now-24h", 24)
            field("check-to", "to", "To", "now", 24)
            h(.p) { h(.button, .type("submit")) { "Verify this time" } }
        }
    }

    private var recordForm: Markup {
        h(.form, .post, .action(Self.begin), .testID("check-records")) {
            FormToken.field
            h(.h3) { "Records by number" }
            h(.input, .type("hidden"), .name("what"), .value("records"))
            field("check-first", "first", "First", "0", 12)
            field("check-last", "last", "Last", String(log.sealed > 0 ? log.sealed - 1 : 0), 12)
            h(.p) { h(.button, .type("submit")) { "Verify these" } }
        }
    }

    private func field(
        _ id: StaticString, _ name: StaticString, _ label: String, _ value: String, _ size: Int
    ) -> Markup {
        h(.p) {
            h(.span, .class("bound")) {
                h(.label, .for(id)) { label }
                h(
                    .input, .type("text"), .id(id), .name(name), .value(value), .size(size), .maxLength(64),
                    .autocomplete("off"), .noSpelling)
            }
        }
    }

    private var exportForm: Markup {
        h(.form, .post, .multipart, .action(LocalAddress("/integrity/exports")), .testID("check-export")) {
            FormToken.field
            h(.h3) { "A file that you have" }
            h(.p, .id("export-help")) {
                "A proof of a record, a checkpoint, or both files of a range (proof and records.ndjson), up to "
                    + "\(Console.uploadBytes >> 20) MiB. They are looked at, and not kept."
            }
            h(.p) {
                h(.label, .for("export-files")) { "Files" }
                h(
                    .input, .type("file"), .id("export-files"), .name("files"), .multiple, .required,
                    .describedBy("export-help"))
            }
            h(.p) { h(.button, .type("submit")) { "Verify this export" } }
        }
    }

    // MARK: What was checked

    @MarkupBuilder private var checks: Markup {
        if log.checks.isEmpty {
            h(.p) { "Nothing was checked here yet." }
        } else {
            h(.div, .class("wide"), .inTabOrder, .role("region"), .label("Checks, the newest first")) {
                h(.table, .testID("checks")) {
                    h(.caption) { "Checks, the newest first" }
                    h(.thead) {
                        h(.tr) {
                            for name in ["Check", "Of", "Result", "Began", "By"] { h(.th, .scope("col")) { name } }
                        }
                    }
                    h(.tbody) {
                        for check in log.checks {
                            h(.tr) {
                                h(.td) { h(.a, .href(CheckScreen.address(check.number))) { "Check \(check.number)" } }
                                h(.td) { check.wish }
                                h(.td) { "\(check.state.sign) \(check.result)" }
                                h(.td) { Numbers.moment(check.began) }
                                h(.td) { check.who }
                            }
                        }
                    }
                }
            }
        }
    }
}

extension LogCheck.State {
    var sign: String {
        switch self {
        case .running: "…"
        case .passed: "✓"
        case .failed: "✕"
        case .stopped: "–"
        case .unclear: "?"
        }
    }
}

extension LogCheck {
    /// Who wanted it.
    var who: String { isStanding ? "the server itself" : VisibleText.of(person, most: 80) }

    /// In one sentence.
    var result: String {
        switch state {
        case .running:
            return progress.map { "Running: \($0.done * 100 / max($0.of, 1)) %." }
                ?? "Running: looking for the records."
        case .passed:
            let erased =
                erased > 0 ? ", \(Numbers.grouped(Int(clamping: erased))) of them erased as the record says" : ""
            let lost = lost > 0 ? ", \(Numbers.grouped(Int(clamping: lost))) lost before they came into the log" : ""
            return "All \(Numbers.grouped(records?.count ?? 0)) records verify\(erased)\(lost)."
        case .failed:
            let first = findings.lazy.compactMap(\.sequence).first.map { "; the first is record \($0)" } ?? ""
            return "\(Numbers.grouped(findingCount)) finding\(findingCount == 1 ? "" : "s")\(first)."
        case .stopped: return "Stopped before its end; it says nothing."
        case .unclear: return "It could not be told: \(problem ?? "nobody knows why")."
        }
    }
}
