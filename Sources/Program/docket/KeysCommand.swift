import Events
import Integrity
import Ledger
import Platform
import Server

/// `docket keys`: what others need to verify with.
struct KeysCommand: Command {
    static let name = "keys"
    static let summary = "Show the keys that verify the logs."
    static let help = """
        docket keys [--tenant T] [--policy] [--data DIR]

        Shows for each log its origin and the key that its checkpoints are signed with. Give it to whoever shall
        verify, on a way that those who run the server do not control.

        --tenant T   one log only
        --policy     as a policy for verifiers (C2SP tlog-policy), of one log
        Exit: 0 shown, 1 there is none yet, 2 could not tell
        """

    private let tenant: String?
    private let isPolicy: Bool
    private let data: String

    init(_ words: inout Words) throws {
        tenant = try words.option("--tenant")
        isPolicy = words.flag("--policy")
        data = try DataOptions(&words).data
        if isPolicy, tenant == nil { throw WrongUse("the policy of which log? --tenant T") }
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do throws(StartError) {
            let evidence = try Evidence(data: data, log: Log("keys", least: .error))
            guard let key = try evidence.publicKey() else {
                throw StartError("there is no key of a signer in `\(data)`; ask whoever runs the signer")
            }
            let logs = evidence.logs.filter { tenant == nil || $0.tenant.text == tenant }
            for log in logs {
                guard let name = KeyName(log.origin) else { continue }
                let text = VerifierKey(name: name, kind: .note, key: key).text
                terminal.out(isPolicy ? "log \(text)\nquorum none" : "\(log.tenant)  \(text)")
            }
            return logs.isEmpty ? .refuted : .done
        } catch {
            terminal.error("docket keys: \(error)")
            return .couldNot
        }
    }
}
