import Codecs
import Platform
import TestKit
import Testing

@testable import Simulate

struct ManifestTests {
    /// A story of some days, told to nobody, with a feed.
    static func told(
        _ seed: UInt64, days: Int = 7, attacks: Set<Attack> = Set(Attack.allCases), gaps: Set<Gap> = Set(Gap.allCases)
    ) throws -> (manifest: JSONValue, feed: ComplianceSimulator) {
        var story = LivingOrganizationTests.story(seed, days: days)
        story.attacks = attacks
        story.gaps = gaps
        var options = ComplianceSimulator.Options()
        options.seed = seed
        options.people = story.people
        options.count = 0
        let clock = TestClock(LivingOrganizationTests.until)
        let feed = try ComplianceSimulator(options, clock: clock)
        var run = OrganizationRun(
            story, pace: Pace(present: LivingOrganizationTests.until, begin: LivingOrganizationTests.until, factor: 1),
            livesOn: false, lateness: .seconds(60), feed: feed, sender: nil, clock: clock)
        run.listPast()
        do throws(OrganizationRun.Failure) {
            try run.run(pause: { _ in true }, filled: { _ in })
        } catch {
            Issue.record("\(error.reason)")
        }
        return (run.manifest.json, feed)
    }

    @Test(arguments: [1, 2, 7], [1, 77])
    func `every attack and every gap is in it once, with its events`(_ days: Int, _ seed: UInt64) throws {
        let manifest = try Self.told(seed, days: days).manifest
        let attacks = try #require(manifest["attacks"]?.array)
        #expect(attacks.compactMap { $0["attack"]?.string }.sorted() == Attack.allCases.map(\.rawValue).sorted())
        #expect(attacks.allSatisfy { $0["events"]?.array?.isEmpty == false && $0["families"]?.array?.isEmpty == false })
        let gaps = try #require(manifest["gaps"]?.array)
        #expect(gaps.compactMap { $0["gap"]?.string }.sorted() == Gap.allCases.map(\.rawValue).sorted())
        #expect(gaps.allSatisfy { $0["events"]?.array?.isEmpty == false || $0["lost"]?["claude_code.events"] != nil })
    }

    @Test func `all families of rules have an attack`() {
        #expect(Set(Attack.allCases.flatMap(\.families)) == ["A", "B", "C", "D", "E", "F"])
    }

    @Test func `what is not asked for does not happen`() throws {
        let manifest = try Self.told(4, attacks: [.bypass, .massReading], gaps: [.sequenceHole]).manifest
        #expect(
            Set(manifest["attacks"]?.array?.compactMap { $0["attack"]?.string } ?? []) == ["bypass", "mass-reading"])
        #expect(manifest["gaps"]?.array?.compactMap { $0["gap"]?.string } == ["sequence-hole"])
    }

    @Test(arguments: [1, 77])
    func `it counts what the feed has, and the same seed gives the same manifest`(_ seed: UInt64) throws {
        let (manifest, feed) = try Self.told(seed, days: 2)
        #expect(manifest["streams"]?["anthropic.audit"]?["total"]?.integer == Int64(feed.truth.count))
        let ids = Set(feed.truth)
        let listed = try #require(manifest["attacks"]?.array).flatMap { $0["events"]?.array ?? [] }
        let ofFeed = listed.compactMap { $0["id"]?.string }
        #expect(ids.isSuperset(of: ofFeed))
        #expect(!ofFeed.isEmpty && ofFeed.count < listed.count)
        #expect(try Self.told(seed, days: 2).manifest == manifest)
    }

    @Test(arguments: [1])
    func `hours and days add up to the total`(_ seed: UInt64) throws {
        let streams = try #require(Self.told(seed).manifest["streams"]?.members)
        #expect(
            streams.map(\.key) == [
                "anthropic.audit", "claude_code.events", "claude_code.metrics", "claude_code.traces",
                "claude_cowork.events",
            ])
        for stream in streams {
            for part in ["hours", "days"] {
                let counts = stream.value[part]?.members?.compactMap { $0.value.integer } ?? []
                #expect(counts.reduce(0, +) == stream.value["total"]?.integer)
            }
        }
    }
}
