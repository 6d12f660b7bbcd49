import Events
import Pipeline
import TestKit
import Testing

@Suite struct `Golden documents of other schemas` {
    @Test(arguments: try GoldenCase.all(of: "schemas"))
    func `What goes in comes out in the words of OCSF and CIM`(_ golden: GoldenCase) throws {
        let stream = try #require(try golden.text("stream.txt"))
        let input = try #require(try golden.text("input.ndjson"))
        for schema in [Schema.ocsf, .cim] {
            let mapped = try Mapped(input, stream: stream, .full, schema: schema)
            try golden.expect(mapped.lines.joined(separator: "\n"), in: "expected.\(schema.rawValue).ndjson")
        }
    }
}
