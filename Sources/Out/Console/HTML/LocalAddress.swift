/// An address on this server. Nothing else can stand in a link, a form or a redirect.
///
/// - Shape: starts with exactly one slash; path and query are percent-encoded, so it names no other host,
///   no other scheme and no second header line, whatever text went in.
struct LocalAddress: Sendable, Equatable {
    /// As it stands in a link.
    let text: String

    /// - Parameter segments: behind the path, each encoded as one.
    init(_ path: StaticString, segments: [String] = [], query: [(String, String)] = []) {
        var text = "\(path)"
        precondition(text.hasPrefix("/") && !text.hasPrefix("//"))
        for segment in segments { text += (text.hasSuffix("/") ? "" : "/") + Self.encode(segment) }
        self.init(text, query)
    }

    /// The address that a client named as its way back, taken apart and put together again.
    ///
    /// - Returns: `nil` for what could lead to another host.
    init?(checking target: String, pathAndQuery: (path: String, query: [(name: String, value: String)])) {
        guard target.hasPrefix("/"), !target.hasPrefix("//"), !target.hasPrefix("/\\") else { return nil }
        let segments = pathAndQuery.path.split(separator: "/").map { Self.encode(String($0)) }
        self.init("/" + segments.joined(separator: "/"), pathAndQuery.query.map { ($0.name, $0.value) })
    }

    private init(_ path: String, _ query: [(String, String)]) {
        guard !query.isEmpty else {
            text = path
            return
        }
        text = path + "?" + query.map { "\(Self.encode($0))=\(Self.encode($1))" }.joined(separator: "&")
    }

    /// The same page with another query.
    func with(_ query: [(String, String)]) -> LocalAddress {
        LocalAddress(String(text.prefix { $0 != "?" }), query)
    }

    /// Everything but letters, digits and `-._~` is escaped. A segment of two dots is a step up, which a
    /// browser takes and which stays on this host.
    static func encode(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.append(byte)
            default: out += [UInt8(ascii: "%"), hex(byte >> 4), hex(byte & 15)]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? 48 + digit : 55 + digit }
}
