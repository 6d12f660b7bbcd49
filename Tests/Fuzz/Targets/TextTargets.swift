import Codecs
import Query

/// JSON texts.
///
/// - Must hold: passing over a value and reading it agree on whether it is one; what is read and written is
///   read and written the same again.
final class JSONTarget: FuzzTarget {
    func run(_ input: RawSpan) throws(Violation) {
        let bytes = unsafe input.withUnsafeBytes { unsafe Array($0) }
        let value = try? JSONValue(parsing: bytes)
        let isPassed = Self.passes(input)
        try Violation.unless(value == nil || isPassed, "a value can be read and not be passed over")
        guard let value else { return }
        let text = value.text
        // Texts and not values: a number that no double can hold is infinite, and written as null.
        try Violation.unless((try? JSONValue(parsing: text))?.text == text, "\(text) is written otherwise")
    }

    private static func passes(_ bytes: RawSpan) -> Bool {
        do throws(JSONError) {
            var cursor = JSONCursor(bytes)
            let range = try cursor.skip(in: bytes)
            try cursor.finish(in: bytes)
            return range.end <= bytes.byteCount
        } catch {
            return false
        }
    }
}

/// Queries.
///
/// - Must hold: a query that is printed is read as the same query.
final class KQLTarget: FuzzTarget {
    func run(_ input: RawSpan) throws(Violation) {
        let text = unsafe input.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        guard let query = try? KQL.parse(text) else { return }
        let printed = query.expression.description
        guard let again = try? KQL.parse(printed) else { throw Violation("\(text) is printed as no query: \(printed)") }
        try Violation.unless(again.expression.description == printed, "\(printed) is printed otherwise")
    }
}

/// Queries of ES|QL.
///
/// - Must hold: a query that is printed is read as the same query.
final class ESQLTarget: FuzzTarget {
    func run(_ input: RawSpan) throws(Violation) {
        let text = unsafe input.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        guard let query = try? ESQL.parse(text) else { return }
        let printed = query.description
        let again: ESQLQuery
        do throws(QueryError) {
            again = try ESQL.parse(printed)
        } catch {
            // Names that are told and parentheses make it longer and deeper.
            return try Violation.unless(error.message.contains("at most"), "\(printed) is no query: \(error)")
        }
        try Violation.unless(again.commands == query.commands, "\(printed) is read otherwise")
    }
}

/// Python literals.
///
/// - Must hold: a value is JSON that is read as the same value, and is not nested more deeply than it may be.
final class PythonTarget: FuzzTarget {
    func run(_ input: RawSpan) throws(Violation) {
        guard let value = try? PythonLiteral.parse(input) else { return }
        try Violation.unless((try? JSONValue(parsing: value.text)) == value, "\(value.text) is read otherwise")
        try Violation.unless(Self.depth(of: value) <= PythonLiteral.depthLimit, "nested too deeply")
    }

    private static func depth(of value: JSONValue) -> Int {
        switch value {
        case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
        case .object(let members): 1 + (members.map { depth(of: $0.value) }.max() ?? 0)
        default: 0
        }
    }
}

/// Configuration files.
final class YAMLTarget: FuzzTarget {
    func run(_ input: RawSpan) throws(Violation) {
        _ = try? YAMLParser.parse(unsafe input.withUnsafeBytes { unsafe Array($0) })
    }
}
