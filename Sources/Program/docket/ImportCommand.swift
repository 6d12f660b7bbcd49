import Events
import Intake
import Platform
import Server

/// `docket import`: takes files into a data directory.
struct ImportCommand: Command {
    static let name = "import"
    static let summary = "Take files into a data directory."
    static let help = """
        docket import --as otlp|activities|ecs|events|audit-log FILE… [--data DIR] [--tenant NAME]

        --as otlp         OTLP/JSON export requests, one or many, or one OTLP protobuf request of logs
        --as activities   Compliance API activities: one a line, a list, or pages with `data`
        --as ecs          ECS documents, one a line or a list
        --as events       events of other systems, one a line or a list, also as .gz or .zst
        --as audit-log    the audit log that an owner exports, as CSV or ZIP
        \(DataOptions.help)

        FILE - is standard input. What cannot be read is named with its line; the rest is kept.
        Exit: 0 all was taken, 1 some was left out, 2 nothing could be taken
        """

    private let form: FileImport.Form
    private let tenant: TenantName
    private let options: DataOptions
    private let files: [String]

    init(_ words: inout Words) throws {
        let forms = FileImport.Form.allCases.map(\.rawValue).joined(separator: ", ")
        guard let name = try words.option("--as") else { throw WrongUse("what are the files? --as \(forms)") }
        guard let form = FileImport.Form(rawValue: name) else { throw WrongUse("--as `\(name)`: there are \(forms)") }
        self.form = form
        let tenant = try words.option("--tenant") ?? TenantName.default.text
        guard let tenant = TenantName(tenant) else { throw WrongUse("`\(tenant)` is not a tenant name") }
        self.tenant = tenant
        options = try DataOptions(&words)
        files = try words.rest()
        guard !files.isEmpty else { throw WrongUse("which files?") }
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            let flow = try options.flow(least: .warning)
            defer { flow.stop() }
            var taken = 0
            var problems = 0
            for file in files {
                let read = FileImport(try Input.bytes(file), as: form, tenant: tenant)
                for batch in read.batches { try append(batch, to: flow.records) }
                for problem in read.problems { terminal.error("docket import: \(file): \(problem)") }
                taken += read.records
                problems += read.problems.count
            }
            terminal.out("\(taken) records taken into \(options.data)")
            return problems == 0 ? .done : taken > 0 ? .refuted : .couldNot
        } catch {
            terminal.error("docket import: \(error)")
            return .couldNot
        }
    }

    private func append(_ batch: RecordBatch, to records: any RecordSink) throws(Fault) {
        let answer = Waitable<Result<Void, Fault>?>(nil)
        records.append(batch) { result in answer.update { $0 = result } }
        guard let result = answer.wait(until: { $0 }) else { return }
        try result.get()
    }
}
