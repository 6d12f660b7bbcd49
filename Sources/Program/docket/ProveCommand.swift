import Events
import Integrity
import Ledger
import Platform
import Query
import Server

/// `docket prove`: proofs that anybody can check without Docket.
struct ProveCommand: Command {
    static let name = "prove"
    static let summary = "Write a proof that records are in the log."
    static let help = """
        docket prove EVENT_ID [--tenant T] [--show GROUPS] [--checkpoint SIZE]
        docket prove --sequence N [the same]
        docket prove --from A --to B --out FOLDER [the same]
        docket prove --checkpoint SIZE [--tenant T]
        docket prove --consistency OLD NEW [--tenant T]
        docket prove (EVENT_ID | --sequence N) --witnessed [--tenant T] [--show GROUPS]

        EVENT_ID            `event.id` of a document
        --sequence N        a record by its number, which is `docket.sequence` of its document
        --from A --to B     records from A to B, by number, or by the time at which they were accepted
                            (2026-10-08, now-7d; without B itself); --out FOLDER is made, and gets `records.ndjson`
                            and `proof`
        --checkpoint SIZE   prove under the checkpoint over SIZE records instead of the last one; alone, print it
        --witnessed         prove under the checkpoint of the log of all logs that witnesses have cosigned; check it
                            with the policy of `docket keys --policy`
        --consistency       that the log of NEW records continues the one of OLD: hashes, one a line

        --tenant T          whose log; default: default
        --show GROUPS       what a proof reveals, of who, where-from, action, object, content, metrics, rest,
                            with commas between; all, or none; default: who,where-from,action,object
        --data DIR          the data directory; it is only read, also beside a server

        What is not shown stays hidden, and cannot be guessed. Check what is written with `docket-verify`.
        Exit: 0 proven, 1 there is no such record or no checkpoint covers it yet, 2 could not tell
        """

    /// What is to be proven.
    private enum Wish {
        case event(String)
        case record(UInt64)
        case range(Bound, Bound, folder: String)
        case checkpoint
        case consistency(UInt64, UInt64)
    }

    private enum Bound {
        case sequence(UInt64)
        case time(Timestamp)
    }

    private let wish: Wish
    private let tenant: TenantName
    private let groups: [DisclosureGroup]
    private let size: UInt64?
    private let isWitnessed: Bool
    private let data: String

    init(_ words: inout Words) throws {
        let name = try words.option("--tenant") ?? "default"
        guard let tenant = TenantName(name) else { throw WrongUse("`\(name)` is not the name of a tenant") }
        self.tenant = tenant
        groups = try Self.groups(try words.option("--show") ?? "who,where-from,action,object")
        size = try words.option("--checkpoint").map { try Self.number($0, "--checkpoint") }
        let sequence = try words.option("--sequence").map { try Self.number($0, "--sequence") }
        let from = try words.option("--from").map { try Self.bound($0, "--from", TimeBound.from) }
        let to = try words.option("--to").map { try Self.bound($0, "--to", TimeBound.to) }
        let folder = try words.option("--out")
        let isConsistency = words.flag("--consistency")
        isWitnessed = words.flag("--witnessed")
        data = try DataOptions(&words).data
        let rest = try words.rest()
        let wishes: [Wish?] = [
            sequence.map { .record($0) },
            isConsistency
                ? try Self.consistency(rest)
                : try rest.first.map { id in
                    guard rest.count == 1 else { throw WrongUse("one event at a time") }
                    return .event(id)
                },
            try Self.range(from, to, folder),
        ]
        let given = wishes.compactMap { $0 }
        guard given.count <= 1, let wish = given.first ?? (size == nil ? nil : .checkpoint) else {
            throw WrongUse("what is to be proven? An event's id, --sequence, --from and --to, or --consistency")
        }
        self.wish = wish
        guard isWitnessed else { return }
        switch wish {
        case .event where size == nil, .record where size == nil: return
        default: throw WrongUse("--witnessed goes with one record, and without --checkpoint")
        }
    }

    // MARK: Words

    private static func number(_ text: String, _ name: String) throws(WrongUse) -> UInt64 {
        guard let number = UInt64(text) else { throw WrongUse("\(name) must be a number, and not `\(text)`") }
        return number
    }

    private static func consistency(_ words: [String]) throws(WrongUse) -> Wish {
        guard words.count == 2 else { throw WrongUse("--consistency needs two sizes, the old and the new one") }
        return .consistency(try number(words[0], "OLD"), try number(words[1], "NEW"))
    }

