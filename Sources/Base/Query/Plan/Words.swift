/// How text is cut into words, the same for a query, for the evaluator and for SQL.
///
/// - Shape: a word is a run of letters, marks, digits and `_`, in lowercase. Everything else separates.
enum Words {
    /// The words of a text, in order.
    static func split(_ text: String) -> [String] {
        var words: [String] = []
        var word = String.UnicodeScalarView()
        for scalar in lowercased(text).unicodeScalars {
            if isPart(scalar) {
                word.append(scalar)
            } else if !word.isEmpty {
                words.append(String(word))
                word = .init()
            }
        }
        return word.isEmpty ? words : words + [String(word)]
    }

    /// The words with one space before, between and behind them, so that a run of words is a piece of text.
    static func spaced(_ words: [String]) -> String { " " + words.map { $0 + " " }.joined() }

    /// The terms of a query on a text field: each is one word, or several that a dot or apostrophe joins.
    ///
    /// Elasticsearch's standard analyzer keeps `example.com` and `don't` in one piece (Unicode annex 29,
    /// rules 6 to 12), so a query for such a term must not find its parts alone.
    static func terms(_ text: String) -> [[String]] {
        let scalars = Array(text.unicodeScalars)
        var terms: [[String]] = []
        var term = String.UnicodeScalarView()
        func finish() {
            let words = split(String(term))
            if !words.isEmpty { terms.append(words) }
            term = .init()
        }
        for (place, scalar) in scalars.enumerated() {
            if isPart(scalar) || joins(scalars, at: place) { term.append(scalar) } else { finish() }
        }
        finish()
        return terms
    }

    /// Lowercase letter by letter, as SQL does it: no letter becomes two.
    static func lowercased(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            // One scalar has a lowercase form of two (U+0130); its first is the simple form.
            out.append(scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar)
        }
        return String(out)
    }

    static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_": true
            default: false
            }
        }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        case .decimalNumber, .letterNumber, .otherNumber: true
        default: false
        }
    }

    private static func joins(_ scalars: [Unicode.Scalar], at place: Int) -> Bool {
        guard [".", "'", "’"].contains(scalars[place]), place > 0, place + 1 < scalars.count else { return false }
        let before = scalars[place - 1]
        let after = scalars[place + 1]
        return (before.properties.isAlphabetic && after.properties.isAlphabetic)
            || (before.properties.numericType != nil && after.properties.numericType != nil)
    }
}
