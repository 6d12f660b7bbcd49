import Codecs
import Events
import Platform
import Server

/// `docket erase`: what records say is taken away, and the record says that it was.
struct EraseCommand: Command {
    static let name = "erase"
    static let summary = "Erase what records say, and say so in the record."
    static let help = """
        docket erase (--event ID | --user NAME | --query KQL) --reason TEXT [--yes] [options]

        --event ID       the record of one event
        --user NAME      all records of a person: name, e-mail address or id, as in `related.user`
        --query KQL      all records whose events a query finds
        --reason TEXT    the ground, such as 'Art. 17 GDPR, request 2026-114'; it goes into the record, so it must not
                         say whose data it was
        --requester NAME who asked for it, for the record; default: the user of this process
        --tenant T       whose records; default: default
        --yes            do it; without it, only what would be erased is counted
        \(DataOptions.help)

        Gone are the bytes in the journal, the documents in the store, and the seeds without which nobody can tell
        what a leaf commits to. Leaves, and all proofs of other records, stay as they are. Copies that were
        delivered elsewhere, and backups of the data directory, are out of reach.

        Works beside a server, which then carries it out, and without one.
        Exit: 0 erased, or counted; 1 there is no such record; 2 could not
        """

    private let order: ErasureOrder
    private let options: DataOptions

    init(_ words: inout Words) throws {
        let queries = [
            try words.option("--event").map { "event.id: \(Self.quoted($0))" },
            try words.option("--user").map { "related.user: \(Self.quoted($0)) or user.id: \(Self.quoted($0))" },
            try words.option("--query"),
        ].compactMap { $0 }
        let name = try words.option("--tenant") ?? "default"
        guard let tenant = TenantName(name) else { throw WrongUse("`\(name)` is not the name of a tenant") }
        let reason = try words.option("--reason") ?? ""
        let requester = try words.option("--requester") ?? Environment["USER"] ?? "uid \(LocalSocket.ownUser)"
        let isTrial = !words.flag("--yes")
        options = try DataOptions(&words)
        if let word = try words.rest().first { throw WrongUse("`\(word)` is one word too many") }
        guard queries.count == 1, !queries[0].isEmpty else {
            throw WrongUse("which records? One of --event, --user, --query")
        }
        guard !reason.isEmpty || isTrial else { throw WrongUse("--reason must say on what ground, for the record") }
        order = ErasureOrder(
            tenant: tenant, query: queries[0], reason: reason, requester: requester, isTrial: isTrial)
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            guard FolderDisk.isFolder(options.data) else {
                throw StartError("there is no data directory `\(options.data)`; --data says where it is")
            }
            let folder = ErasureFolder(data: options.data)
            try folder.place(order)
            return tell(try carryOut(folder), terminal)
        } catch {
            terminal.error("docket erase: \(error)")
            return .couldNot
        }
    }

    private func carryOut(_ folder: ErasureFolder) throws -> ErasureResult {
        if Flow.isRunning(data: options.data) {
            return try wait(folder) {
                guard !Flow.isRunning(data: options.data) else { return }
                throw StartError("the server has ended; the order stays, and its next start carries it out")
            }
        }
        do {
            let flow = try options.flow(least: .warning)
            defer { flow.stop() }
            try flow.work()
            return try wait(folder) {}
        } catch {
            try folder.withdraw(order)
            throw error
        }
    }

    /// However long it takes: who does not want to wait may go, and the order stays.
    private func wait(_ folder: ErasureFolder, _ look: () throws -> Void) throws -> ErasureResult {
        let nothing = Waitable(())
        for turn in 1... {
            if let result = try folder.result(of: order) { return result }
            if turn % 30 == 0 { try look() }
            _ = nothing.wait(atMost: .milliseconds(100)) { _ in nil as Bool? }
        }
        preconditionFailure("there is always a next number")
    }

    private func tell(_ result: ErasureResult, _ terminal: Terminal) -> ExitCode {
        if let failure = result.failure {
            terminal.error("docket erase: \(failure)")
            return .couldNot
        }
        if result.records == 0 {
            terminal.out("there is no such record")
            return .refuted
        }
        if order.isTrial {
            terminal.out(
                "\(result.records) records with \(result.documents) events would be erased; nothing was done. "
                    + "Say --yes and a --reason to erase them.")
        } else {
            terminal.out(
                "\(result.records) records with \(result.documents) events are erased, and the record says so: "
                    + "event.action: erasure and docket.erasure.order: \(order.id)")
        }
        return .done
    }
}
