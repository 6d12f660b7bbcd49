import Events
import Network
import Platform
import TestKit
import Testing

@testable import Console

/// The pages over a desk that answers as it was told to.
struct IntegrityPageTests {
    private let desk = StubDesk()

    private func sample(_ events: [ListEngine.Event] = []) throws -> SampleConsole {
        try SampleConsole(events, integrity: desk)
    }

    /// A session, and the token of its forms.
    private func signedIn(_ sample: SampleConsole) async throws -> (cookie: (String, String), token: String) {
        let cookie = try await sample.signIn()
        let page = try await sample.send(.get, "/integrity", [cookie]).text
        return (cookie, String(try #require(page.firstMatch(of: /name="form-token" value="([^"]+)"/)).1))
    }

    @Test func `the page says what is known, and whole without scripts`() async throws {
        var log = LogFacts.sample
        log.verify(0..<240)
        log.holds = [
            RetentionRecord.Hold(
                id: "4f1c", streams: "logs-*", person: "<b>ada</b>", from: nil, to: nil, reason: "case 7",
                requester: "bo")
        ]
        log.retention = [RetentionFacts(streams: "metrics-*", keep: .days(90))]
        log.keys = ["docket.example.com/t/00+0a0b0c0d+AQ=="]
        log.witnesses = WitnessFacts(names: ["witness.example.com/w1"], time: .sample, records: 200)
        desk.facts.withLock { $0 = log }
        desk.hours.withLock {
            $0 = .known(
                [
                    CoverageHour(
                        source: "anthropic-feed", part: "", hour: .sample, state: "gap", expected: 9, received: 7,
                        leftOut: 0, late: 1, duplicate: 2, missing: 2, cause: "erased")
                ], at: .sample)
        }
        let sample = try sample()
        let page = try await sample.send(.get, "/integrity", [try await sample.signIn()])
        #expect(page.status == 200)
        #expect(!page.text.contains("integrity.js"))
        for part in [
            "All 240 records from 2026-10-06 to 2026-10-08 verify. Last check 4 minutes ago.",
            "data-state=\"verified\"",
            "root+of+240", "0a0b0c0d", "witness.example.com/w1", "&lt;b&gt;ada&lt;/b&gt;", "asked for by bo: case 7",
            "can be found for 90 days", "○ Hours with a gap: 1 explained, 0 unexplained", "<td>erased</td>",
            "enctype=\"multipart/form-data\"", "/integrity/verifier.txt",
        ] {
            #expect(page.text.contains(part), "\(part)")
        }
        #expect(!page.text.contains("<b>ada"))
    }

    @Test func `before the first record, and without a desk, it says so`() async throws {
        let sample = try sample()
        #expect(
            try await sample.send(.get, "/integrity", [try await sample.signIn()]).text.contains(
                "Nothing is recorded yet."))
        desk.problem.withLock { $0 = IntegrityProblem(.unavailable, "`ledger/state` cannot be read.") }
        let broken = try await sample.send(.get, "/integrity", [try await sample.signIn()])
        #expect(broken.status == 503 && broken.text.contains("`ledger/state` cannot be read."))
        let none = try SampleConsole([])
        #expect(try await none.send(.get, "/integrity", [try await none.signIn()]).status == 503)
    }

    @Test func `a check that runs shows how far it is and is followed by a script, one that ended is not`() async throws
    {
        var check = LogCheck(number: 4, wish: "all records", person: "<i>bo</i>", began: .sample)
        check.records = 0..<100
        check.leaves = 100
        check.compared = 20
        desk.checks.withLock { $0 = [check] }
        let sample = try sample()
        let session = try await signedIn(sample)
        var page = try await sample.send(.get, "/integrity/checks/4", [session.cookie]).text
        #expect(
            page.contains("<progress max=\"200\" value=\"120\" aria-label=\"Progress of the check\">60 %</progress>"))
        #expect(page.contains("id=\"check\" data-state=\"running\"") && page.contains("/integrity.js"))
        #expect(page.contains("&lt;i&gt;bo"))
        check.state = .failed
        check.findingCount = 30
        check.findings = [.init(sequence: 17, what: "the record is missing", expected: "expected+hash")]
        desk.checks.withLock { [check] in $0 = [check] }
        page = try await sample.send(.get, "/integrity/checks/4", [session.cookie]).text
        #expect(!page.contains("/integrity.js") && page.contains("data-state=\"failed\""))
        #expect(page.contains("30 findings; the first is record 17.") && page.contains("The first 1 of 30 findings"))
        #expect(page.contains("href=\"/integrity/records/17\"") && page.contains("expected+hash"))
        #expect(try await sample.send(.get, "/integrity/checks/5", [session.cookie]).status == 404)
    }

