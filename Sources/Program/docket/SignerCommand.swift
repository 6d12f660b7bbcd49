import Glibc
import Ledger
import Platform
import Server

/// `docket signer`: the process that has the key of the logs.
struct SignerCommand: Command {
    static let name = "signer"
    static let summary = "Sign checkpoints of the logs, in a process of its own."
    static let help = """
        docket signer --folder DIR [--for UID]

        --folder  what the signer keeps: its key, what it signed, its socket; a new one gets a new key
        --for     the number of the user whose server may ask, when it is not this one

        Without it, `docket serve` runs one beside itself. Run it as another user, or in another container,
        so that whoever takes over the server cannot take the key; and set `ledger.signer` to the socket.
        It signs only what continues what it signed before. Ends at SIGTERM or SIGINT.
        """

    private let folder: SignerFolder
    private let user: UInt32
    private let endsWithInput: Bool

    init(_ words: inout Words) throws {
        guard let path = try words.option("--folder") else { throw WrongUse("in which folder? --folder DIR") }
        folder = SignerFolder(path)
        if let text = try words.option("--for") {
            guard let number = UInt32(text) else {
                throw WrongUse("--for must be the number of a user, as `id -u` has it")
            }
            user = number
        } else {
            user = LocalSocket.ownUser
        }
        endsWithInput = words.flag("--until-input-ends")
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            try FolderDisk.makeFolder(folder.path)
            // Before the book is read: what another process writes there must not be missed.
            let lock = try FolderLock(folder: folder.path)
            let signer = try folder.signer()
            let socket = try SignerSocket(at: folder.socket, for: user, signer: signer, log: Log("signer"))
            if endsWithInput {
                // A server that is asked to end by its terminal ends us when it has no more to sign.
                signal(SIGINT, SIG_IGN)
                signal(SIGTERM, SIG_IGN)
                withExtendedLifetime(lock) { socket.run { Self.inputHasEnded() } }
            } else {
                let signals = Signals()
                withExtendedLifetime(lock) { socket.run { signals.next(within: .milliseconds(0)) == .stop } }
            }
            return .done
        } catch {
            terminal.error("docket signer: \(error)")
            return .couldNot
        }
    }

    private static func inputHasEnded() -> Bool {
        var one = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&one, 1, 0) > 0
    }
}
