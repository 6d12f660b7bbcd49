import Glibc

/// One HTTP/2 connection that makes unary gRPC calls one after another: as little of a client as measuring needs.
///
/// It reads no header of an answer. A call that succeeded has a message, and one that failed has none.
///
/// - Source: RFC 9113 sections 3.4, 4.1 and 6; RFC 7541 section 6.2.2 and appendix A.
final class CallConnection {
    private static let frameBytes = 16_384
    private let socket: Int32
    private let head: [UInt8]
    private var stream: UInt32 = 1
    /// What may be sent over the whole connection, and over one new stream.
    private var window = 65_535
    private var streamWindow = 65_535
    private var initialWindow = 65_535

    /// - Returns: `nil` when nobody listens.
    init?(port: UInt16, path: String, token: String) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var on: Int32 = 1
        unsafe setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        // Static table: :method POST, :scheme http, then literals that are not indexed.
        head =
            [0x83, 0x86] + Self.literal([0x04], path) + Self.literal([0x01], "127.0.0.1")
            + Self.literal([0x0F, 0x10], "application/grpc") + Self.literal([0x0F, 0x08], "Bearer \(token)")
            + [0x00] + Self.text("te") + Self.text("trailers")
        let isConnected = unsafe withUnsafeBytes(of: &address) {
            unsafe connect(
                socket, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_in>.size))
                == 0
        }
        guard isConnected else { return nil }
        send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + Self.frame(4, 0, 0, []))
    }

    deinit { close(socket) }

    /// - Returns: whether the call has an answer with a message.
    func call(_ message: [UInt8]) -> Bool {
        let number = stream
        stream += 2
        streamWindow = initialWindow
        send(Self.frame(1, 4, number, head))
        let size = UInt32(message.count)
        let prefix = [0] + (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * UInt32($0))) }
        let body = prefix + message
        var place = 0
        while place < body.count {
            let piece = min(Self.frameBytes, body.count - place, window, streamWindow)
            guard piece > 0 else {
                if read(number) == .over { return false }
                continue
            }
            let isLast = place + piece == body.count
            send(Self.frame(0, isLast ? 1 : 0, number, body[place..<place + piece]))
            place += piece
            window -= piece
            streamWindow -= piece
        }
        var hasMessage = false
        while true {
            switch read(number) {
            case .message: hasMessage = true
            case .over: return hasMessage
            case .other: continue
            }
        }
    }

    // MARK: Frames

    private enum Event { case message, over, other }

    /// Takes one frame.
    private func read(_ number: UInt32) -> Event {
        guard let head = receive(9) else { return .over }
        let size = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        let stream = Self.number(head[5..<9]) & 0x7FFF_FFFF
        guard let payload = size == 0 ? [] : receive(size) else { return .over }
        switch head[3] {
        case 0 where stream == number: return size > 0 ? .message : head[4] & 1 != 0 ? .over : .other
        case 1 where stream == number: return head[4] & 1 != 0 ? .over : .other
        case 3 where stream == number, 7: return .over
        case 4 where head[4] & 1 == 0:
            for start in stride(from: 0, to: payload.count - 5, by: 6) where payload[start + 1] == 4 {
                let wanted = Int(Self.number(payload[start + 2..<start + 6]))
                streamWindow += wanted - initialWindow
                initialWindow = wanted
            }
            send(Self.frame(4, 1, 0, []))
        case 6 where head[4] & 1 == 0: send(Self.frame(6, 1, 0, payload))
        case 8:
            let more = Int(Self.number(payload[0..<4]) & 0x7FFF_FFFF)
            if stream == 0 { window += more } else if stream == number { streamWindow += more }
        default: break
        }
        return .other
    }

    private static func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: some Collection<UInt8>)
        -> [UInt8]
    {
        let size = payload.count
        var out: [UInt8] = []
        out.reserveCapacity(size + 9)
        out += [UInt8(size >> 16 & 255), UInt8(size >> 8 & 255), UInt8(size & 255), type, flags]
        out += (0..<4).map { UInt8(truncatingIfNeeded: stream >> (24 - 8 * UInt32($0))) }
        return out + payload
    }

    private static func literal(_ name: [UInt8], _ value: String) -> [UInt8] { name + text(value) }

    /// - Shape: below 127 bytes, not Huffman-coded.
    private static func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + text.utf8 }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    // MARK: Socket

    private func send(_ bytes: [UInt8]) {
        var place = 0
        while place < bytes.count {
            let sent = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress! + place, bytes.count - place, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return }
            place += sent
        }
    }

    private func receive(_ count: Int) -> [UInt8]? {
        var place = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while place < count {
                let read = unsafe recv(socket, buffer.baseAddress! + place, count - place, 0)
                guard read > 0 else { break }
                place += read
            }
            filled = place
        }
        return place == count ? bytes : nil
    }
}
