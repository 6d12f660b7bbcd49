import Platform
import Query

/// The rows of an answer, their cells by the names of columns.
struct TableRows: Sendable {
    let answer: ESQLAnswer
    private let places: [String: Int]

    init(_ answer: ESQLAnswer) {
        self.answer = answer
        places = Dictionary(answer.columns.enumerated().map { ($1.name, $0) }) { first, _ in first }
    }

    var count: Int { answer.rows.count }
    var isPartial: Bool { answer.isPartial }
    var indices: Range<Int> { answer.rows.indices }

    /// - Precondition: the query names such a column.
    func value(_ row: Int, _ column: String) -> ESQLValue {
        guard let place = places[column] else { preconditionFailure("no column \(column)") }
        return answer.rows[row][place]
    }

    func type(_ column: String) -> ESQLType? { places[column].map { answer.columns[$0].type } }

    func isText(_ column: String) -> Bool { [.keyword, .text].contains(type(column)) }
    func hasText(_ column: String) -> Bool { isText(column) && indices.contains { text($0, column) != nil } }

    /// As people read it; `nil` for null. Several values stand beside each other.
    func text(_ row: Int, _ column: String) -> String? {
        let value = value(row, column)
        if case .null = value { return nil }
        return value.text(type(column) ?? .keyword)
    }

    /// `nil` for null and for what is no number.
    func double(_ row: Int, _ column: String) -> Double? {
        switch value(row, column) {
        case .integer(let number): Double(number)
        case .unsigned(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    func int(_ row: Int, _ column: String) -> Int? { double(row, column).flatMap { Int(exactly: $0.rounded()) } }

    func time(_ row: Int, _ column: String) -> Timestamp? {
        guard case .integer(let number) = value(row, column) else { return nil }
        return Timestamp(nanoseconds: type(column) == .dateNanos ? number : number &* 1_000_000)
    }

    /// All the values of a cell.
    func texts(_ row: Int, _ column: String) -> [String] {
        let value = value(row, column)
        let type = type(column) ?? .keyword
        return switch value {
        case .null: []
        case .many(let values): values.map { $0.text(type) }
        default: [value.text(type)]
        }
    }
}
