import Codecs

/// One value of an attribute, as clients write it in either encoding.
enum AttributeValue {
    case text(String)
    case number(Int)
    case fraction(Double)

    func write(_ key: String, field: Int, to writer: inout ProtobufWriter) {
        writer.message(field) { pair in
            pair.text(1, key)
            pair.message(2) { any in
                switch self {
                case .text(let text): any.text(1, text)
                case .number(let number): any.varint(3, UInt64(number))
                case .fraction(let number): any.fixed64(4, number.bitPattern)
                }
            }
        }
    }

    /// The same with `intValue` as a bare number, as Claude Code has it.
    func json(_ key: String) -> String {
        let any =
            switch self {
            case .text(let text): "\"stringValue\":\(JSONValue.string(text).text)"
            case .number(let number): "\"intValue\":\(number)"
            case .fraction(let number): "\"doubleValue\":\(number)"
            }
        return "{\"key\":\"\(key)\",\"value\":{\(any)}}"
    }
}
