import Codecs
import Events
import Platform
import TestKit
import Testing

@testable import Intake
@testable import Pipeline

@Suite struct `Rows of reports` {
    /// Documents of a page, all of it kept.
    private static func mapped(
        _ body: String, _ report: Report, cut: Set<Int> = [], groups: [String]? = nil, width: BucketWidth = .day,
        emptied: [ReportMachine.Emptied] = []
    ) throws -> Mapped {
        let bytes = Array(body.utf8)
        let page = try ReportPage(bytes, of: report)
        let from = try #require(UTCDay("2026-10-07"))
        let shape = ReportShape.of(report)
        let question = ReportQuestion(
            report: report, from: from, until: from + 1, page: nil, limit: nil, groups: shape.groups(groups),
            width: shape.width(width))
        var batch = RecordBatch(tenant: .default, source: "test", storage: bytes)
        var take = ReportMachine.Take(place: ReportPlace())
        take.kept = Array(page.parts.indices)
        take.cut = cut
        take.emptied = emptied
        page.append(
            take, of: question, .init(credential: "test-credential", peer: "192.0.2.7"), to: &batch)
        return Mapped(batch, .full)
    }

    private static func report(_ golden: GoldenCase) throws -> Report {
        let name = try golden.text("report.txt") ?? ""
        return try #require(Report(rawValue: name))
    }

    private static func input(_ golden: GoldenCase) throws -> String {
        let text = try golden.text("input.json")
        return try #require(text)
    }

    @Test(arguments: try GoldenCase.all(of: "reports"))
    func `Each report comes out as the files say`(_ golden: GoldenCase) throws {
        let report = try Self.report(golden)
        let input = try Self.input(golden)
        let mapped = try Self.mapped(input, report)
        try golden.expect(mapped.lines.joined(separator: "\n"), in: "expected.ndjson")
        #expect(mapped.streams.allSatisfy { $0 == report.stream.text })
    }

    @Test func `Every figure of the goldens is in the catalog`() throws {
        for golden in try GoldenCase.all(of: "reports") {
            let report = try Self.report(golden)
            let mapped = try Self.mapped(try Self.input(golden), report)
            for document in mapped.documents {
                for name in Self.names(document, "") where !name.hasSuffix(".unknown_new_figure") {
                    #expect(FieldCatalog.standard.id(of: name) != nil, "\(name)")
                }
            }
        }
    }

    private static func names(_ value: JSONValue, _ path: String) -> [String] {
        if let id = FieldCatalog.standard.id(of: path), FieldCatalog.standard[id].type == .flattened { return [path] }
        guard let members = value.members else { return [path] }
        return members.flatMap { names($0.value, path.isEmpty ? $0.key : "\(path).\($0.key)") }
    }

    private static func cost(_ amount: String, model: String = "a", extra: String = "") -> String {
        #"{"data":[{"starting_at":"2026-10-07T00:00:00Z","ending_at":"2026-10-08T00:00:00Z","results":[{"amount":"\#(amount)","currency":"USD","model":"\#(model)"\#(extra)}]}]}"#
    }

    private static func id(_ mapped: Mapped) -> String? { mapped.document["event"]?["id"]?.string }

    @Test func `New figures have the id of the old ones, another dimension has another`() throws {
        let first = try Self.mapped(Self.cost("1"), .cost)
        #expect(Self.id(first) != nil)
        let revised = try Self.mapped(Self.cost("2", extra: #","requests":7"#), .cost)
        #expect(Self.id(first) == Self.id(revised))
        let others = [
            try Self.mapped(Self.cost("1", model: "b"), .cost), try Self.mapped(Self.cost("1"), .consoleCost),
            try Self.mapped(Self.cost("1"), .cost, groups: ["model"]),
        ]
        #expect(Set((others + [first]).map { Self.id($0) }).count == 4)
        let row = #"{"amount":"1","currency":"USD","model":"a"}"#
        let twice = try Self.mapped(Self.cost("1").replacing("[\(row)]", with: "[\(row),\(row)]"), .cost)
        #expect(Set(twice.documents.map { $0["event"]?["id"]?.string }).count == 2)
    }

    @Test func `A bucket whose groups were cut says so in each of its documents`() throws {
        let document = try Self.mapped(Self.cost("1"), .cost, cut: [0]).document
        #expect(document["docket"]?["report"]?["is_cut"]?.bool == true)
    }

    @Test func `An hour is no day, and a bucket that is empty now is none of its rows`() throws {
        let day = try Self.mapped(Self.cost("1"), .cost)
        let hour = try Self.mapped(Self.cost("1"), .cost, width: .hour)
        #expect(Self.id(day) != Self.id(hour))
        #expect(hour.document["docket"]?["report"]?["bucket_width"]?.string == "1h")
        let unit = day.document["docket"]?["report"]?["unit"]
        #expect(unit?.string == "test cost 2026-10-07T00:00:00Z model,product")
        let none = try Self.mapped(
            #"{"data":[]}"#, .cost, emptied: [.init(start: "2026-10-07T00:00:00Z", end: "2026-10-08T00:00:00Z")])
        let document = none.document
        #expect(document["docket"]?["report"]?["is_empty"]?.bool == true)
        #expect(document["docket"]?["report"]?["unit"] == unit)
        #expect(document["@timestamp"]?.string?.hasPrefix("2026-10-07T00:00:00") ?? false)
        #expect(document["anthropic"]?["cost"] == nil)
        let bare = try Self.mapped(
            Self.cost("1").replacing(#""amount":"1","currency":"USD","model":"a""#, with: ""), .cost)
        #expect(Self.id(bare) != Self.id(none))
    }

    static let amounts: [(text: String, billionths: Int64?)] = [
        ("41280.000000", 412_800_000_000), ("123.78912", 1_237_891_200), ("0.0000001", 1), ("-5", -50_000_000),
        ("0", 0), ("0.00000001", nil), ("1e3", nil), ("", nil), ("-", nil), (".5", nil), ("5.", nil), ("1,5", nil),
        ("922337203685", 9_223_372_036_850_000_000), ("922337203686", nil), ("99999999999999999999", nil),
        ("12.3400000000000000000000", 123_400_000),
    ]

    @Test(arguments: amounts)
    func `Cents become billionths exactly or not at all`(text: String, billionths: Int64?) {
        #expect(Money(cents: text)?.billionths == billionths)
    }

    @Test func `A thousand amounts of a tenth of a cent are a sum without an error`() throws {
        let one = try #require(Money(cents: "0.1"))
        var sum = Money(billionths: 0)
        for _ in 0..<1_000 {
            let next: Money? = sum + one
            sum = try #require(next)
        }
        #expect(sum.billionths == 1_000_000_000 && sum.units == 1)
    }
}
