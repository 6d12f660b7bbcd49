import Foundation
import Pipeline
import TestKit
import Testing

@Suite struct `Golden documents` {
    @Test(arguments: try GoldenCase.all(of: "normalize"))
    func `What goes in comes out as the files say`(_ golden: GoldenCase) throws {
        let stream = try #require(try golden.text("stream.txt"))
        let input = try #require(try golden.text("input.ndjson"))
        let full = try Mapped(input, stream: stream, .full)
        try golden.expect(full.lines.joined(separator: "\n"), in: "expected.ndjson")
        let conformance = try Mapped(input, stream: stream, .conformance)
        try golden.expect(conformance.lines.joined(separator: "\n"), in: "expected.conformance.ndjson")
    }
}
