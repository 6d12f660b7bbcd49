import Query
import TestKit
import Testing

/// Cases in `Conformance/eql`.
@Suite struct `EQL by its cases` {
    @Test(arguments: try ConformanceCase.all(of: "eql"))
    func `A case gives what it says`(_ example: ConformanceCase) throws {
        if let parsed = example.parsed {
            let query = try EQL.parse(example.query)
            #expect(query.description == parsed)
            let again = try EQL.parse(parsed)
            #expect(again.form == query.form && again.pipes == query.pipes)
        } else {
            try example.expectEQL(of: DocumentList(example.data))
        }
    }
}
