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
        docket keys [--tenant T] [--policy | --chain] [--config FILE] [--data DIR]

        Shows for each log its origin and the keys that its checkpoints are signed with, the oldest first. Give them
        to whoever shall verify, on a way that those who run the server do not control.

        --tenant T   one log only
        --policy     as a policy (C2SP tlog-policy): of one log with --tenant; otherwise of the log of all logs, with
                     the witnesses and the quorum of --config, for verifiers and for witnesses themselves
        --chain      how each key introduced the next one: for `docket-verify --keys`
        Exit: 0 shown, 1 there is none yet, 2 could not tell
        """

    private let tenant: String?
    private let isPolicy: Bool
    private let isChain: Bool
    private let options: DataOptions

    init(_ words: inout Words) throws {
        tenant = try words.option("--tenant")
        isPolicy = words.flag("--policy")
        isChain = words.flag("--chain")
        options = try DataOptions(&words)
        if isPolicy, isChain { throw WrongUse("--policy or --chain, not both") }
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do throws(StartError) {
            let evidence = try Evidence(data: options.data, log: Log("keys", least: .error))
            guard let chain = try evidence.keys() else {
                throw StartError("there is no key of a signer in `\(options.data)`; ask whoever runs the signer")
            }
            if isChain {
                terminal.out(String(chain.text.dropLast()))
                return .done
            }
            let logs = evidence.logs.filter { tenant == nil || $0.tenant.text == tenant }
            if isPolicy {
                terminal.out(String(policy(logs.first, evidence, chain).dropLast()))
                return tenant != nil && logs.isEmpty ? .refuted : .done
            }
            for log in logs {
                for key in keys(log.origin, chain) { terminal.out("\(log.tenant)  \(key.text)") }
            }
            if tenant == nil {
                for key in keys(evidence.originOfAll, chain) { terminal.out("ALL  \(key.text)") }
            }
            return logs.isEmpty ? .refuted : .done
        } catch {
            terminal.error("docket keys: \(error)")
            return .couldNot
        }
    }

    private func policy(_ log: LedgerView.Log?, _ evidence: Evidence, _ chain: KeyChain) -> String {
        if tenant != nil { return TrustPolicy.text(logs: log.map { keys($0.origin, chain) } ?? []) }
        return TrustPolicy.text(
            logs: keys(evidence.originOfAll, chain), witnesses: options.configuration.witnessKeys,
            quorum: options.configuration.witnessQuorum)
    }

    private func keys(_ origin: String, _ chain: KeyChain) -> [VerifierKey] {
        guard let name = KeyName(origin) else { return [] }
        return chain.keys.map { VerifierKey(name: name, kind: .note, key: $0.key) }
    }
}
