import Server

/// `docket check`: whether a configuration can be used.
struct CheckCommand: Command {
    static let name = "check"
    static let summary = "Check a configuration; list all keys."
    static let help = """
        docket check --config FILE
        docket check --keys

        Exit 0 when the file can be used; otherwise 2, with file:line:column and what to write instead.
        --keys prints every key with its values, its default and its meaning.
        """

    private let file: String?

    init(_ words: inout Words) throws {
        if words.flag("--keys") {
            file = nil
            return
        }
        guard let file = try words.option("--config") else { throw WrongUse("which file? --config FILE") }
        self.file = file
    }

    func run(_ terminal: Terminal) -> ExitCode {
        guard let file else {
            terminal.out(Setting.table)
            return .done
        }
        do throws(ConfigurationError) {
            _ = try Configuration(file: file, environment: Environment.all)
            terminal.out("\(file): can be used")
            return .done
        } catch {
            terminal.error("docket: \(error)")
            return .couldNot
        }
    }
}
