/// Writes heads and chunks of HTTP/1.1 answers.
enum HTTP1Encoder {
    enum Length {
        case exactly(Int)
        case chunked
        /// The end of the connection is the end of the body: HTTP/1.0 knows no chunks.
        case untilClose
    }

    static let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
    static let lastChunk = Array("0\r\n\r\n".utf8)
    static let lineEnd = Array("\r\n".utf8)

    /// - Parameter room: what else the caller will put into the same array.
    static func head(
        _ response: HTTPResponse, length: Length, keepsAlive: Bool, version: HTTPVersion, date: [UInt8], room: Int = 0
    ) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(256 + room)
        let status = response.sentStatus
        append("HTTP/1.1 ", to: &out)
        number(status, to: &out)
        out.append(0x20)
        append(HTTPResponse.phrase(status), to: &out)
        append("\r\n", to: &out)
        out.append(contentsOf: date)
        response.headers.forEachField { name, value in
            guard !isOurs(name) else { return }
            out.append(contentsOf: name)
            out.append(0x3A)
            out.append(0x20)
            out.append(contentsOf: value)
            out.append(0x0D)
            out.append(0x0A)
        }
        switch length {
        case .exactly(let count) where response.mayHaveBody:
            append("Content-Length: ", to: &out)
            number(count, to: &out)
            append("\r\n", to: &out)
        case .exactly, .untilClose: break
        case .chunked: append("Transfer-Encoding: chunked\r\n", to: &out)
        }
        if !keepsAlive {
            append("Connection: close\r\n", to: &out)
        } else if version == .http10 {
            append("Connection: keep-alive\r\n", to: &out)
        }
        append("\r\n", to: &out)
        return out
    }

    static func chunkHead(_ count: Int) -> [UInt8] { Array(String(count, radix: 16).utf8) + lineEnd }

    private static let ours = ["content-length", "transfer-encoding", "connection", "keep-alive", "date"].map {
        Array($0.utf8)
    }

    private static func isOurs(_ name: ArraySlice<UInt8>) -> Bool {
        ours.contains { our in
            our.count == name.count && zip(our, name).allSatisfy { $0 == ($1 >= 0x41 && $1 <= 0x5A ? $1 | 0x20 : $1) }
        }
    }

    private static func append(_ text: StaticString, to out: inout [UInt8]) {
        unsafe out.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private static func number(_ number: Int, to out: inout [UInt8]) {
        var power = 1
        while number / power >= 10 { power *= 10 }
        while power > 0 {
            out.append(0x30 + UInt8(truncatingIfNeeded: number / power % 10))
            power /= 10
        }
    }
}
