import Glibc
import Pipeline
import Platform

/// A password from the terminal, where it is not shown, or from standard input.
enum PasswordInput {
    static func read(_ terminal: Terminal) throws(InputError) -> String {
        guard isatty(0) == 1 else { return try line() }
        return try hidden { () throws(InputError) in
            terminal.error("Password: ")
            let first = try line()
            terminal.error("The same again: ")
            guard try line() == first else { throw InputError("the two are not the same; nothing was changed") }
            return first
        }
    }

    /// With the terminal told not to show what is typed, and told to do so again in any case. Before anybody is asked:
    /// what is pasted at once must neither be shown nor thrown away.
    private static func hidden(_ ask: () throws(InputError) -> String) throws(InputError) -> String {
        var before = termios()
        guard unsafe tcgetattr(0, &before) == 0 else {
            throw InputError("the terminal cannot be told not to show a password; give it as standard input")
        }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        unsafe tcsetattr(0, TCSAFLUSH, &silent)
        defer { unsafe tcsetattr(0, TCSADRAIN, &before) }
        return try ask()
    }

    /// The first line of standard input, byte by byte, so that what stands behind it is left there.
    private static func line() throws(InputError) -> String {
        var bytes: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            let count = unsafe Glibc.read(0, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw InputError("cannot read the password: \(ErrorNumber.text(errno))") }
            if count == 0 || byte == 0x0A { break }
            bytes.append(byte)
            guard bytes.count <= KeptUser.passwordLength.upperBound else { break }
        }
        if bytes.last == 0x0D { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw InputError("the password must be text in UTF-8")
        }
        return text
    }
}
