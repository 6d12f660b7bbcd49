import Platform

extension Filter: CustomStringConvertible {
    /// The filter as an indented list, one test a line: for "explain" and for golden files.
    public var description: String { lines(indent: "").joined(separator: "\n") }

    private func lines(indent: String) -> [String] {
        func group(_ name: String, _ parts: [Filter]) -> [String] {
            [indent + name] + parts.flatMap { $0.lines(indent: indent + "  ") }
        }
        return switch self {
        case .everything: [indent + "everything"]
        case .nothing: [indent + "nothing"]
        case .all(let parts): group("all", parts)
        case .any(let parts): group("any", parts)
        case .not(let part): group("not", [part])
        case .field(let field, let test): [indent + "\(field) \(test)"]
        case .object(let path, let inner): group("object of \(path.name)", [inner])
        case .anywhere(let test): [indent + "anywhere \(test)"]
        }
    }
}

extension FieldTest: CustomStringConvertible {
    public var description: String {
        switch self {
        case .isPresent: "exists"
        case .equals(let values, let letters):
            "is " + values.map(\.outline).joined(separator: " | ") + letters.outline
        case .text(let test): "\(test)"
        case .isWithin(let range): "\(range)"
        case .isInNetwork(let network): "in \(network)"
        }
    }
}

extension TextTest: CustomStringConvertible {
    public var description: String {
        switch self {
        case .glob(let pattern, let letters): "like \"\(pattern)\"" + letters.outline
        case .phrase(let words): "has \"\(words.joined(separator: " "))\""
        case .word(let pattern): "has word \"\(pattern)\""
        }
    }
}

extension ValueRange: CustomStringConvertible {
    public var description: String {
        let below = lower.map { ($0.isInclusive ? ">= " : "> ") + $0.value.outline }
        let above = upper.map { ($0.isInclusive ? "<= " : "< ") + $0.value.outline }
        return [below, above].compactMap(\.self).joined(separator: " and ")
    }
}

extension LetterCase {
    fileprivate var outline: String { self == .exact ? "" : " (any case)" }
}

extension FieldValue {
    /// Text stands in quotes, so that the text `1` and the number 1 look different.
    fileprivate var outline: String {
        guard case .text(let text) = self else { return self.text }
        let escapes: [(String, String)] = [("\\", "\\\\"), ("\"", "\\\""), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")]
        return "\"" + escapes.reduce(text) { $0.replacing($1.0, with: $1.1) } + "\""
    }
}
