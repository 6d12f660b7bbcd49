import Events
import Foundation
import Platform
import Query

/// Tables in memory, read from the files of a conformance suite: who answers queries where there is no store.
struct MemoryTables: ESQLCatalog, ESQLEngine, EventReader {
    struct Table {
        let name: String
        let columns: [ESQLRelation.Column]
        let rows: [[ESQLValue]]
        let isLookup: Bool
    }

    private(set) var tables: [Table] = []
    private(set) var policies: [ESQLPolicy] = []

    init(_ tables: [Table] = []) { self.tables = tables }

    /// All `*.json` of a folder.
    init(folder: URL) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        where name.hasSuffix(".json") {
            let data = try Data(contentsOf: folder.appending(path: name))
            let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
            try add(object, named: String(name.dropLast(5)))
        }
    }

    mutating func add(_ object: [String: Any], named name: String) throws {
        if let list = object["policies"] as? [[String: Any]] {
            for policy in list {
                guard let name = policy["name"] as? String, let index = policy["index"] as? String,
                    let table = tables.first(where: { $0.name == index }), let match = policy["match"] as? String,
                    let fields = policy["fields"] as? [String]
                else { throw SuiteError("a policy of \(name) is not whole, or its index stands behind it") }
                policies.append(
                    ESQLPolicy(
                        name: name, table: ESQLLookup(name: index, columns: table.columns, rows: table.rows),
                        matchField: match, enrichFields: fields, isRange: policy["range"] as? Bool ?? false))
            }
            return
        }
        var columns: [ESQLRelation.Column] = []
        for text in object["columns"] as? [String] ?? [] {
            let parts = text.split(separator: ":")
            guard parts.count == 2, let type = ESQLType(suite: String(parts[1])) else {
                throw SuiteError("\(name): `\(text)` is no column")
            }
            columns.append(ESQLRelation.Column(String(parts[0]), type, mayBeMany: true))
        }
        let rows = try (object["rows"] as? [[Any]] ?? []).map { row in
            guard row.count == columns.count else { throw SuiteError("\(name): a row is not as wide as its table") }
            return try zip(row, columns).map { try ESQLValue(suite: $0, $1.type) }
        }
        tables.append(Table(name: name, columns: columns, rows: rows, isLookup: object["lookup"] as? Bool ?? false))
    }

    // MARK: Catalog

    func relation(of patterns: [ESQLIndexPattern]) throws(ESQLUnknownIndex) -> ESQLRelation {
        var found: [Table] = []
        for pattern in patterns {
            func fits(_ table: Table) -> Bool {
                let parts = pattern.text.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
                return parts.count == 1 ? table.name == pattern.text : Wildcard(parts).matches(table.name)
            }
            if pattern.isExcluded {
                found.removeAll(where: fits)
                continue
            }
            let fitting = tables.filter { table in fits(table) && !found.contains { $0.name == table.name } }
            if fitting.isEmpty, !pattern.text.contains("*") { throw ESQLUnknownIndex(pattern: pattern.text) }
            found += fitting
        }
        guard !found.isEmpty else { throw ESQLUnknownIndex(pattern: patterns.map(\.text).joined(separator: ",")) }
        var columns: [ESQLRelation.Column] = []
        for table in found {
            for column in table.columns where !columns.contains(where: { $0.name == column.name }) {
                columns.append(column)
            }
        }
        columns.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return ESQLRelation(
            indices: found.map(\.name), columns: columns,
            schema: FieldSchema(columns.map { Field($0.name, $0.type.field, isMultiValued: false) }))
    }

    func lookup(named name: String) -> ESQLLookup? {
        tables.first { $0.name == name && $0.isLookup }
            .map { ESQLLookup(name: name, columns: $0.columns, rows: $0.rows) }
    }

    var lookupNames: [String] { tables.filter(\.isLookup).map(\.name) }
    func policy(named name: String) -> ESQLPolicy? { policies.first { $0.name == name } }
    var policyNames: [String] { policies.map(\.name) }
    func place(of address: IPAddress) -> [String: ESQLValue] {
        address.description == "192.0.2.1"
            ? ["country_iso_code": .text("NL"), "city_name": .text("Delft"), "location": .point(4.36, 52.01)] : [:]
    }

    // MARK: Engine

    func read(_ scan: ESQLScan, _ body: (ESQLBatch) throws(SearchError) -> Bool) throws(SearchError) {
        for name in scan.table.relation.indices {
            guard let table = tables.first(where: { $0.name == name }) else { continue }
            var start = 0
            while start < table.rows.count {
                // Few at a time, so that what spans batches is tried.
                let end = min(start + 3, table.rows.count)
                var batch = ESQLBatch(count: end - start, columns: Array(repeating: [], count: scan.width))
                for (number, column) in scan.columns {
                    batch.columns[number] = (start..<end).map { row in
                        value(column, table.rows[row], row, table, scan.table.relation)
                    }
                }
                guard try body(batch) else { return }
                start = end
            }
        }
    }

    func events(_ events: ESQLEvents) throws(SearchError) -> EQLAnswer {
        try EQLSearch(self, schema: events.relation.schema, clock: SystemClock()).search(
            EQLRequest(
                tenant: events.relation.indices.joined(separator: ","), text: events.query, limit: events.limit,
                options: events.options))
    }

    private func value(
        _ column: ESQLTableColumn, _ row: [ESQLValue], _ number: Int, _ table: Table, _ relation: ESQLRelation
    ) -> ESQLValue {
        switch column {
        case .field(let place):
            let name = relation.columns[place].name
            guard let own = table.columns.firstIndex(where: { $0.name == name }) else { return .null }
            return row[own]
        case .member: return .null
        case .metadata(.index): return .text(table.name)
        case .metadata(.id): return .text("\(table.name)-\(number)")
        case .metadata(.version): return .integer(1)
        case .metadata: return .null
        case .holds(let filter): return .boolean(filter.matches(Document(columns: table.columns, row: row)))
        }
    }

    // MARK: Events

    /// All rows as events in the order of time; the tenant names the tables.
    func read(_ request: EventReadRequest, _ body: (SearchHit) -> Bool) throws(SearchError) {
        var hits: [SearchHit] = []
        for table in tables where request.tenant.split(separator: ",").contains(Substring(table.name)) {
            for (number, row) in table.rows.enumerated()
            where request.filter.matches(Document(columns: table.columns, row: row)) {
                hits.append(hit(table, number, row))
            }
        }
        for hit in hits.sorted(by: { $0.time < $1.time }) { guard body(hit) else { return } }
    }

    func events(
        at places: [SearchPlace], tenant: String, cancellation: Cancellation?
    ) throws(SearchError) -> [SearchHit] {
        var hits: [SearchHit] = []
        for table in tables {
            for (number, row) in table.rows.enumerated() {
                let hit = hit(table, number, row)
                if places.contains(hit.place) { hits.append(hit) }
            }
        }
        return hits
    }

    private func hit(_ table: Table, _ number: Int, _ row: [ESQLValue]) -> SearchHit {
        var object: [String: Any] = [:]
        var time = Timestamp(nanoseconds: 0)
        for (column, value) in zip(table.columns, row) {
            let texts = value.fieldValues(column.type).map { value -> Any in
                switch value {
                case .integer(let number): number
                case .double(let number): number
                case .boolean(let flag): flag
                case .text(let text): text
                case .date(let moment): RFC3339.text(moment)
                case .ip(let address): address.description
                }
            }
            if !texts.isEmpty { object[column.name] = texts }
            if column.name == "@timestamp", case .date(let moment)? = value.fieldValues(column.type).first {
                time = moment
            }
        }
        let data = (try? JSONSerialization.data(withJSONObject: object)) ?? Data()
        return SearchHit(id: "\(table.name)-\(number)", time: time, stream: table.name, document: Array(data))
    }

    private struct Document: FilterDocument {
        let columns: [ESQLRelation.Column]
        let row: [ESQLValue]

        func values(of field: FieldReference) -> [FieldValue] {
            guard case .column(let field) = field, let place = columns.firstIndex(where: { $0.name == field.name })
            else {
                return []
            }
            return row[place].fieldValues(columns[place].type)
        }

        func searchableTexts() -> [String] {
            zip(columns, row).flatMap { column, value in
                value.fieldValues(column.type).compactMap { if case .text(let text) = $0 { text } else { nil } }
            }
        }
    }
}

