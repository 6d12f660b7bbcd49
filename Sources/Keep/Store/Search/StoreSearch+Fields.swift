import Events
public import Platform
public import Query

extension StoreSearch: FieldEngine {
    public func fieldsInUse(tenant: String, from: Timestamp?, to: Timestamp?) throws(SearchError) -> Set<String> {
        guard let tenant = TenantName(tenant) else { return [] }
        let view = store.view.withLock { $0 }
        let sources = SearchSource.all(
            in: view, store: store.columns, folder: store.folder.path, tenant: tenant, from: from, to: to)
        return sources.reduce(into: []) { $0.formUnion($1.columns.union($1.misfits)) }
    }
}
