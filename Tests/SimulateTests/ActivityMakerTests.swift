import Codecs
import Platform
import Testing

@testable import Simulate

struct ActivityMakerTests {
    static let start = Timestamp(milliseconds: 1_791_446_400_000)

    @Test func `an id leads back to its number, and others do not`() {
        for number in [0, 1, 2, 61, 62, 12_345, 4_999_999] {
            let id = ActivityID.text(number, seed: 9)
            #expect(id.hasPrefix("activity_01") && id.utf8.count == 33)
            #expect(ActivityID.number(id, seed: 9) == number)
            #expect(ActivityID.number(id, seed: 8) == nil)
        }
        #expect(ActivityID.number("activity_unknown", seed: 9) == nil)
        #expect(ActivityID.number("activity_01ZZZZZZZZZZZZZZZZZZZZZZ", seed: 9) == nil)
    }

    @Test func `the table has more than five hundred types, each with actors`() {
        let rows = ActivityTable.standard.rows
        #expect(rows.count > 500)
        #expect(rows.allSatisfy { !$0.actors.isEmpty })
        #expect(rows.filter { !$0.isListed }.map(\.type) == ["anthropic_access", "cmek_preserve"])
        let kinds = Set(rows.flatMap(\.fields).map(\.kind))
        let known: Set<String> = [
            "id", "ids", "bool", "number", "status", "one", "scopes", "words", "email", "url", "domain", "ip", "digest",
            "time", "updates", "audience", "resource", "empty", "none", "gone", "word",
        ]
        #expect(kinds.isSubset(of: known))
    }

    @Test func `activities are JSON with the members that every activity has`() throws {
        let maker = ActivityMaker(seed: 3)
        var types: Set<String> = []
        var actors: Set<String> = []
        for number in 0..<3_000 {
            let activity = maker.make(number, created: Self.start + .milliseconds(Int64(number)), delay: .seconds(0))
            var out = ByteBuffer()
            maker.write(activity, to: &out)
            let value = try JSONValue(parsing: out.array)
            #expect(value["id"]?.string == maker.id(number))
            #expect(value["created_at"]?.string.flatMap { RFC3339.parse($0.utf8) } == activity.created)
            types.insert(try #require(value["type"]?.string))
            actors.insert(try #require(value["actor"]?["type"]?.string))
            #expect((value["organization_id"]?.isNull == true) == (activity.unit == nil))
            var again = ByteBuffer()
            maker.write(activity, to: &again)
            #expect(again.array == out.array)
        }
        #expect(types.count > 250)
        #expect(actors.count == 11)
    }

    @Test func `nobody in it is real`() {
        let organization = SimulatedOrganization(seed: 5)
        #expect(organization.people.allSatisfy { $0.email.hasSuffix("@example.com") })
        #expect(Set(organization.people.map(\.id)).count == organization.people.count)
        let blocks = ["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8::"]
        #expect(organization.people.allSatisfy { person in blocks.contains { person.address.hasPrefix($0) } })
    }
}
