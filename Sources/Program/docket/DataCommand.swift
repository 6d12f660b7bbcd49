import Platform
import Server

/// What several commands share: a data directory, a configuration, a clock.
struct DataOptions {
    let data: String
    let configuration: Configuration
    let clock: SystemClock

    static let help = """
        --config FILE   the configuration; without one every value has its default
        --data DIR      the data directory
        """

    init(_ words: inout Words) throws {
        let file = try words.option("--config")
        var configuration = Configuration()
        if let file { configuration = try Configuration(file: file, environment: Environment.all) }
        let data = try words.option("--data") ?? configuration.data ?? Environment["DOCKET_DATA"] ?? "data"
        self.data = data.count > 1 && data.hasSuffix("/") ? String(data.dropLast()) : data
        self.configuration = configuration
        clock = try Self.clock()
    }

    /// The machine's clock, or the moment that `DOCKET_NOW` says.
    static func clock() throws(WrongUse) -> SystemClock {
        guard let text = Environment["DOCKET_NOW"] else { return SystemClock() }
        guard let moment = RFC3339.parse(text.utf8) else {
            throw WrongUse("DOCKET_NOW must be a moment such as 2026-10-08T08:15:18Z")
        }
        return SystemClock(frozenAt: moment)
    }

    /// The data directory, which must be there.
    var folder: String {
        get throws(StartError) {
            guard FolderDisk.isFolder(data) else {
                throw StartError(
                    "there is no data directory `\(data)`; --data says where it is, `docket serve` makes one")
            }
            return data
        }
    }

    /// - Parameter least: what is written to standard error at the least.
    func flow(least: Log.Level? = nil) throws(StartError) -> Flow {
        let log = Log("docket", least: least ?? configuration.logLevel)
        return try Flow(data: data, configuration: configuration, clock: clock, log: log)
    }
}
