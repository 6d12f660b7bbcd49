import Codecs
import Query
import TestKit
import Testing

/// Cases in the files of `Conformance/kql`.
@Suite struct `KQL by its cases` {
    @Test(arguments: try ConformanceCase.all(of: "kql"))
    func `A case gives what it says`(_ example: ConformanceCase) throws {
        let options = try example.kqlOptions()
        do throws(QueryError) {
            let query = try KQL.parse(example.query, options)
            if let parsed = example.parsed {
                #expect(query.expression.description == parsed)
                #expect(try KQL.parse(parsed, options).expression == query.expression)
                return
            }
            let filter = try query.resolved(schema: example.data.schema, now: example.data.now, options).filter
            #expect(!example.isError, "\(example.query)")
            guard let ids = example.ids else { return }
            let found = example.data.documents.indices.filter {
                filter.matches(JSONDocument(example.data.documents[$0], schema: example.data.schema))
            }
            #expect(found.map(example.data.id) == ids, "\(example.query)\n\(filter)")
        } catch {
            example.expect(error)
        }
    }
}
