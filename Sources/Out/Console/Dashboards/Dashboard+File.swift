import Codecs
import Query

extension Dashboard {
    /// Bounds that keep a page of panels a page.
    private static let (mostPanels, mostControls) = (64, 8)
    private static let widths = [3, 4, 6, 12]

    /// Reads a file.
    ///
    /// - Parameter file: its name, for errors.
    public init(parsing bytes: [UInt8], file: String) throws(DashboardError) {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONValue(parsing: bytes)
        } catch {
            throw DashboardError(file: file, key: "", message: "is no JSON: \(error)")
        }
        var object = try FileObject(root, file: file, path: "")
        id = try object.id("id")
        title = try object.text("title")
        description = try object.optionalText("description") ?? ""
        let streams = try object.texts("streams") ?? []
        guard !streams.isEmpty else {
            throw object.error("streams", "is missing; name data streams, such as [\"events\"]")
        }
        let filter = try object.optionalText("filter") ?? ""
        source = try object.optionalText("source") ?? streams.joined(separator: ", ")
        scope = Query(
            streams: streams, filter: filter, steps: "STATS events = COUNT(*) BY time = BUCKET(@timestamp, $bucket)")
        var controls: [Control] = []
        for control in try object.objects("controls") { controls.append(try Control(control)) }
        guard controls.count <= Self.mostControls else {
            throw object.error("controls", "has more than \(Self.mostControls)")
        }
        self.controls = controls
        let reader = PanelReader(scope: scope, shared: try Self.shared(&object, scope))
        var sections: [Section] = []
        var ids: Set<String> = []
        for var section in try object.objects("sections") {
            let title = try section.optionalText("title") ?? ""
            let isCollapsed = try section.flag("collapsed") ?? false
            var panels: [Panel] = []
            for panel in try section.objects("panels") {
                let read = try reader.panel(panel)
                guard ids.insert(read.id).inserted else { throw panel.error("id", "`\(read.id)` stands here twice") }
                panels.append(read)
            }
            try section.end()
            sections.append(Section(title: title, isCollapsed: isCollapsed, panels: panels))
        }
        guard (1...Self.mostPanels).contains(ids.count) else {
            throw object.error("sections", "must have 1 to \(Self.mostPanels) panels")
        }
        self.sections = sections
        try object.end()
    }

    /// Queries that several panels use.
    private static func shared(_ object: inout FileObject, _ scope: Query) throws(DashboardError) -> [String: Query] {
        var shared: [String: Query] = [:]
        for (name, value) in try object.pairs("queries") {
            var query = try FileObject(value, file: object.file, path: "queries.\(name)")
            shared[name] = try PanelReader.query(&query, scope, filter: query.optionalText("filter") ?? "")
            try query.end()
        }
        return shared
    }

    /// Reads panels of one file.
    private struct PanelReader {
        let scope: Query
        let shared: [String: Query]

        /// `query` and `streams`.
        static func query(
            _ object: inout FileObject, _ scope: Query, filter: String
        ) throws(DashboardError) -> Query {
            Query(
                streams: try object.texts("streams") ?? scope.streams, filter: KQLText.all([scope.filter, filter]),
                steps: try object.text("query"))
        }

        func panel(_ object: FileObject) throws(DashboardError) -> Panel {
            var object = object
            let id = try object.id("id")
            let title = try object.text("title")
            let mark = try object.choice("mark", Mark.self)
            let width = try object.number("width", in: 3...12) ?? 6
            guard Dashboard.widths.contains(width) else { throw object.error("width", "must be 3, 4, 6 or 12") }
            let filter = try object.optionalText("filter") ?? ""
            let query = mark == .text ? nil : try self.query(of: &object, filter: filter)
            let fields = try object.textPairs("fields", orNone: true)
            func column(_ name: String, _ title: String) -> Column {
                // A column that is called as a field is that field, unless it is said to be another one or none.
                guard let said = fields.first(where: { $0.name == name })?.text else {
                    return Column(name: name, title: title, field: name)
                }
                return Column(name: name, title: title, field: said.isEmpty ? nil : said)
            }
            let unit = Unit(try object.optionalText("unit") ?? "events")
            let options = try self.options(&object)
            let panel = Panel(
                id: id, title: title, description: try object.optionalText("description") ?? "", mark: mark,
                width: width, query: query, values: try values(&object, title),
                by: try object.optionalText("by").map { column($0, $0) },
                split: try object.optionalText("split").map { column($0, $0) },
                columns: try columns(&object, fields.map { ($0.name, $0.text) }), unit: unit,
                search: search(of: query ?? scope, filter: filter, isShared: object.has("use")), options: options)
            try object.end()
            try check(panel, object)
            return panel
        }

        private func query(of object: inout FileObject, filter: String) throws(DashboardError) -> Query {
            guard let name = try object.optionalText("use") else {
                return try PanelReader.query(&object, scope, filter: filter)
            }
            guard let query = shared[name] else {
                let known = shared.keys.sorted().joined(separator: ", ")
                throw object.error("use", "there is no query `\(name)`; there are: \(known.isEmpty ? "none" : known)")
            }
            guard !object.has("query") else { throw object.error("query", "cannot stand beside `use`") }
            return query
        }

        /// The events that a panel is about. One that shows a part of a shared answer says itself which part.
        private func search(of query: Query, filter: String, isShared: Bool) -> String {
            let streams = query.streams.contains("events") ? [] : query.streams.map { QuotedText.of($0) }
            return KQLText.all([
                streams.isEmpty ? "" : "event.dataset: (\(streams.joined(separator: " or ")))", query.filter,
                isShared ? filter : "",
            ])
        }

        private func values(_ object: inout FileObject, _ title: String) throws(DashboardError) -> [Column] {
            if let name = try object.optionalText("value") { return [Column(name: name, title: title, field: nil)] }
            return try object.textPairs("values").map { Column(name: $0.name, title: $0.text, field: nil) }
        }

        private func columns(
            _ object: inout FileObject, _ fields: [(String, String)]
        ) throws(DashboardError) -> [Column] {
            var columns: [Column] = []
            for var column in try object.objects("columns") {
                let name = try column.text("column")
                let unit = try column.optionalText("unit").map { Unit($0) }
                columns.append(
                    Column(
                        name: name, title: try column.optionalText("title") ?? name,
                        field: unit == nil ? try column.optionalText("field") ?? name : nil, unit: unit,
                        isEvent: try column.flag("event") ?? false))
                try column.end()
            }
            return columns
        }

        private func options(_ object: inout FileObject) throws(DashboardError) -> Options {
            var options = Options()
            if let most = try object.number("most", in: 1...100) { options.most = most }
            options.hasOther = try object.flag("other") ?? true
            options.hasPrevious = try object.flag("previous") ?? false
            options.part = try object.optionalText("part")
            options.whole = try object.optionalText("whole")
            options.target = try object.optionalText("target")
            if let name = try object.optionalText("trend") {
                guard let query = shared[name] else { throw object.error("trend", "there is no query `\(name)`") }
                options.trend = query
            }
            for var level in try object.objects("levels") {
                let from = try level.decimal("from")
                if let last = options.levels.last, last.from >= from {
                    throw level.error("from", "must be greater than the one before")
                }
                options.levels.append(Level(from: from, level: try level.choice("level", Tile.Level.self)))
                try level.end()
            }
            return options
        }

        /// What a mark cannot be drawn without.
        private func check(_ panel: Panel, _ object: FileObject) throws(DashboardError) {
            switch panel.mark {
            case .tile where panel.values.count != 1: throw object.error("value", "a tile shows one column")
            case .bars where panel.values.isEmpty, .lines where panel.values.isEmpty, .area where panel.values.isEmpty:
                throw object.error("values", "name the columns that are drawn")
            case .bars where panel.by != nil && panel.values.count > 1,
                .area where panel.by != nil && panel.values.count > 1,
                .lines where panel.by != nil && panel.values.count > 1:
                throw object.error("values", "with `by` there is one column")
            case .ranking where panel.by == nil: throw object.error("by", "name the column of the rows")
            case .ranking where panel.values.count != 1: throw object.error("value", "a ranking shows one column")
            case .table where panel.columns.isEmpty: throw object.error("columns", "name the columns of the table")
            case .heatmap where panel.values.count != 1:
                throw object.error("value", "a heat map shows one column, beside `time` in hours")
            case .bullet where panel.values.count != 1 || panel.options.target == nil:
                throw object.error("target", "name the columns of the value and of the target")
            case .text where panel.description.isEmpty: throw object.error("description", "a text belongs here")
            default: break
            }
            if let query = panel.query, [.bars, .lines, .area].contains(panel.mark), !query.isOverTime {
                throw object.error("query", "must make groups `BY time = BUCKET(@timestamp, \(Query.bucket))`")
            }
        }
    }
}

extension Dashboard.Control {
    fileprivate init(_ object: FileObject) throws(DashboardError) {
        var object = object
        field = try object.text("field")
        title = try object.optionalText("title") ?? field
        value = try object.optionalText("value") ?? QuotedText.name(of: field)
        guard object.has("value") || !field.contains(",") else {
            throw object.error("value", "is missing: several fields need an expression in ES|QL for their values")
        }
        try object.end()
    }
}
