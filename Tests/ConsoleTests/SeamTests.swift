import Platform
import Query
import Testing

@testable import Console

struct SeamTests {
    static let widths: [(Timestamp.Span, Int, Timestamp.Span)] = [
        (.minutes(15), 60, .seconds(15)), (.hours(1), 60, .minutes(1)), (.hours(24), 60, .minutes(30)),
        (.days(7), 60, .hours(3)), (.days(30), 60, .hours(12)), (.days(365), 60, .days(7)),
        (.days(3_650), 60, .days(63)), (.milliseconds(0), 60, .milliseconds(1)), (.hours(9), 9, .hours(1)),
    ]

    @Test(arguments: widths)
    func `bars have a round width`(span: Timestamp.Span, wanted: Int, width: Timestamp.Span) {
        let start = Timestamp(milliseconds: 1_791_447_318_137)
        #expect(Histogram.width(from: start, to: start + span, buckets: wanted) == width)
        let histogram = Histogram(counts: [:], from: start, to: start + span, width: width)
        #expect(histogram.buckets.count <= wanted + 1)
    }

    @Test func `a bucket starts before what lies in it, also before 1970`() {
        let width = Timestamp.Span.seconds(10)
        for milliseconds: Int64 in [0, 1, 9_999, 10_000, -1, -10_000, -10_001] {
            let moment = Timestamp(milliseconds: milliseconds)
            let start = Histogram.start(of: moment, width: width)
            #expect(start <= moment && moment < start + width)
            #expect(start.nanoseconds % width.nanoseconds == 0)
        }
    }

    @Test func `a place in the order survives an address`() {
        let place = SearchPlace(time: Timestamp(nanoseconds: -7), id: "a~b/é")
        #expect(SearchPlace(place.text) == place)
        #expect(SearchPlace("7") == nil)
        #expect(SearchPlace("x~y") == nil)
    }

    static let bounds: [(String, String?, String?)] = [
        ("2026-10-08T08:00:00Z", "2026-10-08T08:00:00.000Z", "2026-10-08T08:00:00.000Z"),
        ("2026-10", "2026-10-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z"),
        ("now", "2026-10-08T08:15:18.137Z", "2026-10-08T08:15:18.137Z"),
        ("now-1h", "2026-10-08T07:15:18.137Z", "2026-10-08T07:15:18.137Z"),
        ("now/d", "2026-10-08T00:00:00.000Z", "2026-10-09T00:00:00.000Z"), ("never", nil, nil), ("", nil, nil),
    ]

    @Test(arguments: bounds)
    func `a bound is understood`(text: String, from: String?, to: String?) {
        #expect(TimeBound.from(text, now: .sample).map { RFC3339.text($0) } == from)
        #expect(TimeBound.to(text, now: .sample).map { RFC3339.text($0) } == to)
    }

    static let sentences: [(String, String)] = [
        (
            #"{"event.action":"tool_result","user.email":"a@example.com","gen_ai.tool.name":"Bash","process":{"command_line":"git push --force\nx"},"event.outcome":"failure"}"#,
            "a@example.com ran Bash: git push --force…, and it failed"
        ),
        (
            #"{"event":{"action":"tool_decision"},"user":{"email":"a@example.com"},"gen_ai":{"tool":{"name":"Edit"}},"claude_code":{"events":{"decision":"accept","source":"user_permanent"}}}"#,
            "a@example.com accepted Edit, by user_permanent"
        ),
        (
            #"{"event":{"action":"api_request"},"gen_ai":{"request":{"model":"m"},"usage":{"input_tokens":5,"output_tokens":6}},"claude_cowork":{"events":{"cost_usd":0.25}}}"#,
            "Somebody asked m: 5 tokens in, 6 tokens out, 0.25 USD"
        ),
        (
            #"{"event":{"action":"org_user_invite_sent"},"user":{"email":"a@example.com","target":{"email":"b@example.com"}}}"#,
            "a@example.com: org user invite sent, b@example.com"
        ),
        (#"{"message":"hello"}"#, "hello"), ("{}", "An event without an action"),
        ("not JSON", "An event without an action"),
    ]

    @Test(arguments: sentences)
    func `an event is one sentence`(document: String, sentence: String) {
        #expect(EventSentence.of(EventFields(Array(document.utf8))) == sentence)
    }

    @Test func `fields have dotted names, and lists their values`() {
        let fields = EventFields(Array(#"{"a":{"b":[1,"x",{"c":true}],"n":null},"a.d":2.5,"e":{},"f":[]}"#.utf8))
        #expect(fields.fields.map(\.name) == ["a.b", "a.b.c", "a.d"])
        #expect(fields.fields.map(\.values) == [["1", "x"], ["true"], ["2.5"]])
    }
}
