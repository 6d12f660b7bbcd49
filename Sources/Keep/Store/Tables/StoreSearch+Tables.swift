import Events
import Platform
public import Query

extension StoreSearch: TableEngine {
    public func table(_ request: TableRequest) throws(SearchError) -> ESQLAnswer {
        let plan: ESQLPlan
        guard let tenant = TenantName(request.tenant) else { throw .failed("no tenant has this name") }
        let tables = StoreTables(
            store: store, schema: schema, tenant: tenant, from: request.from, to: request.to,
            timeLimit: request.limits.time, cancellation: request.cancellation, lists: lists(tenant),
            clock: clock)
        do throws(QueryError) {
            let now = clock.now()
            let filter = try KQL.filter(request.filter, schema: schema, now: now).filter
            plan = try ESQL.parse(request.text, request.parameters).plan(tables, now: now).only(filter)
        } catch {
            throw .query(error)
        }
        let answer = try plan.answer(
            from: tables, limits: request.limits, cancellation: request.cancellation, clock: clock)
        return request.dropsEmptyColumns ? answer.withoutEmptyColumns : answer
    }
}
