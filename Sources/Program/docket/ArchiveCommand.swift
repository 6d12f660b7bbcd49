import Archive
import ArchiveFormat
import Events
import Integrity
import Platform
import Server

/// `docket archive`: what is in the archive, whether it is what it was, and back from it.
struct ArchiveCommand: Command {
    static let name = "archive"
    static let summary = "List, verify and restore the archive."
    static let help = """
        docket archive list [PLACE OPTIONS]
        docket archive verify [--no-keys] [PLACE OPTIONS]
        docket archive restore --into DIR [PLACE OPTIONS]
        docket archive restore --ndjson [PLACE OPTIONS]
        docket archive drill [--objects N] [PLACE OPTIONS]

        list      shows what is archived, object by object
        verify    compares every object with its manifest, its leaves and the checkpoint that was signed, and every
                  record with what its leaf commits to; it names the first that is not what it was
        restore   makes a new data directory with the same records under the same numbers, and its logs; or writes
                  the records to standard output
        drill     verifies some objects by chance and has the server write down what came of it

        --no-keys        do not open records: whoever has no keys can verify all the rest
        --into DIR       a directory that is not there yet
        --objects N      default: 3
        \(ArchiveOptions.help)

        Exit: 0 as it was, 1 something was changed or is missing, 2 could not tell
        """

    private enum Action {
        case list
        case verify(opens: Bool)
        case restore(into: String)
        case write
        case drill(Int)
    }

    private let action: Action
    private let options: ArchiveOptions

    init(_ words: inout Words) throws {
        let word = words.first() ?? ""
        switch word {
        case "list": action = .list
        case "verify": action = .verify(opens: !words.flag("--no-keys"))
        case "restore":
            if words.flag("--ndjson") {
                action = .write
            } else {
                guard let folder = try words.option("--into") else { throw WrongUse("where? --into DIR or --ndjson") }
                action = .restore(into: folder)
            }
        case "drill":
            let text = try words.option("--objects") ?? "3"
            guard let count = Int(text), (1...1_000_000).contains(count) else {
                throw WrongUse("--objects must be a number")
            }
            action = .drill(count)
        default:
            throw WrongUse("list, verify, restore or drill\(word.isEmpty ? "" : "; there is no `\(word)`")")
        }
        options = try ArchiveOptions(&words)
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            switch action {
            case .list: return try list(terminal)
            case .verify(let opens): return try verify(terminal, opens: opens)
            case .restore(let folder): return try restore(terminal, folder)
            case .write: return try write(terminal)
            case .drill(let count): return try drill(terminal, count)
            }
        } catch ArchiveProblem.changed(let finding) {
            terminal.out("CHANGED: \(finding)")
            return .refuted
        } catch {
            terminal.error("docket archive: \(error)")
            return .couldNot
        }
    }

    // MARK: Looking

    private func list(_ terminal: Terminal) throws -> ExitCode {
        let reader = ArchiveReader(options.archive.target(clock: options.options.clock))
        var order = ArchiveSequence()
        var findings: [ArchiveFinding] = []
        for name in try reader.manifests(tenant: options.tenant?.text) {
            if let finding = order.follow(name) { findings.append(finding) }
            let manifest = try reader.manifest(name)
            let until = manifest.retainUntil.map { ", kept until \(RFC3339.text($0))" } ?? ""
            terminal.out(
                "\(name.object)  \(name.records.count) records, \(manifest.size) bytes\(until)"
                    + (manifest.isHeld ? ", held" : ""))
        }
        for finding in findings { terminal.out("\(finding)") }
        for name in try reader.unfinished() { terminal.out("\(name)  not archived: it has no manifest") }
        return findings.isEmpty ? .done : .refuted
    }

    private func verify(_ terminal: Terminal, opens: Bool) throws -> ExitCode {
        let audit = try options.audit(opens: opens)
        var order = ArchiveSequence()
        let names = try audit.reader.manifests(tenant: options.tenant?.text)
        var bar = ProgressBar("objects", of: names.count)
        defer { bar.end(terminal) }
        for (place, name) in names.enumerated() {
            if let finding = order.follow(name) { throw ArchiveProblem.changed(finding) }
            _ = try audit.verify(name, needsKeys: audit.hasKeys)
            bar.show(place + 1, terminal)
        }
        let counts = audit.counts
        guard counts.objects > 0 else { throw StartError("there is nothing in the archive") }
        let empty = counts.empty == 0 ? "" : ", \(counts.empty) without content"
        let opened =
            audit.hasKeys
            ? ", \(counts.opened) opened and compared"
            : "; without keys, what is sealed was compared with the digests of the manifests alone"
        terminal.out("\(counts.objects) objects, \(counts.records) records\(empty)\(opened): nothing was changed")
        return .done
    }

    // MARK: Back

    private func restore(_ terminal: Terminal, _ folder: String) throws -> ExitCode {
        let audit = try options.audit(opens: true)
        let restore = ArchiveRestore(audit, into: folder, clock: options.options.clock)
        let result = try restore.run(tenant: options.tenant?.text)
        for (tenant, count) in result.records.sorted(by: { $0.key < $1.key }) {
            let proven = result.proven[tenant] ?? 0
            let proof =
                proven == 0
                ? "the only checkpoint is newer than the archive; what was restored was verified with it"
                : "a checkpoint proves the first \(proven)"
            terminal.out("tenant \(tenant): \(count) records; \(proof)")
        }
        if result.withoutContent > 0 {
            terminal.out("\(result.withoutContent) of them without content, \(result.withoutKey) for want of a key")
        }
        terminal.out(
            "Check it with `docket verify --data \(folder) --key VKEY`. Tokens and the signer's key are not in an archive."
        )
        return .done
    }

    private func write(_ terminal: Terminal) throws -> ExitCode {
        let audit = try options.audit(opens: true)
        for name in try audit.reader.manifests(tenant: options.tenant?.text) {
            _ = try audit.verify(name, needsKeys: false) { record throws(ArchiveFinding) in
                terminal.out(line: RestoredLine.bytes(record))
            }
        }
        return .done
    }

    // MARK: Drill

    private func drill(_ terminal: Terminal, _ count: Int) throws -> ExitCode {
        let audit = try options.audit(opens: true)
        var names = try audit.reader.manifests(tenant: options.tenant?.text)
        guard !names.isEmpty else { throw StartError("there is nothing in the archive") }
        var generator = SystemRandomNumberGenerator()
        names.shuffle(using: &generator)
        var drills: [String: ArchiveDrill] = [:]
        for name in names.prefix(count) {
            let before = audit.counts.records
            var drill = drills[name.tenant] ?? ArchiveDrill(tenant: name.tenant)
            do throws(ArchiveProblem) {
                _ = try audit.verify(name, needsKeys: audit.hasKeys)
                drill.verified += 1
            } catch {
                guard case .changed(let finding) = error else { throw error }
                drill.findings.append("\(finding)")
            }
            drill.records += audit.counts.records - before
            drills[name.tenant] = drill
        }
        // A tenant is told of its own objects alone.
        for (_, drill) in drills.sorted(by: { $0.key < $1.key }) {
            try drill.leave(in: options.options.data, now: options.options.clock.now())
            for finding in drill.findings { terminal.out("CHANGED: \(finding)") }
            terminal.out("\(drill.tenant): \(drill.message)")
        }
        return drills.values.allSatisfy(\.findings.isEmpty) ? .done : .refuted
    }
}
