import Glibc
import Platform
import Server

/// The command: `docket serve`, `docket search` and so on, one file each.
@main
enum Docket {
    static let version = ServerVersion.text

    static let commands: [any Command.Type] = [
        ServeCommand.self, OpenCommand.self, CheckCommand.self, SearchCommand.self, QueryCommand.self,
        NormalizeCommand.self,
        RedactCommand.self,
        FieldsCommand.self, ImportCommand.self, TokensCommand.self, UserCommand.self, InventoryCommand.self,
        SignerCommand.self,
        WitnessCommand.self,
        KeysCommand.self, VerifyCommand.self, ProveCommand.self, ExportCommand.self, LedgerCommand.self,
        EraseCommand.self,
        HoldCommand.self, ArchiveCommand.self, ReplayCommand.self, StoreCommand.self, ReportCommand.self,
        Simulation.self,
    ]

    static func main() {
        signal(SIGPIPE, SIG_IGN)
        // A file that may not grow any more is an error of one write, not the end.
        signal(SIGXFSZ, SIG_IGN)
        exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    static func run(_ arguments: [String]) -> ExitCode {
        let terminal = Terminal()
        guard let name = arguments.first, !["help", "--help", "-h"].contains(name) else {
            if let topic = arguments.dropFirst().first, let command = commands.first(where: { $0.name == topic }) {
                terminal.out(command.help)
            } else {
                terminal.out(overview)
            }
            return arguments.isEmpty ? .couldNot : .done
        }
        if ["version", "--version"].contains(name) {
            terminal.out("docket \(version)")
            return .done
        }
        guard let command = commands.first(where: { $0.name == name }) else {
            terminal.error("docket: there is no command `\(name)`; `docket help` lists them")
            return .couldNot
        }
        if arguments.contains("--help") || arguments.contains("-h") {
            terminal.out(command.help)
            return .done
        }
        do {
            var words = Words(Array(arguments.dropFirst()))
            let ready = try command.init(&words)
            try words.end()
            return ready.run(terminal)
        } catch let error as WrongUse {
            terminal.error("docket \(name): \(error.message)\n\n\(command.help)")
        } catch {
            terminal.error("docket \(name): \(error)")
        }
        return .couldNot
    }

    private static var overview: String {
        var out = "docket: who did what inside Claude, and the proof of it\n\n"
        for command in commands {
            out += "  docket \(command.name.padding(to: 12))\(command.summary)\n"
        }
        out += "\n`docket help COMMAND` says more. Exit codes: 0 yes, 1 the answer is no, 2 could not tell."
        return out
    }
}

extension String {
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
