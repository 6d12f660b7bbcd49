import Query
import Testing

struct QueryErrorTests {
    static let places: [(text: String, line: Int, column: Int, marked: String)] = [
        ("FROM a", 1, 6, "FROM a\n       ^"), ("FROM a\n| KEEP é, b", 2, 11, "| KEEP é, b\n            ^"),
        ("a", 1, 9, "a\n   ^"), ("a", 7, 1, "a\n   ^"), ("", 1, 1, "\n  ^"), ("a\nb", 0, 0, "a\n  ^"),
    ]

    @Test(arguments: places)
    func `what somebody else found is shown at its place`(text: String, line: Int, column: Int, marked: String) {
        let source = SourceText(text)
        let error = QueryError("wrong", line: line, column: column, in: source)
        #expect(error.rendered(in: source).hasSuffix(marked), "\(error.rendered(in: source))")
    }

    @Test func `in a text that does not have the place it is the message alone`() throws {
        let flaw = try #require(throws: QueryError.self) { try KQL.parse("user.email: a and (") }
        #expect(flaw.rendered(in: SourceText("user")) == flaw.description)
    }
}
