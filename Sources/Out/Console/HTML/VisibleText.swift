/// Shows what text would rather hide.
///
/// Prompts, commands and names are an attacker's text. Characters that turn the direction of writing,
/// take no room, or steer a terminal let a person read something else than what ran.
enum VisibleText {
    /// The beginning of a long text, the same way.
    ///
    /// - Parameter most: scalars and not characters, since one character may be a megabyte of accents.
    static func of(_ text: String, most: Int) -> String {
        let scalars = text.unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: most, limitedBy: scalars.endIndex),
            end != scalars.endIndex
        else { return of(text) }
        return of(String(scalars[..<end])) + "…"
    }

    /// The text with a sign in place of each such character.
    static func of(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { sign(for: $0) != nil }) else { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let sign = sign(for: scalar) { out.append(contentsOf: sign.unicodeScalars) } else { out.append(scalar) }
        }
        return String(out)
    }

    private static func sign(for scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0x09, 0x0A: nil
        // The pictures of control characters, which stand in Unicode in the same order.
        case 0x00..<0x20: String(Unicode.Scalar(0x2400 + scalar.value)!)
        case 0x7F: "␡"
        case 0x80..<0xA0: "⟪\(code(scalar))⟫"
        case 0x00AD: "⟪SHY⟫"
        case 0x061C: "⟪ALM⟫"
        case 0x180E: "⟪MVS⟫"
        case 0x200B: "⟪ZWSP⟫"
        case 0x200C: "⟪ZWNJ⟫"
        case 0x200D: "⟪ZWJ⟫"
        case 0x200E: "⟪LRM⟫"
        case 0x200F: "⟪RLM⟫"
        case 0x2028: "⟪LS⟫"
        case 0x2029: "⟪PS⟫"
        case 0x202A: "⟪LRE⟫"
        case 0x202B: "⟪RLE⟫"
        case 0x202C: "⟪PDF⟫"
        case 0x202D: "⟪LRO⟫"
        case 0x202E: "⟪RLO⟫"
        case 0x2060...0x2064: "⟪\(code(scalar))⟫"
        case 0x2066: "⟪LRI⟫"
        case 0x2067: "⟪RLI⟫"
        case 0x2068: "⟪FSI⟫"
        case 0x2069: "⟪PDI⟫"
        case 0xFEFF: "⟪BOM⟫"
        // Tags and variation selectors carry text that nobody sees.
        case 0xE0000...0xE0FFF: "⟪\(code(scalar))⟫"
        default: nil
        }
    }

    private static func code(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
