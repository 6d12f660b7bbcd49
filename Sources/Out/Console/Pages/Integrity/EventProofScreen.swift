import Events
import Platform
import Query

/// What proves an event, checked while the page is made.
struct EventProofScreen: Screen {
    let id: String

    func page(_ visit: Visit) throws(SearchError) -> Page? {
        guard let hit = try visit.engine.event(id: id, tenant: visit.viewer.tenant.text) else { return nil }
        switch EventProofTab(of: hit, visit).found {
        case .success(let page): return page.page
        case .failure(let problem): return Page(problem: problem)
        }
    }
}

/// What proves an event, in the tab of the event.
struct EventProofTab {
    let found: Result<EventProofPage, IntegrityProblem>

    init(of hit: SearchHit, _ visit: Visit) {
        do throws(IntegrityProblem) {
            guard let desk = visit.integrity else { throw .withoutIntegrity }
            let proof = try hit.recordSequence.map { sequence throws(IntegrityProblem) in
                try desk.proof(of: sequence, tenant: visit.viewer.tenant)
            }
            found = .success(EventProofPage(id: hit.id, proof: proof ?? nil, mayVerify: visit.viewer.may(.proofs)))
        } catch {
            found = .failure(error)
        }
    }

    /// - Parameter address: of the tab, to which "verify now" leads.
    func markup(again address: LocalAddress) -> Markup {
        switch found {
        case .success(let page):
            return h(.div, .testID("proof")) {
                page.tab(again: address, .act("swap"), .about("#flyout"))
                h(.p) { h(.a, .href(page.address)) { "On a page of its own" } }
            }
        case .failure(let problem): return h(.p, .class("problem"), .role("alert")) { problem.message }
        }
    }
}

struct EventProofPage {
    let id: String
    /// `nil` when the log does not have its record yet.
    let proof: EventProof?
    let mayVerify: Bool

    var page: Page {
        Page("Proof of event \(id)", place: .search, styles: [.integrityStyle]) {
            h(.h1) { "Proof of event \(VisibleText.of(id, most: 200))" }
            tab(again: address)
            h(.p) { h(.a, .href(LocalAddress("/events", segments: [id]))) { "Back to the event" } }
        }
    }

    var address: LocalAddress { LocalAddress("/events", segments: [id, "proof"]) }

    /// What also stands in the tab of the event.
    ///
    /// - Parameters:
    ///   - address: which shows it anew, and so verifies it.
    ///   - ways: how a script goes there.
    @MarkupBuilder func tab(again address: LocalAddress, _ ways: Attribute...) -> Markup {
        if let proof {
            h(.p, look(proof), state(proof), .role("status"), .testID("proof-state")) { words(proof) }
            actions(proof, address, ways)
            facts(proof)
            path(proof)
        } else {
            h(.p, .class("verdict"), .state("waiting"), .role("status"), .testID("proof-state")) {
                "… Not sealed yet: its record is not in the log. That takes half a second."
            }
        }
    }

    private func words(_ proof: EventProof) -> String {
        switch proof.state {
        case .waiting: "… Not sealed yet: no checkpoint covers the record. The next one will."
        case .proven: "✓ Verified just now: the record in the journal, its leaf, the path and the signature agree."
        case .erased: "– The content was erased. That there was a record at this place is proven."
        case .refuted(let why): "✕ \(why)"
        case .unclear(let why): "? \(why)"
        }
    }

    private func look(_ proof: EventProof) -> Attribute {
        switch proof.state {
        case .proven: .class("verdict good")
        case .refuted: .class("verdict bad")
        case .waiting, .erased, .unclear: .class("verdict")
        }
    }

    private func state(_ proof: EventProof) -> Attribute {
        switch proof.state {
        case .waiting: .state("waiting")
        case .proven: .state("proven")
        case .erased: .state("erased")
        case .refuted: .state("refuted")
        case .unclear: .state("unclear")
        }
    }

    private func actions(_ proof: EventProof, _ again: LocalAddress, _ ways: [Attribute]) -> Markup {
        h(.p, .class("paging")) {
            h(.a, .href(again), .testID("verify-now"), ways.first, ways.last) { "Verify now" }
            if proof.file != nil, mayVerify {
                h(.a, .href(LocalAddress("/api/v1/events", segments: [id, "proof"])), .testID("download-proof")) {
                    "Download the proof"
                }
            }
            h(.a, .href(LocalAddress("/integrity/verifier.txt"))) { "How to check it without this server" }
        }
    }

    private func facts(_ proof: EventProof) -> Markup {
        h(.dl, .class("overview"), .testID("proof-facts")) {
            pair("Record hash", proof.leafHash, isHash: true)
            pair("Place in the log", "record \(proof.sequence), which is leaf \(proof.sequence)")
            pair("Log", proof.origin)
            pair("Root over its content", proof.contentRoot, isHash: true)
            pair("Accepted", Numbers.moment(proof.accepted))
            if let checkpoint = proof.checkpoint {
                pair("Checkpoint", "\(Numbers.grouped(Int(clamping: checkpoint.size))) records")
                pair("Root of the checkpoint", checkpoint.root, isHash: true)
            }
            for signature in proof.signatures { pair("Signature", VisibleText.of(signature), isHash: true) }
            pair("Seen by witnesses", proof.isSeen.map { $0 ? "yes" : "not yet" } ?? "no witness has cosigned")
            pair(
                "Previous hash",
                "There is none. The log is a Merkle tree and no chain: the path below leads from this record to the root, "
                    + "and the root covers every record before and behind it.")
        }
    }

    @MarkupBuilder private func pair(_ name: String, _ value: String, isHash: Bool = false) -> Markup {
        h(.dt) { name }
        h(.dd, isHash ? .class("hash") : nil) { value }
    }

    @MarkupBuilder private func path(_ proof: EventProof) -> Markup {
        if proof.checkpoint != nil {
            h(.details, .testID("path")) {
                h(.summary) { "Inclusion path: \(proof.path.count) hashes" }
                h(.p) { "From the neighbor of the leaf to the child of the root." }
                h(.ol, .class("hashes")) { for hash in proof.path { h(.li, .class("hash")) { hash } } }
            }
        }
    }
}
