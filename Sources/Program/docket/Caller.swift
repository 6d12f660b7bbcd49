import Glibc
import Pipeline

/// Who runs the command, for the record.
enum Caller {
    static var name: String {
        let id = getuid()
        let own = unsafe getpwuid(id).map { unsafe String(cString: $0.pointee.pw_name) }
        let name = Environment["SUDO_USER"] ?? own
        let text = "\(name ?? "uid \(id)") (command line)"
        return CredentialOrder.isName(text) ? text : "uid \(id) (command line)"
    }
}
