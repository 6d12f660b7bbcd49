import Platform
import Query
import TestKit
import Testing

/// Cases in `Conformance/kql`: a query in, its tree and filter or its error out, and the SQL for DuckDB beside it.
struct KQLConformanceTests {
    @Test(arguments: try GoldenCase.all(of: "kql"))
    func conformance(_ golden: GoldenCase) throws {
        let text = try #require(try golden.text("input.kql"))
        let options = try Self.options(try golden.text("options"))
        do throws(QueryError) {
            let query = try KQL.parse(text, options)
            let resolved = try query.resolved(schema: .sample, now: .sample, options)
            let warnings = resolved.warnings.map { "\n\nwarning\n" + $0.rendered(in: query.source) }.joined()
            try? golden.expect("\(query.expression)\n\n\(resolved.filter)\(warnings)", in: "expected.txt")
            try? golden.expect(Self.text(DuckDBDialect(schema: .sample).condition(resolved.filter)), in: "expected.sql")
        } catch {
            try? golden.expect("error\n" + error.rendered(in: SourceText(text)), in: "expected.txt")
        }
    }

    private static func text(_ sql: SQLText) -> String {
        ([sql.text] + sql.parameters.enumerated().map { "-- $\($0 + 1) \($1)" }).joined(separator: "\n")
    }

    /// - Parameter text: the file `options` of a case, with one word for each option.
    private static func options(_ text: String?) throws -> KQLOptions {
        var options = KQLOptions()
        switch text {
        case nil: break
        case "elasticsearch": options.dialect = .elasticsearch
        case "no-leading-wildcard": options.allowsLeadingWildcard = false
        case "ignore-case": options.letters = .ignored
        case "zone +07:00": options.secondsFromUTC = 7 * 3_600
        case let other?: Issue.record("unknown option \(other)")
        }
        return options
    }
}
