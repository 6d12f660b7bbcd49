import Events
import Platform
import Query

/// One table that a search reads: the pages of a shelf, or the files of a shelf.
struct SearchSource {
    enum Table {
        case hot(HotSnapshot)
        case files([String])
    }

    let shelf: Shelf
    let table: Table
    /// Columns that some row has. A test of any other column fails without being asked.
    let columns: Set<String>
    /// Fields that some row has a value of among the rest.
    let misfits: Set<String>
    /// Records whose documents are passed over.
    let superseded: SequenceSet

    /// The tables of a tenant that may hold rows of a stretch of time.
    ///
    /// The tenant decides here, before there is any SQL: what is not a source cannot be asked for.
    static func all(
        in view: EventStore.View, store: StoreColumns, folder: String, tenant: TenantName, from: Timestamp?,
        to: Timestamp?
    ) -> [SearchSource] {
        var sources: [SearchSource] = []
        for (shelf, pages) in view.pages where shelf.tenant == tenant {
            let snapshot = HotSnapshot(pages, store: store)
            sources.append(
                SearchSource(
                    shelf: shelf, table: .hot(snapshot), columns: Set(snapshot.columns.map(\.name)),
                    misfits: Set(pages.misfits(store)), superseded: view.superseded[shelf] ?? SequenceSet()))
        }
        let segments = view.segments.filter { segment in
            segment.shelf.tenant == tenant && from.map { segment.latest >= $0 } ?? true
                && to.map { segment.earliest < $0 } ?? true
        }
        for (shelf, segments) in Dictionary(grouping: segments, by: \.shelf) {
            sources.append(
                SearchSource(
                    shelf: shelf, table: .files(segments.map { "\(folder)/\($0.file)" }),
                    columns: union(segments, \.columns), misfits: union(segments, \.misfits),
                    superseded: view.superseded[shelf] ?? SequenceSet()))
        }
        return sources.sorted { $0.shelf < $1.shelf }
    }

    /// Most files have the same columns as the one before, so few lists are looked at name by name.
    private static func union(_ segments: [Segment], _ names: KeyPath<Segment, [String]>) -> Set<String> {
        var union: Set<String> = []
        var last: [String] = []
        for segment in segments where segment[keyPath: names] != last {
            last = segment[keyPath: names]
            union.formUnion(last)
        }
        return union
    }

    /// The table for SQL, as long as `body` runs.
    func withTable<Result, Failure: Error>(
        _ registry: HotSnapshotRegistry, _ store: StoreColumns, _ body: (SourceTable) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch table {
        case .hot(let snapshot):
            return try registry.with(snapshot) { (number: Int64) throws(Failure) in
                try body(.function("\(HotSnapshotRegistry.functionName)(\(number))"))
            }
        case .files(let files):
            return try body(.files(files, store.columns.filter { columns.contains($0.name) }))
        }
    }
}

/// What stands behind `FROM` for a source.
enum SourceTable: Sendable {
    case function(String)
    /// With the columns that one of them has.
    case files([String], [ScanColumn])

    /// With all columns.
    var whole: String {
        switch self {
        case .function(let call): call
        case .files(let files, _): SegmentFile.rows(of: files)
        }
    }

    /// With the columns that are named in these pieces of SQL, for a statement that names no others.
    func naming(_ pieces: String...) -> String {
        guard case .files(let files, let columns) = self else { return whole }
        let names = pieces.reduce(into: Set<Substring>()) { $0.formUnion(SQLBuilder.identifiers(in: $1)) }
        let named = columns.filter { names.contains($0.name[...]) }
        // To count rows takes no column, but the engine wants one.
        return SegmentFile.rows(of: files, columns: named.isEmpty ? Array(columns.prefix(1)) : named)
    }
}

extension [SearchSource] {
    /// The tables in SQL, in the same order, as long as `body` runs.
    func withTables<Result, Failure: Error>(
        _ registry: HotSnapshotRegistry, _ store: StoreColumns, _ body: ([SourceTable]) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try self[...].withTables(registry, store, behind: [], body)
    }
}

extension ArraySlice<SearchSource> {
    /// - Parameter opened: the tables in front of these.
    fileprivate func withTables<Result, Failure: Error>(
        _ registry: HotSnapshotRegistry, _ store: StoreColumns, behind opened: [SourceTable],
        _ body: ([SourceTable]) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let source = first else { return try body(opened) }
        return try source.withTable(registry, store) { (table: SourceTable) throws(Failure) in
            try dropFirst().withTables(registry, store, behind: opened + [table], body)
        }
    }
}

extension Filter {
    /// The same question to a table that has values of these fields alone.
    func restricted(to fields: Set<String>) -> Filter {
        switch self {
        case .all(let parts): .allOf(parts.map { $0.restricted(to: fields) })
        case .any(let parts): .anyOf(parts.map { $0.restricted(to: fields) })
        case .not(let part): .notOf(part.restricted(to: fields))
        case .field(.column(let field), _), .field(.member(let field, _), _), .field(.members(let field, _), _):
            fields.contains(field.name) ? self : .nothing
        case .object(.member(let field, _), _): fields.contains(field.name) ? self : .nothing
        case .field, .object, .anywhere, .everything, .nothing: self
        }
    }
}
