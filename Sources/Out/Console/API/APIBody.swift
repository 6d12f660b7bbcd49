import Codecs
import Events
import Platform
import Query

/// The body of a call: a JSON object whose members are taken one by one.
///
/// Every member may be left out, and `null` leaves it out, too. One that nobody takes is an error: a misspelled bound
/// must not search everything.
struct APIBody {
    private let members: [JSONValue.Member]
    private var known: [String] = []

    init(_ bytes: [UInt8]) throws(APIError) {
        guard !bytes.isEmpty else {
            members = []
            return
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw APIError(.badRequest, "The body is not JSON: \(error).")
        }
        guard let members = value.members else { throw APIError(.badRequest, "The body must be a JSON object.") }
        var keys: Set<String> = []
        for member in members where !keys.insert(member.key).inserted {
            throw APIError(.badRequest, "`\(member.key.prefix(40))` stands in the body twice.")
        }
        self.members = members
    }

    /// To be called when all members that may be there were taken.
    func end() throws(APIError) {
        guard let member = members.first(where: { !known.contains($0.key) }) else { return }
        let name = member.key.prefix(40)
        guard let near = Nearness.nearest(to: member.key, among: known) else {
            let list = known.joined(separator: ", ")
            throw APIError(.badRequest, "`\(name)` is not known; known are \(list).")
        }
        var error = APIError(.badRequest, "`\(name)` is not known; did you mean `\(near)`?")
        error.hint = "`\(near)`"
        throw error
    }

    // MARK: Members

    /// - Parameter names: of the same member; only one of them may be there.
    private mutating func take(_ names: [String]) throws(APIError) -> JSONValue.Member? {
        known += names
        let found = members.filter { names.contains($0.key) && !$0.value.isNull }
        guard found.count < 2 else {
            throw APIError(.badRequest, "`\(found[0].key)` and `\(found[1].key)` mean the same; give one of them.")
        }
        return found.first
    }

    mutating func text(_ names: String...) throws(APIError) -> String? {
        guard let member = try take(names) else { return nil }
        guard let text = member.value.string else {
            throw APIError(.badRequest, "`\(member.key)` must be a string.")
        }
        return text
    }

    mutating func texts(_ name: String, most: Int) throws(APIError) -> [String]? {
        guard let member = try take([name]) else { return nil }
        let texts = member.value.array.map { $0.compactMap(\.string) }
        guard let texts, texts.count == member.value.array?.count, (1...most).contains(texts.count) else {
            throw APIError(.badRequest, "`\(name)` must be a list of 1 to \(most) strings.")
        }
        return texts
    }

    /// A list of whatever JSON has.
    mutating func values(_ name: String) throws(APIError) -> [JSONValue]? {
        guard let member = try take([name]) else { return nil }
        guard let values = member.value.array else { throw APIError(.badRequest, "`\(name)` must be a list.") }
        return values
    }

    mutating func flag(_ name: String) throws(APIError) -> Bool? {
        guard let member = try take([name]) else { return nil }
        guard let flag = member.value.bool else { throw APIError(.badRequest, "`\(name)` must be true or false.") }
        return flag
    }

    mutating func number(_ names: String..., in range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let member = try take(names) else { return nil }
        guard let number = member.value.integer, range.contains(Int(number)) else {
            throw APIError(
                .badRequest, "`\(member.key)` must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return Int(number)
    }

    /// One of a few words.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ names: String..., of type: Choice.Type
    ) throws(APIError) -> Choice? where Choice.RawValue == String {
        guard let member = try take(names) else { return nil }
        guard let choice = member.value.string.flatMap({ Choice(rawValue: $0) }) else {
            let words = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw APIError(.badRequest, "`\(member.key)` must be one of \(words).")
        }
        return choice
    }

    /// `from` and `to`.
    mutating func time(now: Timestamp) throws(APIError) -> (from: Timestamp?, to: Timestamp?) {
        let from = try moment("from") { TimeBound.from($0, now: now) }
        let to = try moment("to") { TimeBound.to($0, now: now) }
        if let from, let to, to <= from { throw APIError(.badRequest, "`to` is not behind `from`.") }
        return (from, to)
    }

    private mutating func moment(_ name: String, _ read: (String) -> Timestamp?) throws(APIError) -> Timestamp? {
        guard let text = try text(name) else { return nil }
        guard text.utf8.count <= 64, let moment = read(text) else {
            throw APIError(.badRequest, "`\(name)` must be a time such as 2026-10-08T08:15:00Z or now-24h.")
        }
        return moment
    }

    /// How long the answer may take: what is wished for, as far as the server allows it.
    mutating func timeout(most: Timestamp.Span) throws(APIError) -> Timestamp.Span {
        guard let text = try text("timeout") else { return most }
        guard let span = Timestamp.Span(text) else {
            throw APIError(.badRequest, "`timeout` must be a length of time such as 500ms, 30s or 2m.")
        }
        return min(span, most)
    }

    /// A query in whichever language.
    mutating func query(_ name: String = "query") throws(APIError) -> String {
        let text = try text(name) ?? ""
        guard text.utf8.count <= Self.queryBytes else {
            throw APIError(.tooLong, "`\(name)` has more than \(Self.queryBytes >> 10) KiB.")
        }
        return text
    }

    /// The longest query. - Unit: bytes
    static let queryBytes = 256 << 10
}
