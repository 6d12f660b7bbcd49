import Codecs
import Platform
import Testing

@testable import Simulate

/// What must hold in every story, whatever its seed.
struct LivingOrganizationTests {
    static let seeds: [UInt64] = [1, 77, 123_456_789]
    static let until = Timestamp(milliseconds: 1_791_446_400_000)

    static func story(_ seed: UInt64, people: Int = 12, days: Int = 7) -> LivingOrganization.Story {
        LivingOrganization.Story(seed: seed, people: people, start: until - .days(Int64(days)), days: days)
    }

    typealias Told = (
        organization: LivingOrganization, happenings: [(time: Timestamp, happening: LivingOrganization.Happening)]
    )

    /// All that happens, in its order.
    static func tell(_ story: LivingOrganization.Story) -> Told {
        var told: Told = (LivingOrganization(story), [])
        while true {
            let (time, happening) = told.organization.next()
            if time >= until { return told }
            told.happenings.append((time, happening))
        }
    }

    /// A week of each seed, told once for all tests.
    private static let weeks = Dictionary(uniqueKeysWithValues: seeds.map { ($0, tell(story($0))) })

    static func week(_ seed: UInt64) -> Told { weeks[seed] ?? tell(story(seed)) }

    static func activities(
        _ happenings: [(time: Timestamp, happening: LivingOrganization.Happening)]
    ) -> [PlannedActivity] {
        happenings.compactMap { if case .activity(let activity) = $0.happening { activity } else { nil } }
    }

    static func exports(_ happenings: [(time: Timestamp, happening: LivingOrganization.Happening)]) -> [LivingExport] {
        happenings.compactMap { if case .export(let export) = $0.happening { export } else { nil } }
    }

    /// The bytes of all requests, one after the other.
    static func bytes(_ seed: UInt64) -> [UInt8] {
        exports(tell(story(seed, days: 2)).happenings).flatMap { export in export.origin.body(export.signal) { $0 } }
    }

    @Test func `the same seed gives the same bytes, another one gives others`() {
        let once = Self.bytes(5)
        #expect(once.count > 100_000)
        #expect(Self.bytes(5) == once)
        #expect(Self.bytes(6) != once)
    }

