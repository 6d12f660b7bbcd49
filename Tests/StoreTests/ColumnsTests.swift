import Events
import Platform
import Query
import Testing

@testable import Store

/// How the catalog becomes columns.
@Suite struct ColumnsTests {
    private let columns = StoreColumns(catalog: .standard)

    @Test func `each known field has a column of its name, and one map has everything else`() {
        #expect(columns.columns.dropLast().map(\.name) == FieldCatalog.standard.fields.map(\.name))
        #expect(columns.columns.last?.name == "rest")
        #expect(columns.columns.last?.type == .map(.text, .text))
        #expect(Set(columns.columns.map(\.name)).count == columns.columns.count)
    }

    @Test func `lists are where the catalog says many, and nowhere else`() {
        for (field, column) in zip(FieldCatalog.standard.fields, columns.columns) {
            if case .list = column.type {
                #expect(field.isMany, "\(field.name)")
            } else {
                #expect(!field.isMany || field.type == .flattened, "\(field.name)")
            }
        }
    }

    @Test func `a list where the catalog says one, and unknown names, are found in the map by their dotted names`()
        throws
    {
        let sample = try SampleStore()
        let time = Timestamp(nanoseconds: 1_791_447_318_000_000_000)
        sample.journal = [
            .init(SampleDocument(id: "many", time: time, [("user.name", .text("a")), ("user.name", .text("b"))])),
            .init(SampleDocument(id: "one", time: time, [("user.name", .text("a"))])),
            .init(
                SampleDocument(id: "unknown", time: time, [("some.thing.new", .text("x")), ("some.count", .long(7))])),
        ]
        for isSealed in [false, true] {
            try sample.index(upTo: 3)
            if isSealed { try sample.writer.sealAll() }
            func ids(_ text: String) throws -> [String] { try sample.search(text).hits.map(\.id).sorted() }
            #expect(try ids("user.name: b") == ["many"])
            #expect(try ids("user.name: a") == ["many", "one"])
            #expect(try ids("some.thing.new: x and some.count >= 7") == ["unknown"])
            #expect(try ids("some.*: x") == ["unknown"])
        }
        let segment = try #require(sample.writer.manifest.segments.first)
        #expect(segment.misfits == ["user.name"] && !segment.columns.contains("some.thing.new"))
    }

    @Test(arguments: [
        ("claude_code.events.model", "gen_ai.response.model"), ("claude_cowork.events.model", "gen_ai.response.model"),
        ("claude_cowork.events.user.email", "user.email"), ("span.name", "name"),
        ("claude_cowork.events.tool_name", "gen_ai.tool.name"),
    ]) func `older names and those of Cowork mean the columns of today`(_ old: String, _ new: String) {
        #expect(FieldSchema(.standard).field(named: old)?.name == new)
    }
}
