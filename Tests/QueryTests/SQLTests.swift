import Platform
import Query
import TestKit
import Testing

struct SQLTests {
    @Test(arguments: 0..<300)
    func `no value is ever part of the SQL`(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        let marker = "zq'\"zq;--"
        let value = KQLSpelling.quoted(marker)
        let text =
            "\(dice.query(depth: 3)) or \(dice.pick(["event.action", "message", "tags", marker])): \(value) or \(value)"
        let filter = try KQL.filter(text.replacing("\(marker):", with: "\(value):"), schema: .sample, now: .sample)
        let sql = DuckDBDialect(schema: .sample).condition(filter.filter)
        #expect(!sql.text.contains("zq"), "seed \(seed): \(sql.text)")
        for number in 1...sql.parameters.count {
            #expect(sql.text.contains("$\(number)"), "seed \(seed): parameter \(number) is not used")
        }
        #expect(!sql.text.contains("$\(sql.parameters.count + 1)"), "seed \(seed)")
    }

    @Test func `a column's name cannot end its quotes`() {
        #expect(SQLBuilder.identifier("a\" OR \"b") == "\"a\"\" OR \"\"b\"")
    }

    @Test func `dates are written as the store keeps them`() throws {
        let filter = try KQL.filter("@timestamp >= now", schema: .sample, now: .sample).filter
        let timestamp = DuckDBDialect(schema: .sample).condition(filter)
        let integer = DuckDBDialect(schema: .sample, dates: .integer).condition(filter)
        #expect(timestamp.parameters == [.timestamp(.sample)])
        #expect(integer.parameters == [.integer(Timestamp.sample.nanoseconds)])
    }

    @Test func `as a value the filter is never NULL`() throws {
        let filter = try KQL.filter("user.name: a", schema: .sample, now: .sample).filter
        #expect(DuckDBDialect(schema: .sample).value(filter).text == "coalesce((\"user.name\" = $1), false)")
    }
}
