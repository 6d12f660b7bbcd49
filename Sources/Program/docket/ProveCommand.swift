import Events
import Integrity
import Platform
import Server

/// `docket prove`: a proof of one record that anybody can check without Docket.
struct ProveCommand: Command {
    static let name = "prove"
    static let summary = "Write a proof that a record is in the log."
    static let help = """
        docket prove SEQUENCE [--tenant T] [--show GROUPS] [--data DIR]

        SEQUENCE        the record's number: `docket.sequence` of its document
        --tenant T      whose record it is; default: default
        --show GROUPS   what the proof reveals of it, of who, where-from, action, object, content, metrics, rest,
                        with commas between; all, or none; default: who,where-from,action,object
        --data DIR      the data directory; it is only read, also beside a server

        Prints a proof (C2SP tlog-proof). What is not shown stays hidden, and cannot be guessed. Check it with
        `docket-verify record --key VKEY FILE`.
        Exit: 0 proven, 1 there is no such record or no checkpoint covers it yet, 2 could not tell
        """

    private let tenant: TenantName
    private let sequence: UInt64
    private let groups: [DisclosureGroup]
    private let data: String

    init(_ words: inout Words) throws {
        let name = try words.option("--tenant") ?? "default"
        guard let tenant = TenantName(name) else { throw WrongUse("`\(name)` is not the name of a tenant") }
        self.tenant = tenant
        groups = try Self.groups(try words.option("--show") ?? "who,where-from,action,object")
        data = try DataOptions(&words).data
        let rest = try words.rest()
        guard rest.count == 1, let number = UInt64(rest[0]) else {
            throw WrongUse("which record? Its number, which is `docket.sequence` of its document")
        }
        sequence = number
    }

    private static func groups(_ text: String) throws(WrongUse) -> [DisclosureGroup] {
        if text == "all" { return DisclosureGroup.allCases }
        if text == "none" { return [] }
        var groups: Set<DisclosureGroup> = []
        for word in text.split(separator: ",") {
            guard let group = DisclosureGroup.allCases.first(where: { $0.word == word }) else {
                throw WrongUse(
                    "`\(word)` is no group\(Words.didYouMean(String(word), DisclosureGroup.allCases.map(\.word)))")
            }
            groups.insert(group)
        }
        return DisclosureGroup.allCases.filter(groups.contains)
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do throws(StartError) {
            let evidence = try Evidence(data: data, log: Log("prove", least: .error))
            guard let proof = try evidence.proof(tenant: tenant, sequence: sequence, showing: groups) else {
                terminal.error(
                    "docket prove: there is no record \(sequence) of `\(tenant)`, or no checkpoint covers it yet")
                return .refuted
            }
            terminal.out(String(proof.text.dropLast()))
            return .done
        } catch {
            terminal.error("docket prove: \(error)")
            return .couldNot
        }
    }
}
