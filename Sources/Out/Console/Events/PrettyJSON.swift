/// Breaks JSON of one line into lines. Every other byte stays as it is stored, numbers and escapes too.
enum PrettyJSON {
    static func of(_ document: [UInt8]) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(document.count * 2)
        var depth = 0
        var isInText = false
        var isEscaped = false
        var place = 0
        func newLine(_ depth: Int, _ out: inout [UInt8]) {
            out.append(10)
            out += [UInt8](repeating: 32, count: 2 * max(0, depth))
        }
        while place < document.count {
            let byte = document[place]
            place += 1
            if isInText {
                out.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                isInText = true
                out.append(byte)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                out.append(byte)
                while place < document.count, [9, 10, 13, 32].contains(document[place]) { place += 1 }
                if place < document.count, [UInt8(ascii: "}"), UInt8(ascii: "]")].contains(document[place]) {
                    out.append(document[place])
                    place += 1
                } else {
                    depth += 1
                    newLine(depth, &out)
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                newLine(depth, &out)
                out.append(byte)
            case UInt8(ascii: ","):
                out.append(byte)
                newLine(depth, &out)
            case UInt8(ascii: ":"): out += [byte, 32]
            case 9, 10, 13, 32: break
            default: out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