    private static func bound(
        _ text: String, _ name: String, _ read: (String, Timestamp) -> Timestamp?
    ) throws(WrongUse) -> Bound {
        if let number = UInt64(text) { return .sequence(number) }
        guard let time = read(text, try DataOptions.clock().now()) else {
            throw WrongUse("\(name) must be the number of a record or a time, and not `\(text)`")
        }
        return .time(time)
    }

    private static func range(_ from: Bound?, _ to: Bound?, _ folder: String?) throws(WrongUse) -> Wish? {
        if from == nil, to == nil {
            guard folder == nil else { throw WrongUse("--out goes with --from and --to") }
            return nil
        }
        guard let from, let to, let folder else { throw WrongUse("--from, --to and --out go together") }
        switch (from, to) {
        case (.sequence, .sequence), (.time, .time): return .range(from, to, folder: folder)
        default: throw WrongUse("--from and --to must both be numbers, or both be times")
        }
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

    // MARK: Proving

    func run(_ terminal: Terminal) -> ExitCode {
        do throws(StartError) {
            if let reason = try prove(Evidence(data: data, log: Log("prove", least: .error)), terminal) {
                terminal.error("docket prove: \(reason)")
                return .refuted
            }
            return .done
        } catch {
            terminal.error("docket prove: \(error)")
            return .couldNot
        }
    }

    /// - Returns: why there is no proof.
    private func prove(_ evidence: Evidence, _ terminal: Terminal) throws(StartError) -> String? {
        switch wish {
        case .event(let id):
            guard let sequence = try evidence.sequence(ofEvent: id, tenant: tenant) else {
                return "there is no event `\(id)` of `\(tenant)` in the log yet"
            }
            return try prove(sequence, evidence, terminal)
        case .record(let sequence):
            return try prove(sequence, evidence, terminal)
        case .range(let from, let to, let folder):
            return try prove(from, to, folder, evidence, terminal)
        case .checkpoint:
            let note = try evidence.checkpoint(of: evidence.log(of: tenant), size: size)
            terminal.out(String(note.whole.dropLast()))
            return nil
        case .consistency(let old, let new):
            guard let proof = try evidence.consistency(of: evidence.log(of: tenant), from: old, to: new) else {
                return "the log of `\(tenant)` was never \(old) and then \(new) records long"
            }
            for hash in proof.path { terminal.out(hash.base64) }
            return nil
        }
    }

    private func prove(
        _ sequence: UInt64, _ evidence: Evidence, _ terminal: Terminal
    ) throws(StartError) -> String? {
        let proof =
            isWitnessed
            ? try evidence.witnessedProof(tenant: tenant, sequence: sequence, showing: groups)
            : try evidence.proof(tenant: tenant, sequence: sequence, showing: groups, under: size)
        guard let proof else {
            let seen = isWitnessed ? "what witnesses have seen" : "the checkpoint"
            return "there is no record \(sequence) of `\(tenant)`, or \(seen) does not cover it"
        }
        terminal.out(String(proof.text.dropLast()))
        return nil
    }

    private func prove(
        _ from: Bound, _ to: Bound, _ folder: String, _ evidence: Evidence, _ terminal: Terminal
    ) throws(StartError) -> String? {
        let log = try evidence.log(of: tenant)
        let sequences: Range<UInt64>?
        switch (from, to) {
        case (.sequence(let first), .sequence(let last)):
            sequences = first <= last && last < .max ? first..<last + 1 : nil
        case (.time(let start), .time(let end)):
            sequences = try evidence.sequences(of: log, acceptedFrom: start, to: end)
        default: sequences = nil
        }
        guard let sequences else { return "there are no records of `\(tenant)` from there to there" }
        let note = try evidence.checkpoint(of: log, size: size)
        var bar = ProgressBar("records written", of: Int(sequences.upperBound - sequences.lowerBound))
        let isProven = try evidence.export(sequences, of: log, showing: groups, under: note, to: folder) {
            bar.show(Int($0), terminal)
        }
        bar.end(terminal)
        guard isProven else { return "the checkpoint does not cover all records to \(sequences.upperBound - 1)" }
        terminal.out("records \(sequences.lowerBound) to \(sequences.upperBound - 1) of \(log.origin)")
        return nil
    }
}
