/// Writes markup as bytes. The only place where characters of HTML are made.
struct MarkupWriter {
    private var out: [UInt8] = []
    /// Where something comes later, and which: offsets into the bytes.
    private var gaps: [(offset: Int, part: Int)] = []

    /// A whole page.
    static func page(_ root: Markup) -> [UInt8] {
        var writer = MarkupWriter()
        writer.out.reserveCapacity(32 << 10)
        writer.out += "<!DOCTYPE html>\n".utf8
        writer.write(root)
        writer.out.append(UInt8(ascii: "\n"))
        return writer.out
    }

    /// A page with gaps: what stands before each of them, and what stands behind the last.
    static func pieces(_ root: Markup) -> (pieces: [(bytes: [UInt8], part: Int)], end: [UInt8]) {
        var writer = MarkupWriter()
        writer.out += "<!DOCTYPE html>\n".utf8
        writer.write(root)
        writer.out.append(UInt8(ascii: "\n"))
        var pieces: [(bytes: [UInt8], part: Int)] = []
        var start = 0
        for gap in writer.gaps {
            pieces.append((Array(writer.out[start..<gap.offset]), gap.part))
            start = gap.offset
        }
        return (pieces, Array(writer.out[start...]))
    }

    static func bytes(of markup: Markup) -> [UInt8] {
        var writer = MarkupWriter()
        writer.write(markup)
        return writer.out
    }

    static func text(of markup: Markup) -> String {
        String(decoding: bytes(of: markup), as: UTF8.self)
    }

    private mutating func write(_ markup: Markup) {
        switch markup {
        case .text(let text): escape(text)
        case .several(let parts): for part in parts { write(part) }
        case .module(let asset):
            out += "<script type=\"module\" src=\"".utf8
            escape(asset.address.text)
            out += "\"></script>".utf8
        case .later(let part): gaps.append((out.count, part))
        case .element(let name, let attributes, let content): write(name, attributes, content)
        }
    }

    private mutating func write(_ name: ElementName, _ attributes: [Attribute], _ content: Markup) {
        out.append(UInt8(ascii: "<"))
        out += name.rawValue.utf8
        for attribute in attributes {
            out.append(UInt8(ascii: " "))
            out += attribute.name.utf8
            guard let value = attribute.value else { continue }
            out += "=\"".utf8
            escape(value)
            out.append(UInt8(ascii: "\""))
        }
        out.append(UInt8(ascii: ">"))
        guard !name.isVoid else {
            precondition(content == .none, "<\(name.rawValue)> has no content")
            return
        }
        if name.swallowsLineFeed { out.append(UInt8(ascii: "\n")) }
        write(content)
        out += "</".utf8
        out += name.rawValue.utf8
        out.append(UInt8(ascii: ">"))
    }

    /// The same for text and for quoted values: what has a meaning in either is escaped in both.
    private mutating func escape(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): out += "&amp;".utf8
            case UInt8(ascii: "<"): out += "&lt;".utf8
            case UInt8(ascii: ">"): out += "&gt;".utf8
            case UInt8(ascii: "\""): out += "&quot;".utf8
            case UInt8(ascii: "'"): out += "&#39;".utf8
            // HTML has no such character, not even escaped.
            case 0: out += "\u{FFFD}".utf8
            default: out.append(byte)
            }
        }
    }
}
