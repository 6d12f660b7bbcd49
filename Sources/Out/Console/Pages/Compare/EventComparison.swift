/// Two events field by field: what both say alike, what they say differently, and what only one says.
struct EventComparison: Equatable {
    enum State: String, CaseIterable {
        case different
        case onlyFirst = "only-first"
        case onlySecond = "only-second"
        /// Both have it, and whether it is the same is not told: its content is covered.
        case covered
        case same

        var label: String {
            switch self {
            case .different: "≠ different"
            case .onlyFirst: "← only the first"
            case .onlySecond: "→ only the second"
            case .covered: "? not shown"
            case .same: "= same"
            }
        }
    }

    struct Row: Equatable {
        let name: String
        let state: State
        let first: [String]
        let second: [String]
    }

    let rows: [Row]

    /// - Order: as the first has its fields, then those that only the second has. Values of a field are compared in their
    ///   order.
    /// - Parameter covered: names of fields whose values are not shown.
    init(_ first: EventFields, _ second: EventFields, covered: Set<String> = []) {
        let others = Dictionary(second.fields.map { ($0.name, $0.values) }) { one, _ in one }
        var rows = first.fields.map { field -> Row in
            guard let other = others[field.name] else {
                return Row(name: field.name, state: .onlyFirst, first: field.values, second: [])
            }
            let state: State = covered.contains(field.name) ? .covered : other == field.values ? .same : .different
            return Row(name: field.name, state: state, first: field.values, second: other)
        }
        let names = Set(first.fields.map(\.name))
        rows += second.fields.filter { !names.contains($0.name) }.map {
            Row(name: $0.name, state: .onlySecond, first: [], second: $0.values)
        }
        self.rows = rows
    }

    func count(_ state: State) -> Int { rows.count { $0.state == state } }

    /// Those of a state in front of those of the next one.
    var sorted: [Row] { State.allCases.flatMap { state in rows.filter { $0.state == state } } }
}
