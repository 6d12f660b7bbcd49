import Foundation
import Testing

@testable import Query

struct ESQLDocumentationTests {
    @Test func `the page of ES|QL names every function, and no others`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/formats/esql.md"), encoding: .utf8)
        let start = try #require(page.range(of: "## Functions"))
        let end = try #require(page.range(of: "And `TBUCKET"))
        let named = Set(
            page[start.upperBound..<end.lowerBound].split(separator: "`").map(String.init).filter { text in
                !text.isEmpty && text.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" }
            })
        let known = Set(ESQLFunctions.all.map(\.name) + ESQLAggregates.all.map(\.name))
        #expect(known.subtracting(named).sorted() == [])
        #expect(named.subtracting(known).sorted() == [])
    }
}
