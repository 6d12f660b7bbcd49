@testable import Query

/// Patterns over texts: the first line is a pattern, the rest a text, and the byte in front says in which notation.
///
/// - Must hold: no text costs more than its characters times the steps of the pattern; all ways to match agree; a
///   complement matches what its pattern does not; what is taken out of a text stands in it.
final class PatternTarget: FuzzTarget {
    func run(_ input: RawSpan) throws(Violation) {
        let bytes = input.payload
        let end = bytes.firstIndex(of: 10) ?? bytes.count
        let pattern = String(decoding: bytes[..<end], as: UTF8.self)
        let text = String(decoding: bytes[min(end + 1, bytes.count)...], as: UTF8.self)
        let selector = input.selector
        switch selector % 5 {
        case 0: try lucene(pattern, text, ignoringCase: selector & 64 != 0)
        case 1: try captures(pattern, text, selector & 64 == 0 ? .oniguruma : .java)
        case 2: try grok(pattern, text)
        case 3: try dissect(pattern, text)
        default: try like(pattern, text)
        }
    }

    private func lucene(_ pattern: String, _ text: String, ignoringCase: Bool) throws(Violation) {
        guard let regex = try? LuceneRegex(pattern, ignoringCase: ignoringCase) else { return }
        let isMatch = regex.matches(text)
        try Violation.unless(regex.matches(text) == isMatch, "\(pattern) says something else the second time")
        try Violation.unless(
            regex.effort(on: text) <= 4 * (text.utf8.count + 1) * (regex.size + 1), "\(pattern) costs too much")
        guard !pattern.isEmpty, let other = try? LuceneRegex("~(\(pattern))", ignoringCase: ignoringCase) else {
            return
        }
        try Violation.unless(other.matches(text) != isMatch, "~(\(pattern)) agrees with \(pattern) on \(text)")
    }

    private func captures(_ pattern: String, _ text: String, _ dialect: RegexDialect) throws(Violation) {
        guard let regex = try? CaptureRegex(pattern, dialect: dialect) else { return }
        let trial = regex.trial(on: text)
        try Violation.unless(Set(trial.found).count == 1, "\(pattern) is found in two ways on \(text)")
        for effort in trial.effort {
            try Violation.unless(
                effort <= 4 * (text.utf8.count + 1) * (regex.size + 1), "\(pattern) costs too much on \(text)")
        }
        for case let range? in regex.captures(in: text) ?? [] {
            try Violation.unless(range.upperBound <= text.utf8.count, "\(pattern) ends behind \(text)")
        }
    }

    private func grok(_ pattern: String, _ text: String) throws(Violation) {
        guard let grok = try? Grok(pattern: pattern), let values = grok.match(text) else { return }
        try Violation.unless(values.count == grok.fields.count, "\(pattern) has values for other fields")
        for case .text(let value) in values.joined() {
            try Violation.unless(value.isEmpty || text.utf8.contains(value), "\(value) is not in \(text)")
        }
    }

    private func dissect(_ pattern: String, _ text: String) throws(Violation) {
        guard let dissect = try? Dissect(pattern: pattern, appendSeparator: ""), let values = dissect.match(text)
        else { return }
        try Violation.unless(values.count == dissect.names.count, "\(pattern) has values for other keys")
        try Violation.unless(
            values.reduce(0) { $0 + $1.utf8.count } <= text.utf8.count, "\(pattern) makes more of \(text)")
    }

    private func like(_ pattern: String, _ text: String) throws(Violation) {
        guard let like = try? LikePattern(pattern) else { return }
        let written = like.pieces.map { piece in
            switch piece {
            case .text(let text): text.unicodeScalars.map { Self.escaped($0) }.joined()
            case .one: "."
            case .run: "@"
            }
        }.joined()
        guard let regex = try? LuceneRegex(written) else { return }
        try Violation.unless(
            regex.matches(text) == like.matches(text), "\(pattern) and \(written) do not agree on \(text)")
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        scalar.properties.isAlphabetic && scalar.isASCII ? "\(scalar)" : "\\\(scalar)"
    }
}

extension String.UTF8View {
    fileprivate func contains(_ text: String) -> Bool {
        let bytes = Array(self)
        let span = bytes.span
        return ByteSearch(text).place(in: span, 0..<bytes.count) != nil
    }
}
