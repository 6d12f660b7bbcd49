import Events

/// The columns that a command sees, in the order in which they would be shown.
struct ESQLScope {
    private(set) var columns: [ESQLColumn] = []
    private var places: [String: Int] = [:]
    /// Other names of columns.
    private var aliases: [String: String] = [:]

    init(_ columns: [ESQLColumn] = [], aliases: [String: String] = [:]) {
        self.aliases = aliases
        set(columns)
    }

    mutating func set(_ columns: [ESQLColumn]) {
        self.columns = columns
        places = [:]
        for (place, column) in columns.enumerated() { places[column.name] = place }
    }

    subscript(name: String) -> ESQLColumn? {
        if let place = places[name] { return columns[place] }
        return aliases[name].flatMap { places[$0] }.map { columns[$0] }
    }

    /// At the end; what had the name before is gone.
    mutating func append(_ column: ESQLColumn) { append([column]) }

    mutating func append(_ new: [ESQLColumn]) {
        // Of two that are called the same, the last one holds.
        var seen: Set<String> = []
        let kept = new.reversed().filter { seen.insert($0.name).inserted }.reversed()
        set(columns.filter { !seen.contains($0.name) } + kept)
    }

    mutating func replace(_ column: ESQLColumn) {
        if let place = places[column.name] { columns[place] = column } else { append(column) }
    }

    /// Columns that a pattern names, in order.
    func matching(_ pattern: ESQLNamePattern) -> [ESQLColumn] {
        if let name = pattern.name { return self[name].map { [$0] } ?? [] }
        return columns.filter { pattern.matches($0.name) }
    }

    func nearest(to name: String) -> String? {
        if let near = Nearness.nearest(to: name, among: columns.map(\.name) + aliases.keys.sorted()) { return near }
        let endings = columns.filter { $0.name.hasSuffix(".\(name)") }
        return endings.count == 1 ? endings[0].name : nil
    }
}
