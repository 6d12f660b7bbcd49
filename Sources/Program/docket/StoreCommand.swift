import Events
import Platform
import Query
import Server
import Store

/// `docket store`: what there is to search, how long it stays, and how it is made anew.
struct StoreCommand: Command {
    static let name = "store"
    static let summary = "Look at the store, put its files in order, delete what is old, build it anew."
    static let help = """
        docket store status [options]
        docket store compact | retain | rebuild [options]
        docket store holds [--tenant T] [options]
        docket store hold --streams PATTERNS --reason TEXT [--user NAME] [--from TIME] [--to TIME] [--tenant T] [options]
        docket store release ID --reason TEXT [options]

        status     tenants, streams, documents, files; also beside a server
        compact    merge the files that are worth it; a server does it by itself
        retain     delete what `store.retention` says is too old; a server does it once an hour
        rebuild    make the store anew from the journal; what was deleted for its age stays deleted
        holds      legal holds: documents that stay whatever their age is
        hold       place one; the record says so
        release    end one; the record says so

        --streams PATTERNS such as 'logs-claude_code.*'; '*' for all
        --user NAME        documents of a person: name, e-mail address or id; without it, of all
        --from TIME        documents from this moment on, such as 2026-10-08T08:15:18Z; --to: and before that one
        --reason TEXT      the ground, for the record
        --requester NAME   who asked for it, for the record; default: the user of this process
        --tenant T         default: default
        \(DataOptions.help)

        compact, retain and rebuild need the server of the data directory to be stopped; the others do not.
        Exit: 0 done; 1 there is no such hold; 2 could not
        """

    private enum Action {
        case status, compact, retain, rebuild
        case holds(TenantName?)
        case hold(LegalHold)
        case release(String, reason: String, requester: String)
    }

    private static let actions = ["status", "compact", "retain", "rebuild", "holds", "hold", "release"]
    private let action: Action
    private let options: DataOptions

    init(_ words: inout Words) throws {
        guard let word = words.first() else { throw WrongUse("do what? \(Self.actions.joined(separator: ", "))") }
        switch word {
        case "status": action = .status
        case "compact": action = .compact
        case "retain": action = .retain
        case "rebuild": action = .rebuild
        case "holds": action = .holds(words.has("--tenant") ? try Self.tenant(&words) : nil)
        case "hold": action = .hold(try Self.hold(&words))
        case "release":
            let reason = try Self.reason(&words)
            let requester = try Self.requester(&words)
            options = try DataOptions(&words)
            let ids = try words.rest()
            guard ids.count == 1, ids[0].allSatisfy(\.isHexDigit) else {
                throw WrongUse("which hold? `docket store holds` lists their ids")
            }
            action = .release(ids[0], reason: reason, requester: requester)
            return
        default: throw WrongUse("`\(word)` is nothing to do\(Words.didYouMean(word, Self.actions))")
        }
        options = try DataOptions(&words)
        if let word = try words.rest().first { throw WrongUse("`\(word)` is one word too many") }
    }

    private static func hold(_ words: inout Words) throws -> LegalHold {
        guard let streams = try words.option("--streams"), !streams.isEmpty else {
            throw WrongUse("of which streams? --streams 'logs-claude_code.*', or '*' for all")
        }
        if let unknown = StreamPatterns(streams).unknown().first {
            let hint = unknown.suggestion.map { "; did you mean `\($0)`?" } ?? ""
            throw WrongUse("there is no stream `\(unknown.name)`\(hint)")
        }
        let (from, to) = (try moment("--from", &words), try moment("--to", &words))
        if let from, let to, from >= to { throw WrongUse("--from must be before --to") }
        return LegalHold(
            tenant: try tenant(&words), streams: streams, person: try words.option("--user"), from: from, to: to,
            reason: try reason(&words), requester: try requester(&words))
    }

    private static func tenant(_ words: inout Words) throws -> TenantName {
        let name = try words.option("--tenant") ?? "default"
        guard let tenant = TenantName(name) else { throw WrongUse("`\(name)` is not the name of a tenant") }
        return tenant
    }

