import Glibc
import Integrity
import Ledger
import Platform
import Server

/// `docket signer`: the process that has the key of the logs.
struct SignerCommand: Command {
    static let name = "signer"
    static let summary = "Sign checkpoints of the logs, in a process of its own."
    static let help = """
        docket signer --folder DIR [--for UID]
        docket signer rotate --folder DIR
        docket signer retire --folder DIR

        rotate    add a new key, which the one before introduces; both sign from then on
        retire    end that: the older key signs no more, and is deleted
        --folder  what the signer keeps: its keys, what it signed, its socket; a new one gets a new key
        --for     the number of the user whose server may ask, when it is not this one

        Without it, `docket serve` runs one beside itself. Run it as another user, or in another container,
        so that whoever takes over the server cannot take the key; and set `ledger.signer` to the socket.
        It signs only what continues what it signed before. A signer that runs follows rotate and retire by itself.
        Ends at SIGTERM or SIGINT.
        """

    private enum Action: String, CaseIterable { case run, rotate, retire }

    private let action: Action
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
        let rest = try words.rest()
        guard rest.count <= 1, let action = Action(rawValue: rest.first ?? "run") else {
            throw WrongUse("there are `docket signer`, `docket signer rotate` and `docket signer retire`")
        }
        self.action = action
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            guard action == .run else {
                try change(terminal)
                return .done
            }
            try FolderDisk.makeFolder(folder.path)
            // Before the book is read: what another process writes there must not be missed.
            let lock = try FolderLock(folder: folder.path)
            let signer = try folder.signer()
            let log = Log("signer")
            let socket = try SignerSocket(at: folder.socket, for: user, signer: signer, log: log)
            let look = follow(signer, log)
            if endsWithInput {
                // A server that is asked to end by its terminal ends us when it has no more to sign.
                signal(SIGINT, SIG_IGN)
                signal(SIGTERM, SIG_IGN)
                withExtendedLifetime(lock) { socket.run(until: Self.inputHasEnded, meanwhile: look) }
            } else {
                let signals = Signals()
                withExtendedLifetime(lock) {
                    socket.run(until: { signals.next(within: .milliseconds(0)) == .stop }, meanwhile: look)
                }
            }
            return .done
        } catch {
            terminal.error("docket signer: \(error)")
            return .couldNot
        }
    }

    /// Another key, or one less, also beside a signer that runs.
    private func change(_ terminal: Terminal) throws {
        let lock = try FolderLock(folder: folder.path, name: "rotation.lock", patience: .seconds(5))
        try withExtendedLifetime(lock) {
            switch action {
            case .run: return
            case .rotate:
                let key = try folder.rotate()
                terminal.out("\(key.text)\nsigns from now on, beside the key before it, until `docket signer retire`")
            case .retire: terminal.out("\(try folder.retire().text)\nsigns alone from now on")
            }
        }
    }

    /// Takes over the keys when their file changes.
    private func follow(_ signer: LocalSigner, _ log: Log) -> () -> Void {
        var known = folder.stamp
        return { [folder] in
            guard let stamp = folder.stamp, stamp != known else { return }
            known = stamp
            do throws(LedgerError) {
                let keys = try folder.keys()
                signer.replaceKeys(keys)
                log.info(
                    "the keys have changed", ("signing", .number(keys.secrets.count)),
                    ("youngest", .text(keys.chain.last.text)))
            } catch {
                log.error("the keys have changed and cannot be read; those of before sign on", ("error", "\(error)"))
            }
        }
    }

    private static func inputHasEnded() -> Bool {
        var one = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&one, 1, 0) > 0
    }
}
