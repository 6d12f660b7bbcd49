public import Codecs

/// Values as Python prints them.
public enum PythonText {
    public static func repr(_ value: JSONValue) -> String {
        switch value {
        case .null: "None"
        case .bool(let flag): flag ? "True" : "False"
        case .integer(let number): String(number)
        case .double(let number): number.description
        case .string(let text): repr(text)
        case .array(let values): "[" + values.map(repr).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\(repr($0.key)): \(repr($0.value))" }.joined(separator: ", ") + "}"
        }
    }

    /// Apostrophes, unless there is one in the text and no quote.
    private static func repr(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
        var out = String(quote)
        for scalar in scalars {
            switch scalar {
            case quote, "\\": out += "\\" + String(scalar)
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                out += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + String(quote)
    }
}
