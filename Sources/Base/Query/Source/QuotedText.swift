/// Text between quotes, as KQL and ES|QL write it.
///
/// By scalars: a quote with an accent behind it is one character, and still a quote to whoever reads it.
public enum QuotedText {
    /// The text with its quotes, and escapes where they are needed.
    public static func of(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": out += "\\\(scalar)"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    /// The name of a column between backticks.
    public static func name(of text: String) -> String {
        var out = "`"
        for scalar in text.unicodeScalars {
            if scalar == "`" { out.unicodeScalars.append(scalar) }
            out.unicodeScalars.append(scalar)
        }
        return out + "`"
    }
}
