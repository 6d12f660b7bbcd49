/// What is shown of one record, as a line of JSON that people and programs read.
///
///     {"sequence":17,"accepted":"1791447318000000000","happened":"1791447317250000000",
///      "shown":{"who":["…"],"action":["…"]},"hash":"…","disclosure":"…"}
///
/// Everything is said twice: to be read, and in the ``Disclosure`` that proves it. There is one line for a disclosure, to
/// the byte, so whoever verifies writes it again and compares.
///
/// - Shape: without spaces and without the line break above; times are nanoseconds since 1970, as text, because they do
///   not fit into the numbers of every reader. A piece that is not UTF-8 is `{"base64":"…"}`. `hash` is that of the leaf.
public enum RecordLine {
    /// - Unit: bytes of a line.
    public static let largest = 256 << 20

    private static let start = Array(#""disclosure":""#.utf8)
    private static let end = Array("\"}".utf8)

    /// - Returns: the line without a line feed; `nil` when the leaf cannot be read.
    public static func text(of disclosure: Disclosure) -> [UInt8]? {
        guard let leaf = Leaf(bytes: disclosure.leaf.rawBytes) else { return nil }
        var line = Array(
            #"{"sequence":\#(leaf.sequence),"accepted":"\#(leaf.accepted)","happened":"\#(leaf.happened)","shown":{"#
                .utf8)
        for (place, shown) in disclosure.shown.enumerated() {
            line += Array((place == 0 ? "" : ",").utf8) + Array(#""\#(shown.group.word)":["#.utf8)
            for (place, piece) in shown.pieces.enumerated() {
                if place > 0 { line.append(UInt8(ascii: ",")) }
                append(piece, to: &line)
            }
            line.append(UInt8(ascii: "]"))
        }
        line += Array(#"},"hash":"\#(disclosure.leafHash.base64)","#.utf8) + start
        line += Array(Base64.text(of: disclosure.bytes.rawBytes).utf8) + end
        return line
    }

    /// The disclosure of a line.
    ///
    /// - Throws: ``RecordLineError``.
    public static func disclosure(of line: [UInt8]) throws(RecordLineError) -> Disclosure {
        guard line.suffix(end.count).elementsEqual(end),
            let quote = line.dropLast(end.count).lastIndex(of: UInt8(ascii: "\"")),
            line[...quote].suffix(start.count).elementsEqual(start),
            let bytes = Base64.bytes(of: String(decoding: line[(quote + 1)...].dropLast(end.count), as: UTF8.self)),
            let disclosure = try? Disclosure(bytes: bytes.rawBytes)
        else { throw .unreadable }
        guard text(of: disclosure) == line else { throw .otherText }
        return disclosure
    }

    private static func append(_ piece: ArraySlice<UInt8>, to line: inout [UInt8]) {
        guard let text = String(validating: piece, as: UTF8.self) else {
            line += Array(#"{"base64":"\#(Base64.text(of: Array(piece).rawBytes))"}"#.utf8)
            return
        }
        line.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                line.append(UInt8(ascii: "\\"))
                line.append(byte)
            case 0..<0x20, 0x7F: line += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: line.append(byte)
            }
        }
        line.append(UInt8(ascii: "\""))
    }
}

/// Why a line proves nothing.
public enum RecordLineError: Error, Equatable {
    /// There is no disclosure in it that can be read.
    case unreadable
    /// What is to be read is not what is proven.
    case otherText
}
