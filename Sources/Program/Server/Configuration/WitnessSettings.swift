import Integrity
import Witness

extension Configuration {
    /// Who cosigns the log of all logs.
    mutating func readWitnesses(_ reader: SettingReader) throws(ConfigurationError) {
        for place in 0..<(reader.counts["ledger.witnesses"] ?? 0) {
            let witness = try Self.witness(reader, "ledger.witnesses.\(place)")
            guard !witnesses.contains(where: { $0.key.key == witness.key.key || $0.key.name == witness.key.name })
            else {
                throw reader.error(
                    at: "ledger.witnesses.\(place).key", "a witness counts once; give each its own key and name")
            }
            witnesses.append(witness)
        }
        let quorum = try reader.number("ledger.quorum") ?? 0
        witnessQuorum = quorum == 0 ? witnesses.count / 2 + 1 : quorum
        guard witnesses.isEmpty || witnessQuorum <= witnesses.count else {
            throw reader.error(
                at: "ledger.quorum",
                "`ledger.quorum` is \(quorum), and `ledger.witnesses` names \(witnesses.count); lower the first or add "
                    + "witnesses")
        }
    }

    private static func witness(_ reader: SettingReader, _ path: String) throws(ConfigurationError) -> WitnessEndpoint {
        guard let url = try reader.text("\(path).url"), url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw reader.error(at: "\(path).url", "a witness needs a `url`, such as `https://witness.example.com`")
        }
        guard let text = try reader.text("\(path).key"), let key = VerifierKey(text: text), key.kind == .cosignature
        else {
            throw reader.error(at: "\(path).key", "a witness needs its `key`, as `docket witness` prints it")
        }
        return WitnessEndpoint(url: url, key: key, authorityFile: try reader.text("\(path).authority"))
    }
}
