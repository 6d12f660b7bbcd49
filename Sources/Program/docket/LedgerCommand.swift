import Events
import Integrity
import Ledger
import Platform
import Server

/// `docket ledger`: the log of a tenant for others to read.
struct LedgerCommand: Command {
    static let name = "ledger"
    static let summary = "Show the checkpoints of a log, or write it as tiles."
    static let help = """
        docket ledger checkpoints [--tenant T] [--data DIR]
        docket ledger export FOLDER [--tenant T] [--data DIR]

        checkpoints   sizes and roots that were signed: of each minute in which records came the last, and the last
        export        writes the log as files that other programs read (C2SP tlog-tiles): `checkpoint`, `tile/…`,
                      `tile/entries/…`. The folder may be served as it is. Again into the same folder, it adds what
                      is new

        --tenant T    whose log; default: default
        --data DIR    the data directory; it is only read, also beside a server
        Entries are leaves: they say of no person who it is. See docs/formats/log.md.
        Exit: 0 done, 1 there is no checkpoint yet, 2 could not tell
        """

    private enum Wish {
        case checkpoints
        case export(String)
    }

    private let wish: Wish
    private let tenant: TenantName
    private let data: String

    init(_ words: inout Words) throws {
        let name = try words.option("--tenant") ?? "default"
        guard let tenant = TenantName(name) else { throw WrongUse("`\(name)` is not the name of a tenant") }
        self.tenant = tenant
        data = try DataOptions(&words).data
        let rest = try words.rest()
        switch (rest.first, rest.count) {
        case ("checkpoints", 1): wish = .checkpoints
        case ("export", 2): wish = .export(rest[1].hasSuffix("/") ? String(rest[1].dropLast()) : rest[1])
        case ("export", _): throw WrongUse("where to? docket ledger export FOLDER")
        default: throw WrongUse("what? checkpoints or export")
        }
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do throws(StartError) {
            let evidence = try Evidence(data: data, log: Log("ledger", least: .error))
            let log = try evidence.log(of: tenant)
            guard log.checkpoint != nil else {
                terminal.error("docket ledger: no checkpoint of `\(tenant)` is signed yet")
                return .refuted
            }
            switch wish {
            case .checkpoints:
                for (size, note) in try evidence.kept(of: log) {
                    guard let root = Checkpoint(text: note.text)?.root else { continue }
                    terminal.out("\(size)  \(root.base64)")
                }
            case .export(let folder):
                let size = try evidence.exportTiles(of: log, to: folder)
                terminal.out("\(size) records of \(log.origin)")
            }
            return .done
        } catch {
            terminal.error("docket ledger: \(error)")
            return .couldNot
        }
    }
}
