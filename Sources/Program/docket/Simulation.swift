import Simulate

/// `docket simulate`: an organization to practice on. The work is in the module of its own, which tests use too.
struct Simulation: Command {
    static let name = SimulateCommand.name
    static let summary = SimulateCommand.summary
    static let help = SimulateCommand.help

    private let arguments: [String]

    init(_ words: inout Words) { arguments = words.all() }

    func run(_ terminal: Terminal) -> ExitCode { ExitCode(rawValue: SimulateCommand.run(arguments)) ?? .couldNot }
}
