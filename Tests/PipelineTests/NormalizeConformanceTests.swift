import Foundation
import Lookup
import Pipeline
import TestKit
import Testing

@Suite struct `Golden documents` {
    @Test(arguments: try GoldenCase.all(of: "normalize"))
    func `What goes in comes out as the files say`(_ golden: GoldenCase) throws {
        let stream = try #require(try golden.text("stream.txt"))
        let input = try #require(try golden.text("input.ndjson"))
        let full = try Mapped(input, stream: stream, .full, try Self.enricher(golden, .full))
        try golden.expect(full.lines.joined(separator: "\n"), in: "expected.ndjson")
        let conformance = try Mapped(
            input, stream: stream, .conformance, try Self.enricher(golden, .conformance))
        try golden.expect(conformance.lines.joined(separator: "\n"), in: "expected.conformance.ndjson")
    }

    /// A case with a table of networks is enriched; in all others nothing is known of addresses and user agents.
    private static func enricher(_ golden: GoldenCase, _ mode: Normalizer.Mode) throws -> (any Enricher)? {
        guard let table = try golden.text("addresses.tsv") else { return nil }
        let files = try AddressFiles(table)
        return Enrichment(
            mode: mode, city: try AddressDatabase(path: files.city, .city),
            network: try AddressDatabase(path: files.network, .network))
    }
}
