/// Writes markup as bytes. The only place where characters of HTML are made.
struct MarkupWriter {
    private var out: [UInt8] = []

    /// A whole page.
    static func page(_ root: Markup) -> [UInt8] {
        var writer = MarkupWriter()
        writer.out.reserveCapacity(32 << 10)
        writer.out += "<!DOCTYPE html>\n".utf8
        writer.write(root)
        writer.out.append(UInt8(ascii: "\n"))
        return writer.out
    }

    static func text(of markup: Markup) -> String {
        var writer = MarkupWriter()
        writer.write(markup)
        return String(decoding: writer.out, as: UTF8.self)
    }

    private mutating func write(_ markup: Markup) {
        switch markup {
        case .text(let text): escape(text)
        case .several(let parts): for part in parts { write(part) }
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
