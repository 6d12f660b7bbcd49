import Codecs
import Integrity

extension Check {
    static let secrets = [
        Check("secret", bytes: isSecret),
        Check("random", bytes: { entropy(of: $0) >= 3 && !isPlaceholder($0) }),
        Check("filled", bytes: { !isPlaceholder($0) }),
        Check("jwt", bytes: isJWT),
        Check("basic", bytes: isBasic),
        Check("base64_64", bytes: { Integrity.Base64.bytes(of: $0.text)?.count == 64 }),
        Check(
            "openai",
            bytes: { text in
                text.byteCount > 8
                    && (0..<text.byteCount - 8).contains { text.extracting($0..<$0 + 8).isEqual(to: "T3BlbkFJ") }
            }),
        Check("mixed", bytes: isMixed),
        // A certificate and a public key are for everybody.
        Check(
            "pem",
            bytes: { text in
                let head = text.extracting(0..<min(text.byteCount, 64)).array
                return contains(head, Array("PRIVATE KEY".utf8))
            }),
    ]

    /// Shannon's, of the bytes.
    ///
    /// - Unit: bits for each byte.
    static func entropy(of text: RawSpan) -> Double {
        var counts = [Int](repeating: 0, count: 256)
        for place in 0..<text.byteCount { counts[Int(text[place])] += 1 }
        // log2 without a library of mathematics: n·log2(n) for whole numbers, by tables of the exponent.
        let total = Double(text.byteCount)
        return counts.reduce(0) { sum, count in
            count == 0 ? sum : sum - Double(count) / total * Logarithm.base2(Double(count) / total)
        }
    }

    /// Digits and both cases.
    private static func isMixed(_ text: RawSpan) -> Bool {
        let kinds = Kinds(text)
        return kinds.digits > 0 && kinds.lower > 0 && kinds.upper > 0 && !isPlaceholder(text)
    }

    private struct Kinds {
        var digits = 0
        var lower = 0
        var upper = 0
        var others = 0

        init(_ text: RawSpan) {
            for place in 0..<text.byteCount {
                switch text[place] {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
                case UInt8(ascii: "a")...UInt8(ascii: "z"): lower += 1
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): upper += 1
                case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"): break
                default: others += 1
                }
            }
        }
    }

    /// What stands behind `password =`: neither a word of a program nor an example.
    private static func isSecret(_ text: RawSpan) -> Bool {
        let kinds = Kinds(text)
        let letters = kinds.lower + kinds.upper
        // A number is a length or a time; a path, a name and a type are words.
        guard letters > 0, kinds.digits > 0 || kinds.others > 1, !isPath(text), !isPlaceholder(text) else {
            return false
        }
        return entropy(of: text) >= (text.byteCount < 16 ? 2.5 : 3)
    }

    /// A file, or names of a program with dots between them.
    private static func isPath(_ text: RawSpan) -> Bool {
        if text[0] == UInt8(ascii: "/") || text[0] == UInt8(ascii: "~") || text[0] == UInt8(ascii: ".") { return true }
        var place = 0
        while place < text.byteCount, text[place] != UInt8(ascii: ".") { place += 1 }
        guard place < text.byteCount, text[0] > UInt8(ascii: "9") else { return false }
        return (place + 1..<text.byteCount).allSatisfy { place in
            ByteSet.letters.contains(text[place] | 0x20) || [0x2E, 0x5F, 0x3F, 0x21].contains(text[place])
        }
    }

    /// `changeme`, `<key>`, `${KEY}`, `xxxx`, `your-key-here`, and masks.
    static func isPlaceholder(_ text: RawSpan) -> Bool {
        guard text.byteCount > 0 else { return true }
        if [UInt8(ascii: "$"), UInt8(ascii: "<"), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "%")].contains(
            text[0])
        {
            return true
        }
        var lower: [UInt8] = []
        for place in 0..<min(text.byteCount, 64) {
            let byte = text[place]
            lower.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
        }
        return placeholders.contains { contains(lower, $0) }
    }

    private static let placeholders: [[UInt8]] = [
        "changeme", "change_me", "change-me", "xxxx", "****", "....", "example", "placeholder", "your_", "your-",
        "yourpass", "redacted",
        "dummy", "sample", "insert", "todo", "undefined", "process.env", "os.environ", "getenv", "not_set", "<redacted",
    ].map { Array($0.utf8) }

    private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard text.count >= part.count else { return false }
        return (0...text.count - part.count).contains { text[$0...].starts(with: part) }
    }

    /// The header is JSON that names an algorithm.
    private static func isJWT(_ text: RawSpan) -> Bool {
        var dot = 0
        while dot < text.byteCount, text[dot] != UInt8(ascii: ".") { dot += 1 }
        guard let header = PrintableBase64.decode(text.extracting(0..<dot)), header.first == UInt8(ascii: "{") else {
            return false
        }
        return contains(header, Array("\"alg\"".utf8)) || contains(header, Array("\"enc\"".utf8))
    }

    /// A name, a colon and a password.
    private static func isBasic(_ text: RawSpan) -> Bool {
        guard let pair = PrintableBase64.decode(text) else { return false }
        return pair.firstIndex(of: UInt8(ascii: ":")).map { $0 < pair.count - 1 } ?? false
    }
}

/// Base 64 that stands for text.
enum PrintableBase64 {
    /// Both alphabets, padding or not.
    ///
    /// - Returns: `nil` when it is none, or what it stands for is not mostly text.
    static func decode(_ text: RawSpan) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.byteCount / 4 * 3 + 3)
        var reader = Codecs.Base64.Reader()
        var odd = 0
        for place in 0..<text.byteCount where text[place] != UInt8(ascii: "=") {
            guard let bits = Codecs.Base64.value(text[place]) else { return nil }
            guard let byte = reader.take(bits) else { continue }
            if byte < 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09 || byte == 0x7F || byte >= 0x80 { odd += 1 }
            bytes.append(byte)
            // Pictures and programs are known by their first bytes.
            if bytes.count == 24, odd > 6 { return nil }
        }
        return bytes.count > 2 && odd * 8 <= bytes.count ? bytes : nil
    }
}

/// Logarithms without the C library of mathematics.
enum Logarithm {
    static func base2(_ number: Double) -> Double {
        precondition(number > 0)
        var rest = number.significand
        var result = Double(number.exponent)
        var bit = 0.5
        // Each squaring of a number from 1 to 2 tells one more binary digit.
        for _ in 0..<16 {
            rest *= rest
            if rest >= 2 {
                rest /= 2
                result += bit
            }
            bit /= 2
        }
        return result
    }
}
