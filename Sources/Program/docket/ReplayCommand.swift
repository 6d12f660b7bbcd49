import Codecs
import Events
import Pipeline
import Platform
import Server

/// `docket replay`: what the past would look like if it came in today.
struct ReplayCommand: Command {
    static let name = "replay"
    static let summary = "Map records of the past anew."
    static let help = """
        docket replay --from TIME --to TIME [--archive PLACE] [--schema SCHEMA] [PLACE OPTIONS]
        docket replay --from TIME --to TIME --into store [--archive PLACE] [PLACE OPTIONS]

        Runs the records that were accepted in this time, from the first moment up to but not including the second,
        through today's mapping and writes documents to standard output, one a line. They come from the journal of
        the data directory, also beside a server, or from an archive, each object verified first.

        --from TIME       such as 2026-10-08T08:15:18Z, or 90d for as long ago
        --to TIME         likewise; now
        --schema SCHEMA   ecs, ocsf, cim; default: ecs
        --into store      put the documents into the places of those that the store has of the same records; the
                          server of the data directory must be stopped
        \(ArchiveOptions.help)

        Exit: 0 done, 2 could not
        """

    private let range: Range<Timestamp>
    private let schema: Schema
    private let isIntoStore: Bool
    private let archive: ArchiveOptions?
    private let options: DataOptions
    private let tenant: TenantName?

    init(_ words: inout Words) throws {
        let now = try DataOptions.clock().now()
        guard let from = try words.option("--from"), let to = try words.option("--to") else {
            throw WrongUse("of what time? --from TIME --to TIME")
        }
        let (start, end) = (try Self.moment(from, now), try Self.moment(to, now))
        guard start < end else { throw WrongUse("--from must be before --to") }
        range = start..<end
        let target = try words.option("--into")
        guard target == nil || target == "store" else { throw WrongUse("--into must be `store`") }
        isIntoStore = target != nil
        let name = try words.option("--schema") ?? "ecs"
        guard let schema = Schema(rawValue: name) else {
            throw WrongUse("there is no schema `\(name)`\(Words.didYouMean(name, Schema.allCases.map(\.rawValue)))")
        }
        guard !isIntoStore || schema == .ecs else { throw WrongUse("the store has documents in ecs alone") }
        self.schema = schema
        if words.has("--archive") {
            let archive = try ArchiveOptions(&words)
            self.archive = archive
            options = archive.options
            tenant = archive.tenant
        } else {
            archive = nil
            tenant = try words.option("--tenant").map { name throws(WrongUse) in
                guard let tenant = TenantName(name) else { throw WrongUse("`\(name)` is not the name of a tenant") }
                return tenant
            }
            options = try DataOptions(&words)
        }
    }

    private static func moment(_ text: String, _ now: Timestamp) throws(WrongUse) -> Timestamp {
        if text == "now" { return now }
        if let span = Timestamp.Span(text) { return now - span }
        guard let moment = RFC3339.parse(text.utf8) else {
            throw WrongUse("`\(text)` is not a time such as 2026-10-08T08:15:18Z, 90d or now")
        }
        return moment
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do throws(StartError) {
            let log = Log("replay", least: .error)
            let replay = Replay(
                range, tenant: tenant, configuration: options.configuration, clock: options.clock, log: log)
            let source: Replay.Source =
                if let archive { .archive(try archive.audit(opens: true)) } else { .journal(of: options.data) }
            if isIntoStore {
                let result = try options.flow(least: .error).replay(replay, of: source)
                terminal.out("\(replay.records) records; \(result.added) documents in the places of \(result.removed)")
                return .done
            }
            var writer = SchemaWriter(schema)
            var out = ByteBuffer(capacity: 1 << 16)
            try replay.documents(of: source, log: log) { _, document in
                out.removeAll()
                writer.write(document, to: &out)
                terminal.out(line: out.array)
            }
            return .done
        } catch {
            terminal.error("docket replay: \(error)")
            return .couldNot
        }
    }
}