    private static func reason(_ words: inout Words) throws -> String {
        guard let reason = try words.option("--reason"), !reason.isEmpty else {
            throw WrongUse("--reason must say on what ground, for the record")
        }
        return reason
    }

    private static func requester(_ words: inout Words) throws -> String {
        try words.option("--requester") ?? Environment["USER"] ?? "uid \(LocalSocket.ownUser)"
    }

    private static func moment(_ name: String, _ words: inout Words) throws -> Timestamp? {
        guard let text = try words.option(name) else { return nil }
        guard let moment = RFC3339.parse(text.utf8) else {
            throw WrongUse("\(name) must be a time such as 2026-10-08T08:15:18Z")
        }
        return moment
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            guard FolderDisk.isFolder(options.data) else {
                throw StartError("there is no data directory `\(options.data)`; --data says where it is")
            }
            return try carryOut(terminal)
        } catch {
            terminal.error("docket store: \(error)")
            return .couldNot
        }
    }

    private func carryOut(_ terminal: Terminal) throws -> ExitCode {
        switch action {
        case .status: try status(terminal)
        case .compact:
            try options.flow(least: .warning).compact()
            try status(terminal)
        case .retain:
            let deleted = try options.flow(least: .error).retain()
            for rows in deleted {
                terminal.out(
                    "\(rows.tenant) \(rows.stream): \(rows.rows) documents older than \(RFC3339.text(rows.before)) are deleted"
                )
            }
            if deleted.isEmpty { terminal.out("nothing is too old") }
        case .rebuild: try rebuild(terminal)
        case .holds(let tenant):
            for hold in try HoldFolder(data: options.data).holds() where tenant == nil || hold.tenant == tenant {
                terminal.out(Self.line(hold))
            }
        case .hold(let hold):
            try HoldFolder(data: options.data).place(hold)
            terminal.out("\(hold.facts.id): held from now on; the record says so when a server runs")
        case .release(let id, let reason, let requester):
            guard try HoldFolder(data: options.data).release(id, reason: reason, requester: requester) else {
                terminal.out("there is no hold `\(id)`")
                return .refuted
            }
            terminal.out("\(id): ends when the record says so, which a server sees to")
        }
        return .done
    }

    private static func line(_ hold: LegalHold) -> String {
        var line = "\(hold.facts.id)  \(hold.tenant)  \(hold.facts.streams)"
        if let person = hold.facts.person { line += "  of \(person)" }
        if let from = hold.facts.from { line += "  from \(RFC3339.text(from))" }
        if let to = hold.facts.to { line += "  to \(RFC3339.text(to))" }
        return line + "  \(hold.facts.reason)"
    }

    private func status(_ terminal: Terminal) throws {
        guard let status = try StoreFolder(path: "\(options.data)/store").status() else {
            terminal.out("there is no store yet")
            return
        }
        let head = ["tenant", "stream", "documents", "files", "bytes", "each", "first", "last", "deleted before"]
        let rows = status.parts.map { part in
            [
                "\(part.tenant)", "\(part.stream)", "\(part.rows)", "\(part.files)", "\(part.bytes)",
                "\(part.bytes / max(1, part.rows))", RFC3339.text(part.earliest), RFC3339.text(part.latest),
                part.deletedBefore.map { RFC3339.text($0) } ?? "",
            ]
        }
        for line in TextTable([head] + rows).lines { terminal.out(line) }
        terminal.out("the journal is in files up to segment \(status.position.segment), byte \(status.position.offset)")
    }

    private func rebuild(_ terminal: Terminal) throws {
        let clock = options.clock
        var bar = ProgressBar("records", of: nil, clock: clock)
        try Flow.rebuild(
            data: options.data, configuration: options.configuration, clock: clock,
            log: Log("docket", least: .warning)
        ) { bar.show($0, share: $1, terminal) }
        bar.end(terminal)
        try status(terminal)
    }
}
