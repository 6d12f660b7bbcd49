import Codecs
import Holds
import Integrity
import Network
import Platform
import Server

/// `docket hold`: what people wrote is kept for a legal dispute, when two others agree.
struct HoldCommand: Command {
    static let name = "hold"
    static let summary = "Hold what people wrote for a legal dispute."
    static let help = """
        docket hold request --user ID|ADDRESS … --from TIME --until TIME --reason TEXT [--content chats,files]
                            [--expires TIME] --url URL
        docket hold approve|refuse|resume|release ID --url URL
        docket hold list --url URL
        docket hold show ID --url URL
        docket hold verify FOLDER [--manifest SHA256]
        docket hold open FOLDER --identity FILE --to FOLDER

        request   asks for an order; two other credentials must approve it before anything is read
          --user U          whose content, may be said several times: an id (user_…) or an e-mail address
          --from, --until   what was said in this time: 2026-10-01 or 2026-10-01T08:00:00Z
          --content LIST    chats, files; default: both
          --expires TIME    how long it may take, such as 30d; default: 30d
          --reason TEXT     on what ground; it goes into the record
        refuse    ends an order that is not carried out yet
        resume    goes on with one that failed, after what it names was mended
        release   ends the hold; what is sealed stays where it is
        verify    whether all that an order sealed is there and as it was; --manifest is what the record has of it
        open      opens it with the key of a recipient, to a folder that is made

        --url URL         the server, with a token of the use `hold` in DOCKET_TOKEN
        --authority FILE  PEM: whom to trust with https instead of the system's authorities

        FOLDER is that of the order below legal_hold.archive. What is opened lies there in clear: take it away after use.
        Exit: 0 done; 1 the server refused, or it is not as it was; 2 could not
        """

    private enum Action {
        case ask(HTTPMethod, String, JSONValue?)
        case list
        case verify(String, manifest: String?)
        case open(String, identity: String, to: String)
    }

    private let action: Action
    private let url: String
    private let authority: String?

    private static let names = ["request", "approve", "refuse", "resume", "release", "list", "show", "verify", "open"]

