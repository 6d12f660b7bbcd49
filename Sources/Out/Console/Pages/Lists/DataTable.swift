import Platform
import Query

/// A table of which each number can be found by its row and its column.
///
/// - Shape: `tr[data-key]` names the row, `td[data-key]` the column, `data-value` is the number as it was computed.
struct DataTable {
    struct Column {
        /// What it is called for tests and in addresses.
        let name: String
        let heading: String
        var isNumber = false
        /// Whether a click on the heading sorts by it.
        var isSortable = false

        init(_ name: String, _ heading: String, isNumber: Bool = false, isSortable: Bool = false) {
            self.name = name
            self.heading = heading
            self.isNumber = isNumber
            self.isSortable = isSortable
        }
    }

    struct Row {
        let key: String
        let cells: [Cell]
    }

    let id: StaticString
    let caption: String
    let columns: [Column]
    var rows: [Row] = []
    var sorting: Sorting?
    /// Said in place of rows when there are none.
    var emptiness = "Nothing in this time."

    /// How the rows are sorted, and where the same page with another order is.
    struct Sorting {
        let order: SortOrder
        let address: PageAddress
    }

    /// More columns than these may be wider than a page.
    private static let mostFitting = 8

    var markup: Markup {
        guard !rows.isEmpty else { return h(.p, .class("empty"), .testID(id)) { emptiness } }
        guard columns.count > Self.mostFitting else { return table }
        return h(.div, .class("wide"), .inTabOrder, .role("region"), .label(caption)) { table }
    }

    private var table: Markup {
        h(.table, .class("results data"), .testID(id)) {
            h(.caption) { caption }
            h(.thead) {
                h(.tr) {
                    for column in columns { heading(column) }
                }
            }
            h(.tbody) {
                for row in rows {
                    h(.tr, .key(row.key)) {
                        for (column, cell) in zip(columns, row.cells) {
                            h(
                                .td, column.isNumber ? .class("number") : nil, .key(column.name),
                                cell.value.map { .datum($0) }, .heading(column.heading)
                            ) { cell.markup }
                        }
                    }
                }
            }
        }
    }

    private func heading(_ column: Column) -> Markup {
        let style: Attribute? = column.isNumber ? .class("number") : nil
        guard let sorting, column.isSortable else {
            return h(.th, .scope("col"), style) { column.heading }
        }
        let isCurrent = sorting.order.column == column.name
        // A first click shows the most of a number first.
        let next = SortOrder(column.name, isDescending: isCurrent ? !sorting.order.isDescending : column.isNumber)
        return h(
            .th, .scope("col"), style, isCurrent ? .sort(isDescending: sorting.order.isDescending) : nil
        ) {
            h(.a, .href(sorting.address.with([("sort", next.text)], without: ["page"]))) {
                column.heading
                if isCurrent { sorting.order.isDescending ? " ▾" : " ▴" }
            }
        }
    }
}

/// What rows are sorted by.
///
/// - Shape: in an address the name of a column, with a minus in front for the greatest first.
struct SortOrder: Equatable {
    let column: String
    let isDescending: Bool

    init(_ column: String, isDescending: Bool) {
        self.column = column
        self.isDescending = isDescending
    }

    /// - Returns: `nil` for what is no column that can be sorted by, so the text may stand in a query.
    init?(_ text: String, among columns: [DataTable.Column]) {
        let name = text.hasPrefix("-") ? String(text.dropFirst()) : text
        guard columns.contains(where: { $0.isSortable && $0.name == name }) else { return nil }
        self.init(name, isDescending: text.hasPrefix("-"))
    }

    var text: String { (isDescending ? "-" : "") + column }

    /// The step of ES|QL. Unknown comes last in both directions.
    var step: String { "SORT \(QuotedText.name(of: column)) \(isDescending ? "DESC" : "ASC") NULLS LAST" }
}

/// What stands in a cell, and the number that it is.
struct Cell {
    let markup: Markup
    var value: Double?

    /// Unknown is a dash and never zero.
    static let unknown = Cell(markup: h(.span, .class("muted")) { "–" })

    static func markup(_ markup: Markup) -> Cell { Cell(markup: markup) }

    static func text(_ text: String?, most: Int = 160) -> Cell {
        guard let text, !text.isEmpty else { return unknown }
        return Cell(markup: .text(VisibleText.of(text, most: most)))
    }

    static func texts(_ texts: [String], most: Int = 6) -> Cell {
        guard !texts.isEmpty else { return unknown }
        let shown = texts.prefix(most).map { VisibleText.of($0, most: 80) }.joined(separator: ", ")
        return Cell(markup: .text(texts.count > most ? "\(shown) and \(texts.count - most) more" : shown))
    }

    static func link(_ text: String?, _ address: LocalAddress?, most: Int = 160) -> Cell {
        guard let text, !text.isEmpty, let address else { return Self.text(text, most: most) }
        return Cell(markup: h(.a, .href(address)) { VisibleText.of(text, most: most) })
    }

    static func count(_ number: Int?) -> Cell {
        guard let number else { return unknown }
        return Cell(markup: .text(Numbers.grouped(number)), value: Double(number))
    }

    /// - Parameter isEstimate: the client's own reckoning and no bill.
    static func money(_ amount: Double?, _ currency: String = "USD", isEstimate: Bool = false) -> Cell {
        guard let amount else { return unknown }
        return Cell(markup: Money(amount, currency, isEstimate: isEstimate).markup, value: amount)
    }

    static func length(_ span: Timestamp.Span?) -> Cell {
        guard let span else { return unknown }
        return Cell(markup: .text(Amounts.length(span)), value: Double(span.nanoseconds) / 1e9)
    }

    static func share(_ part: Double?, of whole: Double?) -> Cell {
        guard let part, let whole, let text = Amounts.share(part, of: whole) else { return unknown }
        return Cell(markup: .text(text), value: part / whole)
    }

    static func moment(_ moment: Timestamp?) -> Cell {
        guard let moment else { return unknown }
        return Cell(markup: h(.time, .dateTime(RFC3339.text(moment))) { Numbers.minute(moment) })
    }
}

/// An amount of money: always with its currency, and with a sign when it is an estimate.
struct Money {
    let amount: Double
    let currency: String
    let isEstimate: Bool

    init(_ amount: Double, _ currency: String = "USD", isEstimate: Bool = false) {
        self.amount = amount
        self.currency = currency
        self.isEstimate = isEstimate
    }

    var markup: Markup {
        let text = VisibleText.of(Amounts.money(amount, currency), most: 80)
        guard isEstimate else { return .text(text) }
        return h(.em, .class("estimate"), .title("An estimate, not a bill")) { "≈ \(text)" }
    }
}

extension Numbers {
    /// `2026-10-08 08:15:18`
    static func minute(_ moment: Timestamp) -> String { String(Numbers.moment(moment).prefix(19)) }
}
