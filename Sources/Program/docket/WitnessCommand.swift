import Integrity
import Network
import Platform
import Server
import Witness

/// `docket witness`: somebody else who has seen the log of all logs of servers.
struct WitnessCommand: Command {
    static let name = "witness"
    static let summary = "Cosign checkpoints of other servers' logs, on another machine."
    static let help = """
        docket witness --folder DIR --policy FILE [--listen ADDRESS] [--name NAME]

        --folder  what the witness keeps: its key, and what it cosigned; a new one gets a new key
        --policy  whose checkpoints are cosigned, as `docket keys --policy` prints it (C2SP tlog-policy: its `log`
                  lines); read again at SIGHUP
        --listen  where it is asked; default: 127.0.0.1:8650
        --name    what a new key is called, such as witness.example.com/w1; without it one is chosen by chance

        Prints its key, for `ledger.witnesses` of those servers and the policies of verifiers. It speaks C2SP
        tlog-witness (POST /add-checkpoint) without TLS: let a proxy speak it where others can read along.
        It cosigns only what continues what it cosigned before. Run it where those who run the servers have no say.
        Ends at SIGTERM or SIGINT.
        """

    private let folder: WitnessFolder
    private let policyFile: String
    private let address: ListenAddress
    private let keyName: KeyName?
    private let signals: Signals

    init(_ words: inout Words) throws {
        signals = Signals()
        guard let path = try words.option("--folder") else { throw WrongUse("in which folder? --folder DIR") }
        folder = WitnessFolder(path)
        guard let file = try words.option("--policy") else { throw WrongUse("whom to cosign for? --policy FILE") }
        policyFile = file
        let text = try words.option("--listen") ?? "127.0.0.1:8650"
        guard let address = ListenAddress(text) else {
            throw WrongUse("--listen must be an address and a port, such as 127.0.0.1:8650")
        }
        self.address = address
        if let text = try words.option("--name") {
            guard let name = KeyName(text) else {
                throw WrongUse("--name has no spaces and no `+`, such as witness.example.com/w1")
            }
            keyName = name
        } else {
            keyName = nil
        }
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            let policy = try TrustPolicy(file: policyFile)
            try FolderDisk.makeFolder(folder.path)
            // Before the book is read: what another process writes there must not be missed.
            let lock = try FolderLock(folder: folder.path)
            let (signer, book) = try folder.open(name: keyName)
            let log = Log("witness")
            let witness = Witness(signer: signer, book: book, policy: policy, clock: SystemClock(), log: log)
            let pool = WorkerPool("witness", threads: 1, queue: 256)
            let server = try HTTPServer(
                listeners: [witness.listener(address.address, port: address.port, pool: pool)], loops: 1, log: log)
            server.start()
            terminal.out("witness \(witness.key.text)\nlistens at http://\(server.addresses[0])")
            withExtendedLifetime(lock) {
                wait(witness, log)
                server.stop(grace: .seconds(2))
                pool.stop()
            }
            return .done
        } catch {
            terminal.error("docket witness: \(error)")
            return .couldNot
        }
    }

    /// Until the end is asked for.
    private func wait(_ witness: Witness, _ log: Log) {
        while true {
            switch signals.next(within: .seconds(3_600)) {
            case .stop: return
            case .reload:
                do throws(StartError) {
                    witness.replacePolicy(try TrustPolicy(file: policyFile))
                    log.info("the policy was read again")
                } catch {
                    log.error("the policy of before is kept", ("error", "\(error)"))
                }
            case nil: continue
            }
        }
    }
}

extension TrustPolicy {
    /// One that stands in a file.
    init(file: String) throws(StartError) {
        let bytes: [UInt8]
        do throws(InputError) {
            bytes = try Input.bytes(file, limit: Self.largest)
        } catch {
            throw StartError("\(error)")
        }
        do throws(TrustPolicyError) {
            try self.init(bytes: bytes)
        } catch {
            throw StartError(
                "\(file):\(error.line): \(error.reason); it must be a policy as `docket keys --policy` prints it")
        }
    }
}
