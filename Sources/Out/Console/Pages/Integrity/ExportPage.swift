/// What came of checking a file that somebody brought.
struct ExportPage {
    let verdict: ExportVerdict

    var page: Page {
        Page("Check of an export", place: .integrity, styles: [.integrityStyle]) {
            h(.h1) { "Check of \(VisibleText.of(verdict.what, most: 200))" }
            h(.p, look, state, .role("status"), .testID("export-result")) {
                "\(sign) \(VisibleText.of(verdict.sentence, most: 1_000))"
            }
            if !verdict.details.isEmpty {
                h(.ul, .testID("export-details")) {
                    for detail in verdict.details { h(.li) { VisibleText.of(detail, most: 500) } }
                }
            }
            h(.p) {
                "It was checked with the keys that are beside the logs of this server. Whoever trusts a key from elsewhere "
                    + "checks with "
                h(.code) { "docket-verify" }
                ", which needs no server ("
                h(.a, .href(LocalAddress("/integrity/verifier.txt"))) { "how" }
                "). The file was not kept."
            }
            h(.p) { h(.a, .href(Place.integrity.address)) { "Back to integrity" } }
        }
    }

    private var sign: String {
        switch verdict.state {
        case .proven: "✓"
        case .changed: "✕"
        case .unclear: "?"
        }
    }

    private var look: Attribute {
        switch verdict.state {
        case .proven: .class("verdict good")
        case .changed: .class("verdict bad")
        case .unclear: .class("verdict")
        }
    }

    private var state: Attribute {
        switch verdict.state {
        case .proven: .state("proven")
        case .changed: .state("changed")
        case .unclear: .state("cannot-tell")
        }
    }
}
