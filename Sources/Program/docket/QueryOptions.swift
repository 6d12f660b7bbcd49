import Platform
import Query
import Server

/// What commands that ask the store share: where, whose, which time, in which form.
struct QueryOptions {
    enum Format: String, CaseIterable { case table, json, ndjson, csv }

    static let help = """
        --from TIME, --to TIME   2026-10-08, 2026-10-08T08:15:18Z, now-24h, now/d
        --tenant NAME            with --data; default: default
        \(RemoteServer.help)
        \(DataOptions.help)
        """

    let server: RemoteServer?
    let data: DataOptions
    let tenant: String
    let from: Timestamp?
    let to: Timestamp?
    let format: Format

    init(_ words: inout Words, formats: [Format] = Format.allCases) throws {
        server = try RemoteServer(&words)
        tenant = try words.option("--tenant") ?? "default"
        let clock = try DataOptions.clock()
        from = try Self.bound(try words.option("--from"), "--from") { TimeBound.from($0, now: clock.now()) }
        to = try Self.bound(try words.option("--to"), "--to") { TimeBound.to($0, now: clock.now()) }
        let name = try words.option("--format") ?? "table"
        guard let format = formats.first(where: { $0.rawValue == name }) else {
            throw WrongUse("`\(name)` is no format\(Words.didYouMean(name, formats.map(\.rawValue)))")
        }
        self.format = format
        data = try DataOptions(&words)
    }

    private static func bound(
        _ text: String?, _ name: String, _ read: (String) -> Timestamp?
    ) throws(WrongUse) -> Timestamp? {
        guard let text else { return nil }
        guard let moment = read(text) else { throw WrongUse("\(name) `\(text)` is no time") }
        return moment
    }

    /// Reads the data directory.
    func local<Answer>(_ body: (Flow) throws -> Answer) throws -> Answer {
        guard FolderDisk.isFolder(data.data) else {
            throw StartError("there is no data directory `\(data.data)`; --data says where it is, --url asks a server")
        }
        let flow = try data.flow(least: .warning)
        defer { flow.stop() }
        try flow.catchUp()
        return try body(flow)
    }
}
