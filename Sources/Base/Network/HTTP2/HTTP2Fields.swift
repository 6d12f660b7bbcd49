import CNghttp2

/// Fields on their way out, in the form that nghttp2 takes: lower case, and without those that only mean
/// something to one HTTP/1.1 connection.
struct HTTP2Fields {
    private static let connectionOnly = [
        "connection", "content-length", "date", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade",
    ].map { Array($0.utf8) }

    private var bytes: [UInt8] = []
    private var ends: [(name: Int, value: Int)] = []

    init() { bytes.reserveCapacity(256) }

    mutating func append(_ name: StaticString, _ value: String) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        let end = bytes.count
        bytes.append(contentsOf: value.utf8)
        ends.append((end, bytes.count))
    }

    mutating func append(_ headers: HTTPHeaders) {
        headers.forEachField { name, value in
            let start = bytes.count
            for byte in name { bytes.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) }
            guard !Self.connectionOnly.contains(where: { $0.elementsEqual(bytes[start...]) }) else {
                bytes.removeSubrange(start...)
                return
            }
            let end = bytes.count
            bytes.append(contentsOf: value)
            ends.append((end, bytes.count))
        }
    }

    /// Lends the list. nghttp2 copies what it keeps.
    func withList(_ body: (UnsafePointer<nghttp2_nv>?, Int) -> Int32) -> Int32 {
        var bytes = bytes
        return unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return body(nil, 0) }
            var list: [nghttp2_nv] = unsafe []
            unsafe list.reserveCapacity(ends.count)
            var start = 0
            for end in ends {
                unsafe list.append(
                    nghttp2_nv(
                        name: base + start, value: base + end.name, namelen: end.name - start,
                        valuelen: end.value - end.name, flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue)))
                start = end.value
            }
            return unsafe list.withUnsafeBufferPointer { unsafe body($0.baseAddress, $0.count) }
        }
    }
}
