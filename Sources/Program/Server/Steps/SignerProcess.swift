import Glibc
import Integrity
import Ledger
import Platform

/// The signer of who has not set one up elsewhere: a process beside this one, started again when it has ended.
final class OwnSigner: CheckpointSigner {
    private let folder: SignerFolder
    private let remote: RemoteSigner
    private let process = Locked<SignerProcess?>(nil)

    init(_ folder: SignerFolder) {
        self.folder = folder
        remote = RemoteSigner(socket: folder.socket)
    }

    /// - Returns: false when no process could be made.
    func start() -> Bool {
        process.withLock { process in
            process = SignerProcess(folder: folder.path)
            return process != nil
        }
    }

    func sign(_ wishes: [SigningWish]) throws(SignerUnreachable) -> [SigningAnswer] {
        try asking { () throws(SignerUnreachable) in try remote.sign(wishes) }
    }

    func keys() throws(SignerUnreachable) -> KeyChain {
        try asking { () throws(SignerUnreachable) in try remote.keys() }
    }

    private func asking<Answer>(
        _ ask: () throws(SignerUnreachable) -> Answer
    ) throws(SignerUnreachable) -> Answer {
        do throws(SignerUnreachable) {
            return try ask()
        } catch {
            process.withLock { process in
                // One that is not there any more is followed by another; it is asked at the next call.
                if process?.hasEnded == true { process = SignerProcess(folder: folder.path) }
            }
            throw error
        }
    }

    func stop() { process.withLock { $0.take() }?.stop() }
}

/// A signer of our own: `docket signer` as a process beside this one, for who has not set one up elsewhere.
///
/// It ends with us, whatever ends us: the kernel closes its standard input then.
final class SignerProcess: Sendable {
    private let process: pid_t
    private let input: Int32

    /// - Parameter folder: of the signer.
    /// - Returns: `nil` when no process could be made.
    init?(folder: String) {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [
            strdup("docket"), strdup("signer"), strdup("--folder"), strdup(folder), strdup("--until-input-ends"), nil,
        ]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var process = pid_t()
        let error = unsafe posix_spawn(&process, "/proc/self/exe", &actions, nil, &arguments, environ)
        close(ends[0])
        guard error == 0 else {
            close(ends[1])
            return nil
        }
        self.process = process
        input = ends[1]
    }

    /// Whether it has ended, whatever ended it. It is not asked again when it has.
    var hasEnded: Bool {
        var status: Int32 = 0
        guard unsafe waitpid(process, &status, WNOHANG) == process else { return false }
        close(input)
        return true
    }

    func stop() {
        close(input)
        var status: Int32 = 0
        unsafe _ = waitpid(process, &status, 0)
    }
}
