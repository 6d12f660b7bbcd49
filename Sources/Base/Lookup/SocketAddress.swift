import Codecs
import Glibc

/// An internet address as the kernel's calls have it.
struct SocketAddress {
    private enum Form {
        case four(sockaddr_in)
        case six(sockaddr_in6)
    }

    private let form: Form

    /// The longest text of an address.
    private static let textLimit = 45

    /// Reads an address. An IPv4 address that is written as IPv6 is an IPv4 address.
    init?(_ text: RawSpan) {
        let count = text.byteCount
        // The kernel's reader would end at a NUL and believe what stands before it.
        guard (2...Self.textLimit).contains(count), (0..<count).allSatisfy({ text[$0] != 0 }) else { return nil }
        var four = sockaddr_in()
        var six = sockaddr_in6()
        let family: Int32 = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { name in
            for place in 0..<count { unsafe name[place] = CChar(bitPattern: text[place]) }
            unsafe name[count] = 0
            if unsafe inet_pton(AF_INET, name.baseAddress, &four.sin_addr) == 1 { return AF_INET }
            return unsafe inet_pton(AF_INET6, name.baseAddress, &six.sin6_addr) == 1 ? AF_INET6 : AF_UNSPEC
        }
        switch family {
        case AF_INET: break
        case AF_INET6:
            let bytes = unsafe withUnsafeBytes(of: six.sin6_addr) { unsafe Array($0) }
            guard bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) else {
                six.sin6_family = sa_family_t(AF_INET6)
                form = .six(six)
                return
            }
            four.sin_addr.s_addr = bytes[12...].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        default: return nil
        }
        four.sin_family = sa_family_t(AF_INET)
        form = .four(four)
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>) -> Result) -> Result {
        switch form {
        case .four(var address):
            unsafe withUnsafePointer(to: &address) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0) }
            }
        case .six(var address):
            unsafe withUnsafePointer(to: &address) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0) }
            }
        }
    }
}
