import Events
import Foundation
import Pipeline
import Platform
import TestKit
import Testing

@testable import Server

@Suite struct `Files with knowledge about addresses` {
    private static let amsterdam =
        "198.51.100.0/24\tAmsterdam\tEurope\tNL\tNetherlands\tNH\tNorth Holland\t52.37404\t4.88969\t64501\tDocumentation ASN"
    private static let madrid =
        "198.51.100.0/24\tMadrid\tEurope\tES\tSpain\tM\tMadrid\t40.41639\t-3.7025\t64502\tDocumentation ASN"

    /// What a log said, a line each.
    private final class Lines: Sendable {
        private let lines = Locked<[String]>([])
        func add(_ line: [UInt8]) { lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        func count(_ words: String) -> Int { lines.withLock { $0.count { $0.contains(words) } } }
    }

    private let clock = TestClock()
    private let lines = Lines()
    private let metrics = MetricList()

    private func open(_ city: String, _ network: String? = nil) -> EnrichmentFiles {
        let lines = lines
        return EnrichmentFiles(
            EnrichmentConfiguration(cityFile: city, networkFile: network), clock: clock,
            log: Log("enrich", clock: clock) { lines.add($0) }, metrics: metrics)
    }

    private func city(_ enrichment: Enrichment) -> String? {
        var document = Document()
        let bytes = Array("198.51.100.7".utf8)
        unsafe enrichment.addPlace(of: bytes.span.bytes, to: &document)
        return document.text(FieldCatalog.standard.known("source.geo.city_name"))
    }

    private func metric(_ line: String) -> Bool { metrics.exposition().contains(line + "\n") }

    @Test func `A new file is taken over, and who mapped with the old one keeps it`() throws {
        let files = try AddressFiles(Self.amsterdam)
        var enrichment = open(files.city, files.network)
        let first = enrichment.current
        #expect(city(first) == "Amsterdam")
        #expect(metric("docket_address_database_built_seconds{database=\"city\"} \(AddressFiles.built)"))
        #expect(metric("docket_address_database_built_seconds{database=\"asn\"} \(AddressFiles.built)"))
        clock.advance(.seconds(6))
        let unchanged = enrichment.renewed()
        #expect(unchanged == nil)
        try Data(AddressFiles.cities(Self.madrid)).write(to: URL(filePath: files.city), options: .atomic)
        let early = enrichment.renewed()
        #expect(early == nil, "it is not time yet")
        clock.advance(.seconds(6))
        let renewed = enrichment.renewed()
        let second = try #require(renewed)
        #expect(city(second) == "Madrid")
        #expect(city(first) == "Amsterdam")
        clock.advance(.seconds(6))
        let again = enrichment.renewed()
        #expect(again == nil)
        #expect(lines.count("a database of addresses is in use") == 3)
    }

    @Test func `A file that is missing is said once, and taken when it comes`() throws {
        let files = try AddressFiles(Self.amsterdam)
        let later = files.city + ".later"
        var enrichment = open(later)
        let before = enrichment.current
        #expect(city(before) == nil)
        for _ in 0..<3 {
            clock.advance(.seconds(6))
            let missing = enrichment.renewed()
            #expect(missing == nil)
        }
        #expect(lines.count("addresses are not looked up") == 1)
        #expect(lines.count("enrich.geo.city") == 1)
        #expect(metric("docket_address_database_failures_total{database=\"city\"} 1"))
        #expect(metric("docket_address_database_built_seconds{database=\"city\"} 0"))
        try FileManager.default.moveItem(atPath: files.city, toPath: later)
        clock.advance(.seconds(6))
        let renewed = enrichment.renewed()
        #expect(city(try #require(renewed)) == "Amsterdam")
    }

    @Test func `A broken file does not replace a good one`() throws {
        let files = try AddressFiles(Self.amsterdam)
        var enrichment = open(files.city)
        let good = try Data(contentsOf: URL(filePath: files.city))
        // Written over in place, as `cp` does.
        try good.dropLast(40).write(to: URL(filePath: files.city))
        clock.advance(.seconds(6))
        let broken = enrichment.renewed()
        #expect(broken == nil)
        let kept = enrichment.current
        #expect(city(kept) == "Amsterdam")
        #expect(lines.count("the one before stays in use") == 1)
        try FileManager.default.removeItem(atPath: files.city)
        clock.advance(.seconds(6))
        let gone = enrichment.renewed()
        #expect(gone == nil)
        let stillKept = enrichment.current
        #expect(city(stillKept) == "Amsterdam")
        #expect(metric("docket_address_database_failures_total{database=\"city\"} 2"))
    }

    @Test func `A database of something else is refused`() throws {
        let files = try AddressFiles(Self.amsterdam)
        let enrichment = open(files.network, files.city)
        let current10 = enrichment.current
        #expect(city(current10) == nil)
        #expect(lines.count("here belongs one such as GeoLite2-City") == 1)
        #expect(lines.count("here belongs one such as GeoLite2-ASN") == 1)
    }
}
