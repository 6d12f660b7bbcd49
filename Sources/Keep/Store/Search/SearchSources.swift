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
                    columns: segments.reduce(into: []) { $0.formUnion($1.columns) },
                    misfits: segments.reduce(into: []) { $0.formUnion($1.misfits) },
                    superseded: view.superseded[shelf] ?? SequenceSet()))
        }
        return sources.sorted { $0.shelf < $1.shelf }
    }

    /// The table in SQL, as long as `body` runs.
    func withTable<Result, Failure: Error>(
        _ registry: HotSnapshotRegistry, _ body: (String) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch table {
        case .hot(let snapshot):
            return try registry.with(snapshot) { (number: Int64) throws(Failure) in
                try body("\(HotSnapshotRegistry.functionName)(\(number))")
            }
        case .files(let files):
            let list = files.map(StoreWriter.quoted).joined(separator: ", ")
            return try body("read_parquet([\(list)], union_by_name = true)")
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
        case .field, .anywhere, .everything, .nothing: self
        }
    }
}
