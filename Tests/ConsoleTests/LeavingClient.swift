import Glibc

/// A client that reads a little and goes away.
final class LeavingClient: Sendable {
    private let socket: Int32

    struct NoConnection: Error {}

    /// - Parameter base: `http://127.0.0.1:8600`
    init(_ base: String) throws {
        let port = UInt16(base.split(separator: ":").last.flatMap { UInt16($0) } ?? 0)
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw NoConnection() }
    }

    func send(_ text: String) { send(bytes: Array(text.utf8)) }

    func send(bytes: [UInt8]) {
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// Blocks until the first byte of the answer is there.
    func waitForBytes() -> Bool {
        var byte: UInt8 = 0
        return unsafe recv(socket, &byte, 1, 0) == 1
    }

    /// Blocks until the server has nothing more to say.
    func receiveAll() -> String {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(socket, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { return String(decoding: all, as: UTF8.self) }
            all += buffer[..<count]
        }
    }

    func leave() { close(socket) }
}

/// Lets a test hand its console to a task of its own; the test outlives the task.
struct Wrapped<Value>: @unchecked Sendable {
    // Proof for @unchecked: used with `SampleConsole`, whose methods touch only what is Sendable in it.
    let value: Value
    init(_ value: Value) { self.value = value }
}
