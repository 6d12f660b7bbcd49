import Glibc

/// Why a server could not start.
public enum NetworkError: Error, Equatable, CustomStringConvertible {
    /// Not a numeric IPv4 or IPv6 address and a port of 0 to 65,535.
    case badAddress(String)
    /// Often errno 98, address in use: another server runs already.
    case cannotBind(String, errno: Int32)
    case cannotRun(String, errno: Int32)
    /// A certificate, key or authority that cannot be used.
    case certificate(file: String, reason: String)

    public var description: String {
        switch self {
        case .badAddress(let address): "\(address) is not a numeric address and port"
        case .cannotBind(let address, let errno): "cannot listen on \(address): \(systemText(errno)) (errno \(errno))"
        case .cannotRun(let what, let errno): "cannot run \(what): \(systemText(errno)) (errno \(errno))"
        case .certificate(let file, let reason): "\(file): \(reason)"
        }
    }
}

/// The system's words for an errno.
func systemText(_ errno: Int32) -> String { unsafe String(cString: strerror(errno)) }