    @Test func `a record shows both hashes and its neighbors`() async throws {
        let sample = try sample()
        let session = try await sample.signIn()
        let page = try await sample.send(.get, "/integrity/records/9", [session])
        #expect(page.status == 200)
        for part in [
            "expected+hash", "found+hash", "what it says", "href=\"/integrity/records/10\"", "data-state=\"changed\"",
        ] {
            #expect(page.text.contains(part), "\(part)")
        }
        for path in ["10", "x", "-1", "18446744073709551616"] {
            #expect(try await sample.send(.get, "/integrity/records/\(path)", [session]).status == 404, "\(path)")
        }
    }

    @Test func `forms begin, stop and refuse`() async throws {
        let sample = try sample()
        let (cookie, token) = try await signedIn(sample)
        let begun = try await sample.sendForm(
            "/integrity/checks", "what=records&first=3&last=9&form-token=\(token)", [cookie])
        #expect(begun.status == 303 && begun.headers["location"] == "/integrity/checks/7")
        #expect(desk.begun.withLock { $0 } == [.records(3...9)])
        _ = try await sample.sendForm("/integrity/checks/7/stop", "form-token=\(token)", [cookie])
        #expect(desk.stopped.withLock { $0 } == [7])
        #expect(try await sample.sendForm("/integrity/checks", "what=all", [cookie]).status == 403)
        #expect(
            try await sample.sendForm("/integrity/checks", "what=nothing&form-token=\(token)", [cookie]).status == 400)
        desk.problem.withLock { $0 = IntegrityProblem(.conflict, "Another check runs.") }
        let busy = try await sample.sendForm("/integrity/checks", "what=all&form-token=\(token)", [cookie])
        #expect(busy.status == 409 && busy.text.contains("Another check runs."))
        #expect(desk.begun.withLock { $0.count } == 2)
    }

    @Test func `an upload is parsed, judged and shown as text`() async throws {
        let sample = try sample()
        let (cookie, token) = try await signedIn(sample)
        func body(_ token: String) -> String {
            "--x\r\nContent-Disposition: form-data; name=\"form-token\"\r\n\r\n\(token)\r\n--x\r\n"
                + "Content-Disposition: form-data; name=\"files\"; filename=\"<a>\"\r\n\r\nhello\r\n--x--\r\n"
        }
        let type = [("content-type", "multipart/form-data; boundary=x"), ("sec-fetch-site", "same-origin"), cookie]
        let page = try await sample.send(.post, "/integrity/exports", type, body: body(token))
        #expect(page.status == 200 && page.text.contains("data-state=\"proven\""))
        #expect(page.text.contains("&lt;a&gt;") && page.text.contains("a &lt;b&gt;") && !page.text.contains("<a>"))
        #expect(desk.files.withLock { $0 } == [UploadedFile(name: "<a>", bytes: Array("hello".utf8))])
        #expect(try await sample.send(.post, "/integrity/exports", type, body: body("wrong")).status == 403)
        #expect(try await sample.send(.post, "/integrity/exports", type, body: "--x").status == 400)
    }

    @Test func `what a role may not do is refused, and not offered`() {
        let page = CheckDesk(log: .sample, mayVerify: false).markup
        #expect(!MarkupWriter.text(of: page).contains("<form"))
        #expect(MarkupWriter.text(of: CheckDesk(log: .sample, mayVerify: true).markup).matches(of: /<form/).count == 4)
        #expect(IntegrityCall.begin.permission == .proofs && IntegrityCall.verify.permission == .proofs)
        #expect(IntegrityCall.proof(event: "a").permission == .proofs)
        #expect(!Role.viewer.may(.proofs) && Role.auditor.may(.proofs))
    }

    // MARK: Proofs of events

    private func proof(_ state: EventProof.State) -> EventProof {
        var proof = EventProof(
            sequence: 5, state: state, leafHash: "leaf+hash", contentRoot: "content+root", accepted: .sample,
            origin: "docket.example.com/t/00")
        proof.checkpoint = CheckpointFacts(size: 9, root: "checkpoint+root")
        proof.path = ["path+one", "path+two"]
        proof.signatures = ["— docket.example.com/t/00 AAAA"]
        if state == .proven { proof.file = "c2sp.org/tlog-proof@v1\n…" }
        return proof
    }

    private let events = [SampleConsole.event(5, minutesAgo: 3, [("docket.sequence", "5")])]

    @Test func `the proof of an event is on a page and in a file`() async throws {
        desk.proof.withLock { [proof = proof(.proven)] in $0 = proof }
        let sample = try sample(events)
        let session = try await sample.signIn()
        let page = try await sample.send(.get, "/events/evt_5/proof", [session])
        #expect(page.status == 200)
        for part in ["data-state=\"proven\"", "leaf+hash", "checkpoint+root", "path+two", "There is none.", "no chain"]
        {
            #expect(page.text.contains(part), "\(part)")
        }
        let file = try await sample.send(.get, "/api/v1/events/evt_5/proof", [session])
        #expect(file.status == 200 && file.text.hasPrefix("c2sp.org/tlog-proof@v1\n"))
        #expect(file.headers["content-disposition"] == "attachment; filename=\"record-5.tlog-proof\"")
        #expect(try await sample.send(.get, "/api/v1/events/evt_6/proof", [session]).status == 404)
        #expect(try await sample.send(.get, "/events/evt_6/proof", [session]).status == 404)
        #expect(try await sample.send(.get, "/api/v1/events/evt_5/proof").status == 401)
    }

    @Test func `the proof of an event is a tab, which verifies again where it stands`() async throws {
        desk.proof.withLock { [proof = proof(.proven)] in $0 = proof }
        let sample = try sample(events)
        let session = try await sample.signIn()
        for (path, again) in [
            ("/events/evt_5?tab=proof", "/events/evt_5?tab=proof"),
            ("/search?open=evt_5&tab=proof", "/search?from=now-24h&amp;to=now&amp;open=evt_5&amp;tab=proof"),
        ] {
            let page = try await sample.send(.get, path, [session]).text
            for part in ["data-state=\"proven\"", "leaf+hash", "checkpoint+root", "path+two", "download-proof"] {
                #expect(page.contains(part), "\(part) in \(path)")
            }
            #expect(
                page.contains(
                    "<a href=\"\(again)\" data-testid=\"verify-now\" data-act=\"swap\" data-about=\"#flyout\">"),
                "\(path)")
            #expect(page.contains("href=\"/events/evt_5/proof\""))
        }
        desk.problem.withLock { $0 = IntegrityProblem(.unavailable, "The logs are away.") }
        let page = try await sample.send(.get, "/events/evt_5?tab=proof", [session])
        #expect(page.status == 200 && page.text.contains("The logs are away."))
        let without = try SampleConsole(events)
        let said = try await without.send(.get, "/events/evt_5?tab=proof", [try await without.signIn()])
        #expect(said.status == 200 && said.text.contains("Nothing is proven here."))
    }

    @Test func `an event that is not sealed, or does not verify, gives no file and says why`() async throws {
        let sample = try sample(events)
        let session = try await sample.signIn()
        for (state, words) in [
            (EventProof.State.waiting, "Not sealed yet"),
            (.refuted("The record is missing."), "✕ The record is missing."),
            (.unclear("No key."), "? No key."), (.erased, "The content was erased"),
        ] {
            desk.proof.withLock { [proof = proof(state)] in $0 = proof }
            let page = try await sample.send(.get, "/events/evt_5/proof", [session]).text
            #expect(page.contains(words) && !page.contains("download-proof"), "\(words)")
            #expect(try await sample.send(.get, "/api/v1/events/evt_5/proof", [session]).status == 409)
        }
        desk.proof.withLock { $0 = nil }
        #expect(
            try await sample.send(.get, "/events/evt_5/proof", [session]).text.contains("its record is not in the log"))
    }
}
