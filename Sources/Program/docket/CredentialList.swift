import Codecs
import Events
import Pipeline
import Platform

/// What `docket tokens list` shows: never a secret, nor what one is recognized by.
struct CredentialList {
    enum Format: String, CaseIterable { case table, ndjson }

    private let format: Format

    init(_ words: inout Words) throws(WrongUse) {
        let text = try words.option("--format") ?? Format.table.rawValue
        guard let format = Format(rawValue: text) else {
            throw WrongUse("`\(text)` is no format\(Words.didYouMean(text, Format.allCases.map(\.rawValue)))")
        }
        self.format = format
    }

    static func uses(of credential: KeptCredential) -> String {
        Credential.Use.allCases.filter(credential.uses.contains).map(\.rawValue).joined(separator: ",")
    }

    func print(_ credentials: [KeptCredential], now: Timestamp, _ terminal: Terminal) {
        switch format {
        case .ndjson:
            for credential in credentials {
                let state: JSONValue.Member = .init("state", .string(credential.state(at: now).rawValue))
                terminal.out(JSONValue.object(credential.members + [state]).text)
            }
        case .table:
            let names = ["ID", "NAME", "TENANT", "KIND", "USES", "RATE", "CREATED", "EXPIRES", "STATE"]
            let table = TextTable([names] + credentials.map { Self.cells($0, now) })
            for line in table.lines { terminal.out(line) }
        }
    }

    private static func cells(_ credential: KeptCredential, _ now: Timestamp) -> [String] {
        [
            credential.id, credential.name, credential.tenant.text, shown(credential.kind), uses(of: credential),
            credential.rate.map { "\($0)/s" } ?? "-", day(credential.created), credential.expires.map(day) ?? "-",
            credential.state(at: now).rawValue,
        ]
    }

    private static func shown(_ kind: KeptCredential.Kind) -> String {
        switch kind {
        case .token: kind.name
        case .basic(let user): "\(kind.name) \(user)"
        case .certificate(let subject): "\(kind.name) \(subject)"
        }
    }

    private static func day(_ moment: Timestamp) -> String { String(RFC3339.text(moment).prefix(10)) }
}
