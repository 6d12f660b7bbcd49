import Codecs
import Events
import Intake
import Platform
import Query
import Server

/// `docket report`: what the record says of itself.
struct ReportCommand: Command {
    static let name = "report"
    static let summary = "Show hour by hour what came of each source, and what is missing."
    static let help = """
        docket report coverage [options] [--data DIR]

        For each source and hour: how many events the source has listed, how many are in the journal, late ones,
        duplicates, and for each gap its cause. Made of the journal alone; it is only read, also beside a server.

        --from TIME, --to TIME   2026-10-08, 2026-10-08T08:15:18Z, now-24h, now/d; default: the last 24 hours
        --source NAME            one source only
        --tenant NAME            one tenant only
        --gaps                   only hours with a gap
        --format F               table, csv or json (one object a line)
        \(DataOptions.help)

        See docs/guides/coverage.md.
        Exit: 0 there is no gap, 1 there is one, 2 could not tell
        """

    enum Format: String { case table, csv, json }

    private let format: Format
    private let span: Range<Timestamp>
    private let source: String?
    private let tenant: String?
    private let isGapsOnly: Bool
    private let options: DataOptions

    init(_ words: inout Words) throws {
        let name = try words.option("--format") ?? "table"
        guard let format = Format(rawValue: name) else {
            throw WrongUse("`\(name)` is no format; there are table, csv, json")
        }
        self.format = format
        let now = try DataOptions.clock().now()
        let from = try words.option("--from") ?? "now-24h"
        let to = try words.option("--to") ?? "now"
        guard let low = TimeBound.from(from, now: now) else { throw WrongUse("--from `\(from)` is no time") }
        guard let high = TimeBound.to(to, now: now) else { throw WrongUse("--to `\(to)` is no time") }
        guard low < high else { throw WrongUse("--from must be before --to") }
        span = low..<high
        source = try words.option("--source")
        tenant = try words.option("--tenant")
        isGapsOnly = words.flag("--gaps")
        options = try DataOptions(&words)
        guard try words.rest() == ["coverage"] else { throw WrongUse("what of? docket report coverage") }
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do throws(StartError) {
            let all = try CoverageReport.read(
                data: options.data, configuration: options.configuration, span: span, now: options.clock.now())
            let rows = all.filter {
                (source ?? $0.source.text) == $0.source.text && (tenant ?? $0.tenant.text) == $0.tenant.text
                    && (!isGapsOnly || $0.state == .gap)
            }
            print(rows, terminal)
            return rows.contains { $0.state == .gap } ? .refuted : .done
        } catch {
            terminal.error("docket report: \(error)")
            return .couldNot
        }
    }

    private func print(_ rows: [CoverageRow], _ terminal: Terminal) {
        switch format {
        case .table:
            for line in TextTable([CoverageRow.columns] + rows.map(\.cells)).lines { terminal.out(line) }
        case .csv:
            terminal.out(CSVText.line(CoverageRow.columns))
            for row in rows { terminal.out(CSVText.line(row.cells)) }
        case .json: for row in rows { terminal.out(Self.json(row)) }
        }
    }

    private static func json(_ row: CoverageRow) -> String {
        let numbers = ["expected", "received", "left_out", "late", "duplicate", "missing"]
        let members = zip(CoverageRow.columns, row.cells).map { name, cell in
            JSONValue.Member(
                name,
                numbers.contains(name)
                    ? Int64(cell).map { .integer($0) } ?? .null : cell.isEmpty ? .null : .string(cell))
        }
        return JSONValue.object(members).text
    }
}
