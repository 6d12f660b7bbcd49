/// Reads what stands between the method and the version of a request line.
///
/// - Source: RFC 3986 sections 2.1 and 3.4; RFC 9112 section 3.2.
enum RequestTarget {
    /// The path without its query, percent-decoded.
    ///
    /// - Returns: a `%` that is not followed by two hex digits stays as it is; bytes that are not UTF-8 are
    ///   repaired. A decoded slash cannot be told from a real one, so a path is for finding a page, and is
    ///   never a file name.
    static func path(_ target: String) -> String {
        decode(target.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }, plusIsSpace: false)
    }

    /// The pairs behind the question mark, decoded, in order, with repeats.
    static func query(_ target: String) -> [(name: String, value: String)] {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return [] }
        let text = target.utf8[target.utf8.index(after: mark)...].prefix { $0 != UInt8(ascii: "#") }
        return text.split(separator: UInt8(ascii: "&")).map { pair in
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            let value = pair.dropFirst(name.count + 1)
            return (decode(name, plusIsSpace: true), decode(value, plusIsSpace: true))
        }
    }

    /// Whether it is a path, an address or an asterisk, of characters that may stand there.
    static func isGood(_ target: [UInt8]) -> Bool {
        guard let first = target.first, target.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }) else {
            return false
        }
        return first == 0x2F || first == 0x2A && target.count == 1
            || schemeEnd(target).map { Authority.isGood(target[$0...].prefix { $0 != 0x2F && $0 != 0x3F }) } ?? false
    }

    /// Where `http://` or `https://` ends.
    private static func schemeEnd(_ target: [UInt8]) -> Int? {
        for scheme in ["http://", "https://"] where target.count >= scheme.utf8.count {
            // Of all that a scheme consists of, only letters have another case.
            if zip(target, scheme.utf8).allSatisfy({ $0 == $1 || $0 | 0x20 == $1 && $0 >= 0x41 }) {
                return scheme.utf8.count
            }
        }
        return nil
    }

    /// Turns `http://example.com/a?b` into `/a?b`; other forms stay as they are.
    static func origin(_ target: String) -> String {
        guard !target.hasPrefix("/"), target != "*" else { return target }
        let bytes = target.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
            return target
        }
        let rest = bytes[bytes.index(colon, offsetBy: 3)...]
        guard let start = rest.firstIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }) else {
            return "/"
        }
        let origin = String(target[start...])
        return origin.hasPrefix("?") ? "/" + origin : origin
    }

    private static func decode(_ text: some Collection<UInt8>, plusIsSpace: Bool) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var place = text.startIndex
        while place < text.endIndex {
            let byte = text[place]
            text.formIndex(after: &place)
            if byte == UInt8(ascii: "%"), text.distance(from: place, to: text.endIndex) >= 2,
                let high = digit(text[place]), let low = digit(text[text.index(after: place)])
            {
                out.append(high << 4 | low)
                text.formIndex(&place, offsetBy: 2)
            } else {
                out.append(byte == UInt8(ascii: "+") && plusIsSpace ? 0x20 : byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
