import Console
import Glibc
import Platform
import Server

/// `docket open`: the console in a browser.
struct OpenCommand: Command {
    static let name = "open"
    static let summary = "Open the console in a browser."
    static let help = """
        docket open [PAGE] [QUERY] [--url URL | --config FILE]

        PAGE      \(pages.joined(separator: ", ")), or the id of an event; default: the first page
        QUERY     for search: KQL
        --url     the console's address; default: `console.address` of the configuration
        --print   only say the address

        Without a desktop, as over ssh, it says the address.
        Exit: 0
        """

    private static let pages = [
        "search", "dashboards", "sessions", "people", "inventory", "cost", "fleet", "integrity",
    ]

    private let address: String
    private let isOnlyPrinted: Bool

    init(_ words: inout Words) throws {
        isOnlyPrinted = words.flag("--print")
        var base = try words.option("--url")
        let options = try DataOptions(&words)
        if base == nil {
            guard let console = options.configuration.console else {
                throw WrongUse("the console is off in this configuration; --url names another one")
            }
            let scheme = options.configuration.consoleTLS == nil ? "http" : "https"
            // An address of all interfaces is no place to go to.
            let host = ["0.0.0.0", "::"].contains(console.address) ? "localhost" : console.address
            base = "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(console.port)"
        }
        let rest = try words.rest()
        guard rest.count <= 2 else { throw WrongUse("`\(rest[2])` is one word too many") }
        let page = try Self.page(rest.first, rest.dropFirst().first)
        address = (base.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 } ?? "") + page
    }

    private static func page(_ name: String?, _ query: String?) throws(WrongUse) -> String {
        guard let name else { return "/" }
        guard query == nil || name == "search" else { throw WrongUse("only `search` takes a query") }
        if pages.contains(name) { return ConsoleAddress.page(name, query: query) }
        guard name.hasPrefix("evt_") || name.utf8.count > 16 else {
            throw WrongUse("there is no page `\(name)`\(Words.didYouMean(name, pages))")
        }
        return ConsoleAddress.event(name)
    }

    func run(_ terminal: Terminal) -> ExitCode {
        terminal.out(address)
        let hasDesktop = Environment["DISPLAY"] != nil || Environment["WAYLAND_DISPLAY"] != nil
        guard !isOnlyPrinted, hasDesktop, !start(["xdg-open", address]) else { return .done }
        terminal.error("docket open: xdg-open did not start; open the address yourself")
        return .done
    }

    /// - Returns: whether the program began.
    private func start(_ words: [String]) -> Bool {
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe arguments.append(nil)
        defer { while let argument = unsafe arguments.popLast() { unsafe free(argument) } }
        var process = pid_t()
        return unsafe posix_spawnp(&process, words[0], nil, nil, &arguments, environ) == 0
    }
}