struct SuiteError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension ESQLType {
    init?(suite name: String) {
        switch name {
        case "datetime": self = .date
        case "short", "byte": self = .integer
        case "float", "half_float", "scaled_float": self = .double
        default: self.init(rawValue: name)
        }
    }

    var field: FieldType {
        switch self {
        case .boolean: .boolean
        case .integer, .long, .unsignedLong: .long
        case .double: .double
        case .text: .text
        case .date, .dateNanos: .date
        case .ip: .ip
        case .geoPoint: .geoPoint
        default: .keyword
        }
    }
}

extension ESQLValue {
    /// A value as a suite writes it: numbers and booleans as JSON has them, all else as text.
    init(suite value: Any, _ type: ESQLType) throws {
        switch value {
        case is NSNull: self = .null
        case let list as [Any]:
            let values = try list.map { try ESQLValue(suite: $0, type) }
            self = values.isEmpty ? .null : values.count == 1 ? values[0] : .many(values)
        case let number as NSNumber:
            switch type {
            case .boolean: self = .boolean(number.boolValue)
            case .double: self = .double(number.doubleValue)
            case .unsignedLong: self = .unsigned(number.uint64Value)
            case .keyword, .text, .version: self = .text("\(number)")
            default: self = .integer(number.int64Value)
            }
        case let text as String:
            guard let parsed = ESQLValue(text: text, type) else { throw SuiteError("`\(text)` is no \(type.rawValue)") }
            self = parsed
        default: throw SuiteError("\(value) is no value")
        }
    }

    fileprivate func fieldValues(_ type: ESQLType) -> [FieldValue] {
        switch self {
        case .null, .span, .point: []
        case .boolean(let flag): [.boolean(flag)]
        case .integer(let number):
            type == .date
                ? [.date(Timestamp(milliseconds: number))]
                : type == .dateNanos ? [.date(Timestamp(nanoseconds: number))] : [.integer(number)]
        case .unsigned(let number): [.double(Double(number))]
        case .double(let number): [.double(number)]
        case .text(let text): [.text(text)]
        case .address(let address): [.ip(address)]
        case .many(let values): values.flatMap { $0.fieldValues(type) }
        }
    }
}
