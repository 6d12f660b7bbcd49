import Codecs
import Events
import Network
import Platform
import Query
import TestKit
import Testing

@testable import Console

/// What is decided about the inventory, and by whom.
struct InventoryPageTests {
    private let desk = InventoryDeskDouble()

    private static func server(_ name: String) -> ListEngine.Event {
        SessionEvents.document(
            "claude_code", "tool_result", -50, sequence: 0, [.init("mcp_server_name", .string(name))])
    }

    private static let hostile = "\"><script>alert(1)</script>\u{202E}/..?&#\n"

    private func sample(_ events: [ListEngine.Event]? = nil) throws -> SampleConsole {
        try SampleConsole(
            events ?? [Self.server("GitHub"), Self.server(Self.hostile)], schema: SampleCatalog.schema, inventory: desk)
    }

    private func address(_ item: String, _ kind: InventoryKind = .servers) -> String {
        DecisionPlace(kind, item).address.text
    }

    private func form(
        _ sample: SampleConsole, _ session: (String, String), _ fields: String, next: String = "%2Finventory"
    ) async throws -> String {
        "form-token=\(try await sample.formToken(session))&next=\(next)&\(fields)"
    }

    @Test func `whoever has the right decides, and the others are told which role it takes`() async throws {
        let sample = try sample()
        for role in Role.allCases {
            let session = try await sample.signIn(role)
            let page = try await sample.send(.get, address("GitHub"), [session])
            let body = try await form(sample, session, "state=approved&owner=+it@example.com+&note=&reason=reviewed")
            let answer = try await sample.sendForm(address("GitHub"), body, [session])
            #expect(page.text.contains("data-testid=\"decide\"") == role.may(.inventory), "\(role)")
            #expect(page.text.contains("one of the roles analyst, admin") != role.may(.inventory), "\(role)")
            #expect(answer.status == (role.may(.inventory) ? 303 : 403), "\(role)")
        }
        #expect(desk.made.map(\.actor) == ["analyst", "admin"])
        #expect(
            desk.made.first?.order
                == InventoryOrder(.servers, "GitHub", .approved, owner: "it@example.com", reason: "reviewed"))
        #expect(Role.allCases.filter { $0.may(.inventory) } == [.analyst, .admin])
    }

    @Test func `without the token of its session a form decides nothing, and looking decides nothing`() async throws {
        let sample = try sample()
        let (session, other) = (try await sample.signIn(.admin), try await sample.signIn(.analyst))
        let foreign = try await sample.formToken(other)
        for body in ["state=approved", "state=approved&form-token=\(foreign)"] {
            #expect(try await sample.sendForm(address("GitHub"), body, [session]).status == 403)
        }
        let body = try await form(sample, session, "state=approved")
        let elsewhere = [session, ("sec-fetch-site", "cross-site")]
        #expect(try await sample.send(.post, address("GitHub"), elsewhere, body: body).status == 403)
        #expect(try await sample.send(.get, address("GitHub") + "&" + body, [session]).status == 200)
        // Whoever shows a token with each request has no session, so no form.
        let bearer = ("authorization", "Bearer \(SampleConsole.token)")
        #expect(try await sample.sendForm(address("GitHub"), "state=approved", [bearer]).status == 401)
        #expect(try await !sample.send(.get, address("GitHub"), [bearer]).text.contains("data-testid=\"decide\""))
        #expect(desk.made.isEmpty)
    }

    @Test func `a decision is shown in the list, on its page and on the entity's, whatever the case`() async throws {
        let sample = try sample()
        let session = try await sample.signIn(.analyst)
        let body = try await form(
            sample, session, "state=denied&owner=ann&note=old+version", next: "%2Finventory%3Ftab%3Dmcp")
        let answer = try await sample.sendForm(address("GitHub"), body, [session])
        #expect(answer.status == 303 && answer.headers["location"] == "/inventory?tab=mcp")
        let list = try await sample.send(.get, "/inventory?tab=mcp", [session]).text
        #expect(list.firstMatch(of: /data-key="GitHub".*?data-about="denied".*?>ann</.dotMatchesNewlines()) != nil)
        for path in [address("github"), "/entities/mcp-server/GitHub"] {
            let page = try await sample.send(.get, path, [session]).text
            #expect(page.contains("data-about=\"denied\""), "\(path)")
            #expect(page.contains("old version") && page.contains("value=\"ann\""), "\(path)")
        }
        let entity = try await sample.send(.get, "/entities/ip/192.0.2.7", [session]).text
        #expect(!entity.contains("data-testid=\"decision\""))
    }

    @Test func `what cannot be kept comes back as it was written, with what is wrong`() async throws {
        let sample = try sample()
        let session = try await sample.signIn(.analyst)
        let long = String(repeating: "x", count: WrittenLine.length + 1)
        for (fields, problem) in [
            ("state=denied&owner=\(long)&note=kept", "the owner must be"),
            ("state=denied&reason=\(long)&note=kept", "the reason must be"),
            ("state=denied&owner=a%0Ab&note=kept", "the owner must be"),
        ] {
            let answer = try await sample.sendForm(
                address("GitHub"), try await form(sample, session, fields), [session])
            #expect(answer.status == 400 && answer.text.contains(problem), "\(problem)")
            #expect(answer.text.contains("value=\"kept\"") && answer.text.contains("role=\"alert\""))
            #expect(answer.text.contains("<option value=\"denied\" selected"))
        }
        desk.problem.withLock { $0 = InventoryProblem("Not kept: the disk is full.") }
        let answer = try await sample.sendForm(
            address("GitHub"), try await form(sample, session, "state=denied"), [session])
        #expect(answer.status == 400 && answer.text.contains("the disk is full"))
        for path in [
            "/inventory/decision", "/inventory/decision?kind=mcp", "/inventory/decision?kind=mcp&item=",
            "/inventory/decision?kind=walls&item=a",
            address(String(repeating: "x", count: InventoryOrder.itemLength + 1)),
        ] {
            #expect(try await sample.send(.get, path, [session]).status == 404, "\(path)")
            let sent = try await sample.sendForm(path, try await form(sample, session, "state=denied"), [session])
            #expect(sent.status == 400, "\(path)")
        }
        let stateless = try await form(sample, session, "state=perhaps")
        #expect(try await sample.sendForm(address("GitHub"), stateless, [session]).status == 400)
        #expect(desk.made.isEmpty)
    }

    @Test func `a name that an attacker chose is decided about as it is, and is only text`() async throws {
        let sample = try sample()
        let session = try await sample.signIn(.analyst)
        let list = try await sample.send(.get, "/inventory?tab=mcp", [session]).text
        let link = address(Self.hostile).replacing("&", with: "&amp;")
        #expect(list.contains("href=\"\(link)\""))
        let page = try await sample.send(.get, address(Self.hostile), [session])
        #expect(page.status == 200 && page.text.contains("action=\"\(link)\""))
        // Names of rows are for scripts and tests, and are shown to nobody.
        for text in [list.replacing(/data-key="[^"]*"/, with: ""), page.text] {
            #expect(!text.contains("<script>alert") && !text.contains("\u{202E}") && text.contains("⟪RLO⟫"))
        }
        let body = try await form(sample, session, "state=denied")
        #expect(try await sample.sendForm(address(Self.hostile), body, [session]).status == 303)
        #expect(desk.made.map(\.order.item) == [Self.hostile])
    }

    @Test func `what a file says is not changed here`() async throws {
        desk.fixed.withLock { $0["github"] = InventoryEntries.Fixed(state: .approved, owner: "it") }
        let sample = try sample()
        let session = try await sample.signIn(.admin)
        let page = try await sample.send(.get, address("GitHub"), [session]).text
        #expect(page.contains("data-testid=\"fixed\"") && page.contains("list_mcp_approved.csv"))
        #expect(!page.contains("data-testid=\"decide\"") && page.contains("data-about=\"approved\""))
    }

    @Test func `the record says what was decided before`() async throws {
        func record(_ id: String, _ item: String, _ change: String) -> ListEngine.Event {
            let document: JSONValue = [
                "@timestamp": .string(RFC3339.text(.sample)), "user": ["name": "anna@example.com"],
                "event": ["id": .string(id), "dataset": "docket.access", "action": "inventory-decided"],
                "docket": [
                    "access": [
                        "list": "list_mcp_approved", "item": .string(item), "changes": .array([.string(change)]),
                        "reason": "because of <b>",
                    ]
                ],
            ]
            return ListEngine.Event(
                tenant: "default",
                hit: SearchHit(id: id, time: .sample, stream: "docket.access", document: Array(document.text.utf8)))
        }
        let sample = try sample([
            record("evt_1", "github", "state: unknown to approved"),
            record("evt_2", "linear", "state: unknown to denied"),
        ])
        let page = try await sample.send(.get, address("GitHub"), [try await sample.signIn(.viewer)]).text
        #expect(page.contains("state: unknown to approved") && page.contains("because of &lt;b&gt;"))
        #expect(page.contains("href=\"/events/evt_1\"") && !page.contains("evt_2"))
    }

    @Test func `domains are hosts of addresses, for everybody, and nothing else of an address is shown`() async throws {
        let addresses = ["https://Docs.Example.com:8443/hush?hush=1", "https://docs.example.com/", "no address"]
        let sample = try sample(
            addresses.enumerated().map { number, url in
                SessionEvents.document(
                    "claude_code", "tool_result", -50, session: "s-\(number)", sequence: number, [],
                    [.init("url", ["full": .string(url)]), .init("gen_ai", ["tool": ["name": "WebFetch"]])])
            })
        for role in Role.allCases {
            let page = try await sample.send(.get, "/inventory?tab=domains", [try await sample.signIn(role)]).text
            #expect(page.contains("<tr data-key=\"docs.example.com\">") && page.contains("WebFetch"), "\(role)")
            #expect(page.contains("data-key=\"uses\" data-value=\"2\"") && !page.contains("hush"), "\(role)")
            #expect(page.matches(of: /<tr data-key=/).count == 1, "\(role)")
        }
        let file = try await sample.send(.get, "/inventory.csv?tab=domains", [try await sample.signIn(.auditor)])
        #expect(file.text.contains("\r\ndomains,docs.example.com,unknown,") && !file.text.contains("hush"))
        #expect(InventoryKind.domains.name(of: "Docs.Example.com") == "docs.example.com")
    }

    @Test func `the inventory is taken as a file by who may take exports`() async throws {
        let sample = try sample([Self.server("GitHub"), Self.server("=cmd")])
        let analyst = try await sample.signIn(.analyst)
        let body = try await form(sample, analyst, "state=denied&owner=ann")
        #expect(try await sample.sendForm(address("GitHub"), body, [analyst]).status == 303)
        let file = try await sample.send(.get, "/inventory.csv?tab=mcp", [analyst])
        let lines = file.text.split(separator: "\r\n").map(String.init)
        #expect(lines.first?.hasPrefix("kind,item,state,owner,note,decided_by,decided,first_seen") == true)
        #expect(lines.contains { $0.hasPrefix("mcp,GitHub,denied,ann,,analyst,2026-10-08T") })
        #expect(lines.contains { $0.hasPrefix("mcp,'=cmd,unknown,") })
        let other = try await sample.send(.get, "/inventory.ndjson?tab=mcp", [analyst])
        #expect(other.headers["content-type"] == "application/x-ndjson")
        let objects = try other.text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(objects.map { $0.value(at: "item")?.string } == ["=cmd", "GitHub"])
        #expect(objects.last?.value(at: "state")?.string == "denied" && objects.last?.value(at: "events")?.integer == 1)
        #expect(objects.last?.value(at: "note") == nil && objects.last?.value(at: "drift") == nil)
        #expect(try await sample.send(.get, "/inventory?tab=mcp", [analyst]).text.contains("/inventory.ndjson?"))
        #expect(sample.journal.acts(.export).map(\.format) == ["csv", "ndjson"])
        let viewer = try await sample.signIn(.viewer)
        #expect(try await sample.send(.get, "/inventory.csv?tab=mcp", [viewer]).status == 403)
        #expect(try await !sample.send(.get, "/inventory?tab=mcp", [viewer]).text.contains("inventory.csv"))
    }
}