    init(_ words: inout Words) throws {
        guard let name = words.first() else { throw WrongUse("what? \(Self.names.joined(separator: ", "))") }
        let isLocal = name == "verify" || name == "open"
        url = isLocal ? "" : try words.option("--url") ?? ""
        authority = try words.option("--authority")
        guard isLocal || url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw WrongUse("which server? --url http://127.0.0.1:8600")
        }
        switch name {
        case "request": action = .ask(.post, "", try Self.wish(&words))
        case "list": action = .list
        case "show": action = .ask(.get, "/\(try Self.one("order", &words))", nil)
        case "approve", "refuse", "resume", "release":
            action = .ask(.post, "/\(try Self.one("order", &words))/\(name)", nil)
        case "verify":
            let manifest = try words.option("--manifest")
            action = .verify(try Self.one("folder", &words), manifest: manifest)
        case "open":
            guard let identity = try words.option("--identity") else {
                throw WrongUse("with which key? --identity FILE")
            }
            guard let to = try words.option("--to") else { throw WrongUse("where to? --to FOLDER") }
            action = .open(try Self.one("folder", &words), identity: identity, to: to)
        default: throw WrongUse("there is no `\(name)`\(Words.didYouMean(name, Self.names))")
        }
    }

    private static func one(_ what: String, _ words: inout Words) throws(WrongUse) -> String {
        let rest = try words.rest()
        guard rest.count == 1, !rest[0].isEmpty else { throw WrongUse("which \(what)? say one") }
        return rest[0].hasSuffix("/") ? String(rest[0].dropLast()) : rest[0]
    }

    private static func wish(_ words: inout Words) throws -> JSONValue {
        var people: [JSONValue] = []
        while let person = try words.option("--user") { people.append(.string(person)) }
        guard !people.isEmpty else { throw WrongUse("whose content? --user ID") }
        func moment(_ name: String) throws(WrongUse) -> JSONValue {
            guard let text = try words.option(name),
                let moment = RFC3339.parse(text.utf8) ?? RFC3339.parse("\(text)T00:00:00Z".utf8)
            else { throw WrongUse("\(name) must be a time such as 2026-10-01 or 2026-10-01T08:00:00Z") }
            return .string(RFC3339.text(moment, digits: 6))
        }
        let (from, until) = (try moment("--from"), try moment("--until"))
        guard let reason = try words.option("--reason") else { throw WrongUse("on what ground? --reason TEXT") }
        let content = try words.option("--content") ?? "chats,files"
        let expires = try DataOptions.clock().now() + (try words.span("--expires") ?? .days(30))
        return [
            "reason": .string(reason), "expires": .string(RFC3339.text(expires, digits: 6)),
            "scope": [
                "people": .array(people), "from": from, "until": until,
                "content": .array(content.split(separator: ",").map { .string(String($0)) }),
            ],
        ]
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            switch action {
            case .ask(let method, let path, let body):
                guard let answer = try ask(method, path, body, terminal) else { return .refuted }
                tell(answer, terminal)
            case .list:
                guard let answer = try ask(.get, "", nil, terminal) else { return .refuted }
                list(answer["holds"]?.array ?? [], terminal)
            case .verify(let folder, let manifest): return try verify(folder, manifest, terminal)
            case .open(let folder, let identity, let to): try open(folder, identity, to, terminal)
            }
            return .done
        } catch {
            terminal.error("docket hold: \(error)")
            return .couldNot
        }
    }

    // MARK: The server

    /// - Returns: `nil` when the server refused, which was said.
    private func ask(
        _ method: HTTPMethod, _ path: String, _ body: JSONValue?, _ terminal: Terminal
    ) throws -> JSONValue? {
        guard let token = Environment["DOCKET_TOKEN"] else {
            throw StartError("DOCKET_TOKEN in the environment must hold a token of the use `hold`")
        }
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        var request = HTTPClientRequest(
            method, "\(base)/api/v1/holds\(path)",
            headers: ["authorization": "Bearer \(token)", "content-type": "application/json"],
            body: body.map { Array($0.text.utf8) } ?? [])
        request.tls.authorityFile = authority
        let response = try HTTPClient().sendBlocking(request)
        let answer = try? JSONValue(parsing: response.body)
        guard response.status == 200, let answer else {
            terminal.error(
                "docket hold: \(answer?["error"]?["message"]?.string ?? "the server answered \(response.status)")")
            return nil
        }
        return answer
    }

    private func tell(_ order: JSONValue, _ terminal: Terminal) {
        func text(_ name: String) -> String { order[name]?.string ?? "" }
        terminal.out("\(text("id")) is \(text("state"))")
        if let failure = order["failure"]?.string { terminal.out("  why       \(failure)") }
        terminal.out("  reason    \(text("reason"))")
        let people = order["scope"]?["people"]?.array?.compactMap(\.string) ?? []
        let content = order["scope"]?["content"]?.array?.compactMap(\.string) ?? []
        terminal.out("  of        \(people.joined(separator: ", ")): \(content.joined(separator: ", "))")
        let scope = order["scope"]
        terminal.out("  said      \(scope?["from"]?.string ?? "") to \(scope?["until"]?.string ?? "")")
        let approved = order["approved"]?.array?.compactMap { $0["credential"]?.string } ?? []
        terminal.out("  asked by  \(order["requested"]?["credential"]?.string ?? "")")
        let missing = max(0, HoldOrder.approvals - approved.count)
        let rest = missing > 0 && text("state") == "requested" ? "\(missing) more must" : ""
        terminal.out("  approved  \((approved + [rest]).filter { !$0.isEmpty }.joined(separator: ", "))")
        terminal.out("  expires   \(text("expires"))")
        func count(_ name: String) -> Int64 { order[name]?.integer ?? 0 }
        terminal.out("  sealed    \(count("objects")) objects, \(count("bytes")) bytes")
        terminal.out("  missing   \(count("missing"))")
        if let manifest = order["manifest"]?.string { terminal.out("  manifest  \(manifest)") }
    }

    private func list(_ orders: [JSONValue], _ terminal: Terminal) {
        let rows = orders.map { order in
            [
                order["id"]?.string ?? "", order["state"]?.string ?? "", order["requested"]?["time"]?.string ?? "",
                String(order["objects"]?.integer ?? 0), order["reason"]?.string ?? "",
            ]
        }
        let head = ["order", "state", "requested", "objects", "reason"]
        for line in TextTable([head] + rows).lines { terminal.out(line) }
    }

    // MARK: The archive

    private func verify(_ folder: String, _ manifest: String?, _ terminal: Terminal) throws -> ExitCode {
        let reading = try HoldReading(folder: folder)
        var flaws = try reading.flaws()
        let digest = reading.manifest.digest.hexadecimal
        if let manifest, manifest.lowercased() != digest { flaws.append("the list is another than the record has") }
        for flaw in flaws { terminal.error("docket hold: \(flaw)") }
        guard flaws.isEmpty else { return .refuted }
        terminal.out("\(reading.manifest.objects.count { $0.sealed != nil }) objects are as they were sealed")
        terminal.out(
            "manifest \(digest)\(manifest == nil ? "; compare it with the record: docket.content_hold.manifest" : "")")
        return .done
    }

    private func open(_ folder: String, _ identityFile: String, _ to: String, _ terminal: Terminal) throws {
        let reading = try HoldReading(folder: folder)
        let text = String(decoding: try Input.bytes(identityFile, limit: 1 << 20), as: UTF8.self)
        guard case .success(let identities) = AgeIdentity.all(in: text) else {
            throw InputError("\(identityFile): these are no keys that `age-keygen` wrote (AGE-SECRET-KEY-1…)")
        }
        try FolderDisk.makeFolder(to)
        let disk = FolderDisk(folder: to)
        var count = 0
        for object in reading.manifest.objects {
            guard let sealed = object.sealed else { continue }
            let content = try reading.open(sealed, with: identities)
            try disk.replace(object.openName(sealed), with: content)
            count += 1
        }
        let missing = reading.manifest.objects.count { $0.missing != nil }
        terminal.out("\(count) objects were opened to \(to); \(missing) are missing, as \(HoldManifest.file) says")
    }
}

extension HoldObject {
    /// What it is called once it is open: its number, what it is, and of what; an id is never a path.
    fileprivate func openName(_ sealed: Sealed) -> String {
        let number = sealed.name.prefix { $0 != "." }
        let letters = (id ?? chat).map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "-" }
        let id = String(letters.prefix(100))
        let end = kind == .chat || kind == .messages ? ".json" : ""
        return "\(number)-\(kind.rawValue)-\(id)\(end)"
    }
}
