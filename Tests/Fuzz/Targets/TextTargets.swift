import Codecs
import Events
import Platform
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
        guard let again = try readAgain(printed, { text throws(QueryError) in try KQL.parse(text) }) else { return }
        try Violation.unless(again.expression.description == printed, "\(printed) is printed otherwise")
    }
}

/// Reads a query that was printed.
///
/// - Returns: `nil` when it became too long or too deep: fields of lists, names that are told and parentheses make it so.
private func readAgain<Query>(
    _ printed: String, _ parse: (String) throws(QueryError) -> Query
) throws(Violation) -> Query? {
    do throws(QueryError) {
        return try parse(printed)
    } catch {
        try Violation.unless(error.message.contains("at most"), "\(printed) is no query: \(error)")
        return nil
    }
}

/// Queries of EQL.
///
/// - Must hold: a query that is printed is read as the same query; what it means is said or refused; its sequences take
///   events without an end of their own, and a state that is put away is taken up as it was.
final class EQLTarget: FuzzTarget {
    private let schema = FieldSchema(.standard)

    func run(_ input: RawSpan) throws(Violation) {
        let text = unsafe input.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        guard let query = try? EQL.parse(text) else { return }
        let printed = query.description
        guard let again = try readAgain(printed, { text throws(QueryError) in try EQL.parse(text) }) else { return }
        try Violation.unless(again.form == query.form && again.pipes == query.pipes, "\(printed) is read otherwise")
        guard let plan = try? query.resolved(schema: schema, now: Timestamp(nanoseconds: 0)) else { return }
        guard case .sequence(let sequence) = plan.form else { return }
        var machine = SequenceMachine(sequence)
        for (second, byte) in printed.utf8.prefix(64).enumerated() {
            let hits = plan.conditions.indices.filter { byte >> ($0 % 8) & 1 == 1 }.map {
                EQLHit(condition: $0, keys: [EQLJoinKey([.integer(Int64(byte & 1))])])
            }
            let place = SearchPlace(time: Timestamp(nanoseconds: Int64(second) * 1_000_000_000), id: "\(second)")
            _ = machine.take(place, hits)
        }
        let state = machine.state(of: plan.text)
        let taken = try? SequenceMachine(sequence, query: plan.text, state: state)
        try Violation.unless(taken?.state(of: plan.text) == state, "\(printed): its state is taken up otherwise")
    }
}

/// Queries of ES|QL.
///
/// - Must hold: a query that is printed is read as the same query, without what it was given for its parameters.
final class ESQLTarget: FuzzTarget {
    /// Made for each input: an enumeration that is kept marks its pointers, which then are lost to the search for leaks.
    private var parameters: ESQLParameters {
        (try? JSONValue(
            parsing:
                #"[{"n1": "a.b"}, {"n2": [1, -2]}, {"n3": {"pattern": "x*"}}, {"n4": {"identifier": "`"}}, {"n5": -1.5}]"#
        ))
        .flatMap { $0.array }.flatMap { try? ESQLParameters($0) } ?? .none
    }

    func run(_ input: RawSpan) throws(Violation) {
        let text = unsafe input.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        guard let query = try? ESQL.parse(text, parameters) else { return }
        let printed = query.description
        guard let again = try readAgain(printed, { text throws(QueryError) in try ESQL.parse(text) }) else { return }
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
