import Intake
import Platform
import Server

/// `docket check`: whether a configuration can be used.
struct CheckCommand: Command {
    static let name = "check"
    static let summary = "Check a configuration; list all keys."
    static let help = """
        docket check --config FILE [--online]
        docket check --keys

        --online asks the API of each feed what its key may do, with up to three requests.
        Exit 0 when the file can be used; otherwise 2, with file:line:column and what to write instead; 1 when a
        feed cannot be read with its key.
        --keys prints every key with its values, its default and its meaning.
        """

    private let file: String?
    private let isOnline: Bool

    init(_ words: inout Words) throws {
        if words.flag("--keys") {
            file = nil
            isOnline = false
            return
        }
        isOnline = words.flag("--online")
        guard let file = try words.option("--config") else { throw WrongUse("which file? --config FILE") }
        self.file = file
    }

    func run(_ terminal: Terminal) -> ExitCode {
        guard let file else {
            terminal.out(Setting.table)
            return .done
        }
        do throws(ConfigurationError) {
            let configuration = try Configuration(file: file, environment: Environment.all)
            terminal.out("\(file): can be used")
            return isOnline ? check(configuration, terminal) : .done
        } catch {
            terminal.error("docket: \(error)")
            return .couldNot
        }
    }

    private func check(_ configuration: Configuration, _ terminal: Terminal) -> ExitCode {
        var isGood = true
        for (name, findings) in configuration.checkFeeds(clock: SystemClock()) {
            for finding in findings {
                isGood = isGood && finding.isGood
                terminal.out("\(name): \(finding.isGood ? "" : "NOT GOOD: ")\(finding.text)")
            }
        }
        return isGood ? .done : .refuted
    }
}
