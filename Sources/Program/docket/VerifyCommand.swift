import Integrity
import Ledger
import Platform
import Server

/// `docket verify`: whether the record is what it was.
struct VerifyCommand: Command {
    static let name = "verify"
    static let summary = "Check that nothing in the record was changed."
    static let help = """
        docket verify [--data DIR] [--key VKEY]

        Reads everything: builds the tree of each log again from its leaves, compares its root with the one that
        was signed, and every record of the journal with what its leaf commits to. It changes nothing and may run
        beside a server; it looks at what was in the logs when it began.

        --data DIR   the data directory
        --key VKEY   the signer's key, as `docket keys` shows it, from wherever you keep it; keys that follow it by
                     its own word are taken, too. Without it those beside the data are taken, and whoever can change
                     the data can change those keys, too

        Exit: 0 unchanged, 1 changed, 2 could not tell
        """

    private let data: String
    private let key: VerifierKey?
    private let log: Log

    init(_ words: inout Words) throws {
        key = try SignerKey.option(&words)
        let options = try DataOptions(&words)
        data = options.data
        log = Log("verify", least: .error)
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do throws(StartError) {
            let evidence = try Evidence(data: data, log: log)
            let trusted = try evidence.keys(trusting: key)
            guard !trusted.isEmpty else {
                throw StartError("there is no key of a signer in `\(data)`; --key says which one signs")
            }
            let total = evidence.logs.reduce(0) { $0 + $1.size }
            var bar = ProgressBar("records compared", of: Int(total))
            let verifier = try evidence.verify(keys: trusted) { bar.show(Int($0), terminal) }
            bar.end(terminal)
            let damage = try evidence.journalFindings()
            for finding in verifier.findings { terminal.out("\(finding)") }
            for finding in damage { terminal.out("\(finding)") }
            let count = verifier.findingCount + damage.count
            if verifier.findingCount > verifier.findings.count {
                terminal.out("and \(verifier.findingCount - verifier.findings.count) more")
            }
            for log in evidence.logs {
                let signed = log.checkpoint.flatMap { Checkpoint(text: $0.text)?.size } ?? 0
                terminal.out(
                    "tenant \(log.tenant): \(log.size) records, \(signed) of them signed, root \(log.root.base64)")
            }
            let erased = verifier.erased == 0 ? "" : ", \(verifier.erased) erased"
            terminal.out(
                "\(verifier.leaves) leaves, \(verifier.records) records\(erased): "
                    + (count == 0
                        ? "nothing was changed since it was taken in" : "\(count) findings"))
            return count == 0 ? .done : .refuted
        } catch {
            terminal.error("docket verify: \(error)")
            return .couldNot
        }
    }
}
