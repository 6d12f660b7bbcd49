import Glibc
import Platform

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

    func stop() {
        close(input)
        var status: Int32 = 0
        unsafe _ = waitpid(process, &status, 0)
    }
}