    @Test(arguments: seeds) func `everything comes in the order of time, and begins with the story`(_ seed: UInt64) {
        let story = Self.story(seed)
        let found = Self.week(seed).happenings
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.time <= $1.time })
        #expect(Self.activities(found).allSatisfy { $0.time >= story.start })
        #expect(Self.exports(found).flatMap(\.times).allSatisfy { $0 >= story.start && $0 < Self.until })
    }

    @Test(arguments: seeds) func `whoever works has signed in before`(_ seed: UInt64) {
        let (organization, found) = Self.week(seed)
        var signedIn: Set<Int> = []
        var workers: Set<Int> = []
        var strangers = 0
        for (_, happening) in found {
            switch happening {
            case .activity(let activity):
                if activity.type == "sso_login_succeeded" { signedIn.insert(activity.person) }
            case .export(let export):
                workers.insert(export.colleague)
                if !signedIn.contains(export.colleague) { strangers += 1 }
            case .secret: break
            }
        }
        #expect(strangers == 0)
        #expect(workers.count >= organization.colleagues.count - 1)
    }

    @Test(arguments: seeds) func `a key is created before it is used, and each that is created is used`(_ seed: UInt64)
    {
        var created: Set<String> = []
        var used: Set<String> = []
        for activity in Self.activities(Self.week(seed).happenings) {
            for name in ["api_key_id", "admin_api_key_id"] {
                if let key = activity.detail?.fields[name]?.string { created.insert(key) }
            }
            // The key of this attack is one that nobody knows.
            guard let key = activity.detail?.actorID, activity.attack?.attack != .complianceKey else { continue }
            used.insert(key)
            #expect(created.contains(key))
        }
        #expect(!used.isEmpty)
        #expect(used == created)
    }

    @Test(arguments: seeds) func `nothing comes from somebody who left`(_ seed: UInt64) throws {
        let (organization, found) = Self.week(seed)
        let leaver = try #require(organization.leaver)
        let left = try #require(
            Self.activities(found).first { $0.type == "scim_user_deleted" && $0.person == leaver && $0.attack == nil })
        let id = organization.colleagues[leaver].person.id
        #expect(left.detail?.fields["user_id"] == .string(id))
        #expect(Self.activities(found).allSatisfy { $0.person != leaver || $0.time <= left.time })
        let last = Self.exports(found).filter { $0.colleague == leaver }.flatMap(\.times).max()
        #expect(last.map { $0 < left.time } ?? true)
    }

    @Test(arguments: seeds) func `numbers of a session's events have no holes but those that were planted`(
        _ seed: UInt64
    ) {
        var sequences: [String: [Int]] = [:]
        for export in Self.exports(Self.week(seed).happenings) {
            sequences[export.session, default: []] += export.logs.map(\.sequence)
        }
        // Lost events are made too, in a request of their own that is not sent.
        #expect(sequences.values.allSatisfy { $0.sorted() == Array(0..<$0.count) })
        #expect(sequences.count > 20)
    }

    @Test(arguments: seeds) func `metrics add up to what the events say`(_ seed: UInt64) {
        var ofEvents: [String: Double] = [:]
        var ofPoints: [String: Double] = [:]
        var starts: [String: Timestamp] = [:]
        for export in Self.exports(Self.week(seed).happenings) where !export.isCowork {
            for log in export.logs where log.name == "api_request" {
                if case .number(let cost) = log.attributes.first(where: { $0.name == "cost_usd" })?.value {
                    ofEvents[export.session, default: 0] += cost
                }
            }
            guard case .metrics(let points) = export.signal else { continue }
            for point in points where point.metric == .cost { ofPoints[export.session, default: 0] += point.value }
            // A delta begins where the last one ended.
            if let last = starts[export.session] { #expect(points.allSatisfy { $0.start >= last }) }
            #expect(points.allSatisfy { $0.start <= $0.time && $0.value > 0 })
            starts[export.session] = points.map(\.start).max()
        }
        #expect(ofEvents.count > 10)
        #expect(ofEvents.allSatisfy { abs($0.value - ofPoints[$0.key, default: 0]) < 1e-9 })
    }

    @Test(arguments: seeds) func `the parent of each span is in the same trace`(_ seed: UInt64) {
        var spans: [[UInt8]: Set<[UInt8]>] = [:]
        var parents: [(trace: [UInt8], id: [UInt8])] = []
        for export in Self.exports(Self.week(seed).happenings) {
            guard case .traces(let found) = export.signal else { continue }
            for span in found {
                spans[span.trace, default: []].insert(span.id)
                if let parent = span.parent { parents.append((span.trace, parent)) }
                #expect(span.start <= span.end)
            }
        }
        #expect(parents.count > 100)
        #expect(parents.allSatisfy { spans[$0.trace]?.contains($0.id) == true })
    }

    @Test(arguments: seeds) func `people work in the day of their time zone`(_ seed: UInt64) {
        let story = Self.story(seed)
        let organization = LivingOrganization(story)
        var hours: [Int: Int] = [:]
        let first = Int(story.start.nanoseconds / Timestamp.Span.days(1).nanoseconds)
        for colleague in organization.colleagues {
            for day in first..<(first + 7) {
                let plan = WorkPlan(colleague, day: day, seed: seed, left: nil)
                for session in plan.sessions {
                    let local = (session.start - colleague.midnight(day)).nanoseconds
                    hours[Int(local / Timestamp.Span.hours(1).nanoseconds), default: 0] += 1
                }
            }
        }
        #expect(hours.keys.allSatisfy { (8..<20).contains($0) })
        #expect(hours.values.reduce(0, +) > 50)
    }

    @Test(arguments: seeds) func `every activity of a story is one that the API knows`(_ seed: UInt64) {
        let table = ActivityTable.standard
        let types = Set(Self.activities(Self.week(seed).happenings).map(\.type) + WorkPlan.ordinary)
        #expect(types.allSatisfy { table.indexes[$0] != nil })
        #expect(types.count > 25)
    }

    @Test func `a heap gives things back by time, and those of one moment as they came`() {
        var heap = TimeHeap<Int>()
        var draws = Draws(seed: 3)
        var added: [(time: Int64, number: Int)] = []
        for number in 0..<500 {
            let time = Int64(draws.number(below: 40))
            added.append((time, number))
            heap.add(number, at: Timestamp(milliseconds: time))
        }
        let wanted = added.sorted { ($0.time, $0.number) < ($1.time, $1.number) }.map(\.number)
        var found: [Int] = []
        while let (_, item) = heap.removeFirst() { found.append(item) }
        #expect(found == wanted)
    }

    @Test func `at speed 60 an hour of the story is a minute, and never in the future`() {
        let pace = Pace(present: Self.until, begin: Self.until + .seconds(7), factor: 60)
        #expect(pace.moment(Self.until - .hours(3)) == Self.until - .hours(3))
        #expect(pace.moment(Self.until + .hours(1)) == Self.until + .seconds(67))
    }

    @Test(arguments: 0..<40) func `a planted card passes its check, and a secret stands in its text`(_ seed: UInt64) {
        var draws = Draws(seed: seed)
        let secret = PlantedSecret(&draws)
        #expect(secret.text.contains(secret.core) && secret.core.utf8.count >= 16)
        guard secret.text.allSatisfy(\.isNumber) else { return }
        let sum = secret.core.reversed().compactMap(\.wholeNumberValue).enumerated().reduce(0) { sum, item in
            let weighed = item.offset % 2 == 1 ? item.element * 2 : item.element
            return sum + (weighed > 9 ? weighed - 9 : weighed)
        }
        #expect(secret.core.count == 16 && sum % 10 == 0)
    }
}
