/// A page of panels, as one file says it (`docs/formats/dashboard.md`).
public struct Dashboard: Sendable, Equatable {
    /// Stands in the address.
    public let id: String
    let title: String
    let description: String
    let controls: [Control]
    let sections: [Section]
    /// All events that its panels may be about, whatever each of them narrows.
    let scope: Query
    /// Which streams must have come for the dashboard to have anything to show, in words.
    let source: String

    var panels: [Panel] { sections.flatMap(\.panels) }

    /// A field whose most frequent values can be chosen on top.
    struct Control: Sendable, Equatable {
        let title: String
        /// What is filtered by; several with commas between them.
        let field: String
        /// Where the values come from, in ES|QL.
        let value: String
    }

    struct Section: Sendable, Equatable {
        let title: String
        let isCollapsed: Bool
        let panels: [Panel]
    }

    /// What is asked. Panels with the same question are answered by one.
    struct Query: Sendable, Hashable {
        let streams: [String]
        /// KQL.
        let filter: String
        /// ES|QL behind `FROM`, with ``bucket`` where the length of a bar stands.
        let steps: String

        static let bucket = "$bucket"

        /// - Parameter milliseconds: of a bar.
        func text(bucket milliseconds: Int64) -> String {
            "\(streams.joined(separator: ", ")) | \(steps.replacing(Self.bucket, with: "\(milliseconds) milliseconds"))"
        }

        var isOverTime: Bool { steps.contains(Self.bucket) }
    }

    enum Mark: String, Sendable, CaseIterable {
        case tile, bars, lines, area, ranking, table, heatmap, bullet, text
    }

    struct Panel: Sendable, Equatable {
        let id: String
        let title: String
        let description: String
        let mark: Mark
        /// Of twelve.
        let width: Int
        /// Only ``Mark/text`` has none.
        let query: Query?
        /// Columns with numbers.
        let values: [Column]
        /// The column whose values are told apart; for a ranking the rows.
        let by: Column?
        /// The column that rows of a ranking are split by.
        let split: Column?
        let columns: [Column]
        let unit: Unit
        /// KQL of the events behind the panel, for the way to the search page.
        let search: String
        let options: Options
    }

    /// A column of an answer, and what it is called.
    struct Column: Sendable, Equatable {
        let name: String
        let title: String
        /// What a click on a value filters by, several with commas between them; `nil` for none.
        let field: String?
        /// Of tables: how its numbers are shown.
        var unit: Unit?
        /// Of tables: whether the cell leads to the event of that id.
        var isEvent = false
    }

    struct Options: Sendable, Equatable {
        /// Rows that are shown by themselves.
        var most = 10
        /// Whether what is behind them is shown as one more row.
        var hasOther = true
        var hasPrevious = false
        /// Numbers over time below a tile: the same column of another query.
        var trend: Query?
        /// The column that says how much there is of which the value is a part.
        var whole: String?
        var part: String?
        var target: String?
        /// From which number on a tile is good or bad, ascending.
        var levels: [Level] = []
    }

    struct Level: Sendable, Equatable {
        let from: Double
        let level: Tile.Level
    }
}
