import Detect
import Pipeline
import Server

/// `docket redact`: what redaction would do, before it does it.
struct RedactCommand: Command {
    static let name = "redact"
    static let summary = "Show what redaction does with a text, and test its detectors."
    static let help = """
        docket redact [--field NAME] [OPTIONS] < FILE     the text as it would be kept
        docket redact explain [OPTIONS] TEXT              what is found in it, by which detector, and what becomes of it
        docket redact test [OPTIONS]                      every detector over its own examples
        docket redact list [OPTIONS]                      all detectors

        --field NAME        what the field is called that the text stands in
        --policy FILE       rules by tenant, source and field
        --detectors FILE    detectors besides Docket's own
        --tenant NAME, --source NAME    whose rules

        Without a key, tokens are shown as masks. docs/guides/redaction.md says what can be written in the files.
        """

    private enum Task {
        case filter
        case explain(String)
        case test
        case list
    }

    private let task: Task
    private let field: String
    private let tenant: String
    private let source: String
    private let policy: RedactionPolicy

    init(_ words: inout Words) throws {
        field = try words.option("--field") ?? ""
        tenant = try words.option("--tenant") ?? "default"
        source = try words.option("--source") ?? ""
        var configuration = RedactionConfiguration()
        configuration.policyFile = try words.option("--policy")
        configuration.detectorFile = try words.option("--detectors")
        let rest = try words.rest()
        switch (rest.first, rest.count) {
        case (nil, _): task = .filter
        case ("test", 1): task = .test
        case ("list", 1): task = .list
        case ("explain", 2...): task = .explain(rest.dropFirst().joined(separator: " "))
        case ("explain", _): throw WrongUse("explain needs a TEXT")
        default:
            throw WrongUse(
                "there is no `\(rest[0])`\(Words.didYouMean(rest[0], ["explain", "test", "list"]))")
        }
        policy = try configuration.policy()
    }

    func run(_ terminal: Terminal) -> ExitCode {
        switch task {
        case .filter: filter(terminal)
        case .explain(let text): explain(text, terminal)
        case .test: test(terminal)
        case .list: list(terminal)
        }
    }

    private func filter(_ terminal: Terminal) -> ExitCode {
        do throws(InputError) {
            let text = try Input.bytes("-", limit: 1 << 30)
            var preview = RedactionPreview(policy, tenant: tenant, source: source)
            terminal.out(bytes: preview.redacted(text, field: field))
            return .done
        } catch {
            terminal.error("docket redact: \(error)")
            return .couldNot
        }
    }

    private func explain(_ text: String, _ terminal: Terminal) -> ExitCode {
        var preview = RedactionPreview(policy, tenant: tenant, source: source)
        guard let found = preview.explanations(Array(text.utf8), field: field) else {
            terminal.out("the text would be withheld: it is too costly to look through, or too much is in it")
            return .done
        }
        for explanation in found {
            let place = "\(explanation.range.lowerBound)..\(explanation.range.upperBound)"
            terminal.out(
                place.padding(to: 12) + explanation.detector.id.padding(to: 22)
                    + explanation.action.rawValue.padding(to: 9) + explanation.replacement.padding(to: 28)
                    + explanation.detector.name)
        }
        return found.isEmpty ? .refuted : .done
    }

    private func test(_ terminal: Terminal) -> ExitCode {
        let failures = DetectorExamples.failures(of: policy.set)
        for failure in failures { terminal.out("\(failure)") }
        let examples = policy.set.detectors.reduce(0) { $0 + $1.positive.count + $1.negative.count }
        terminal.out("\(policy.set.detectors.count) detectors, \(examples) examples, \(failures.count) failures")
        return failures.isEmpty ? .done : .refuted
    }

    private func list(_ terminal: Terminal) -> ExitCode {
        for detector in policy.set.detectors {
            terminal.out(
                detector.id.padding(to: 22) + detector.group.rawValue.padding(to: 9)
                    + detector.strength.rawValue.padding(to: 8) + detector.action.rawValue.padding(to: 9)
                    + detector.name)
        }
        return .done
    }
}
