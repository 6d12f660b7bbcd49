import Codecs
import Events
import Integrity
import Pipeline
import TestKit
import Testing

/// The pieces of a record's groups, as somebody who has only the format reads them.
private struct Pieces {
    var parts: [UInt8: [(start: Int, bytes: [UInt8])]] = [:]

    init(_ bytes: [UInt8]) {
        var place = 0
        func number(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
        while place < bytes.count {
            let count = number(place + 5)
            parts[bytes[place], default: []].append(
                (number(place + 1), Array(bytes[place + 9..<place + 9 + count])))
            place += 9 + count
        }
    }
}

struct RecordCutTests {
    private func cut(_ batch: RecordBatch, _ index: Int = 0) -> (groups: [DisclosureGroup: [UInt8]], happened: UInt64) {
        var cut = RecordCut()
        cut.cut(batch.entries[index], of: batch)
        let bytes = cut.bytes.array
        var groups: [DisclosureGroup: [UInt8]] = [:]
        for group in DisclosureGroup.allCases { groups[group] = Array(bytes[cut.ranges[group.index]]) }
        return (groups, cut.happened)
    }

    private func batch(_ text: String, _ kind: RecordKind) -> RecordBatch {
        let resource = #"{"attributes":[]}"#
        let storage = Array(text.utf8) + Array(resource.utf8)
        return RecordBatch(
            tenant: .default, source: "test", storage: storage,
            contexts: [
                .init(
                    resource: ByteRange(start: text.utf8.count, count: resource.utf8.count), credential: "cred_1",
                    peer: "192.0.2.7")
            ],
            entries: [
                .init(kind: kind, encoding: .json, context: 0, range: ByteRange(start: 0, count: text.utf8.count))
            ]
        )
    }

    private func text(_ bytes: [UInt8]?) -> String {
        Pieces(bytes ?? []).parts[0, default: []].map { String(decoding: $0.bytes, as: UTF8.self) }.joined(
            separator: "|")
    }

    @Test func `an activity is cut by its members, and its actor by who and where from`() {
        let (groups, happened) = cut(
            batch(
                #"{"id":"activity_1","type":"chat_created","created_at":"2026-10-08T08:15:18Z","actor":{"type":"user_actor","email_address":"a@example.com","ip_address":"192.0.2.1"},"new":1}"#,
                .activity))
        #expect(happened == 1_791_447_318_000_000_000)
        #expect(text(groups[.object]) == #"{"id":"activity_1""#)
        #expect(text(groups[.action]) == #","type":"chat_created","created_at":"2026-10-08T08:15:18Z""#)
        #expect(text(groups[.who]) == #","actor":{"type":"user_actor","email_address":"a@example.com"|}"#)
        #expect(text(groups[.whereFrom]) == #","ip_address":"192.0.2.1""#)
        #expect(text(groups[.rest]) == #","new":1}"#)
    }

    @Test func `a log record is cut by its attributes`() {
        let (groups, happened) = cut(
            batch(
                #"{"timeUnixNano":"5","body":{"stringValue":"b"},"attributes":[{"key":"user.email","value":{"stringValue":"a@example.com"}},{"key":"prompt","value":{"stringValue":"p"}}]}"#,
                .otlpLog))
        #expect(happened == 5)
        #expect(text(groups[.who]) == #"{"key":"user.email","value":{"stringValue":"a@example.com"}}"#)
        #expect(text(groups[.content]).hasSuffix(#","value":{"stringValue":"p"}}"#))
        #expect(text(groups[.rest]) == #","attributes":[|]}"#)
        #expect(Pieces(groups[.whereFrom] ?? []).parts[1]?.first?.bytes == Array(#"{"attributes":[]}"#.utf8))
        #expect(Pieces(groups[.who] ?? []).parts[3]?.first?.bytes == Array("cred_1".utf8))
        #expect(Pieces(groups[.whereFrom] ?? []).parts[4]?.first?.bytes == Array("192.0.2.7".utf8))
    }

    /// A row under a header; the context has the header where telemetry has its resource.
    private func row(_ row: String, under header: String) -> (groups: [DisclosureGroup: [UInt8]], happened: UInt64) {
        let storage = Array(row.utf8) + Array(header.utf8)
        return cut(
            RecordBatch(
                tenant: .default, source: "test", storage: storage,
                contexts: [.init(resource: ByteRange(start: row.utf8.count, count: header.utf8.count))],
                entries: [
                    .init(
                        kind: .auditLogRow, encoding: .csv, context: 0,
                        range: ByteRange(start: 0, count: row.utf8.count))
                ]))
    }

    @Test func `a row of an exported audit log is cut by its columns, in any order`() {
        let header = "event,created_at,\"actor_info\",ip_address,new,event_info,entity_info,device_id"
        let (groups, happened) = row(
            #"a,2026-10-08T08:15:18Z,"{'x': ""y, z""}",192.0.2.1,n,"{'email': 'a@example.com'}",,"#, under: header)
        #expect(happened == 1_791_447_318_000_000_000)
        #expect(text(groups[.action]) == "a,2026-10-08T08:15:18Z")
        #expect(text(groups[.who]) == #","{'x': ""y, z""}""#)
        #expect(text(groups[.whereFrom]) == ",192.0.2.1|,")
        #expect(text(groups[.rest]) == ",n")
        #expect(text(groups[.content]) == #","{'email': 'a@example.com'}""#)
        #expect(text(groups[.object]) == ",")
        #expect(Pieces(groups[.action] ?? []).parts[1]?.first?.bytes == Array(header.utf8))
        // Another header, another meaning.
        #expect(text(row("a,b", under: "new,event").groups[.action]) == ",b")
    }

    @Test(arguments: ["a,b,c", "a", #"a,"b"#, "", "\na,b"])
    func `a row that does not suit its header is all rest`(_ text: String) {
        let (groups, happened) = row(text, under: "event,created_at")
        #expect(happened == 0)
        #expect(self.text(groups[.rest]) == text)
    }

    @Test func `an event of another system is cut by the first parts of its names`() {
        let event =
            #"{"@timestamp":"2026-10-08T08:15:18Z","user.email":"a@example.com","user":{"id":1},"source":{"ip":"x"},"#
            + #""event":{"action":"b"},"actor":"c","message":"d"}"#
        let (groups, happened) = cut(
            RecordBatch(
                tenant: .default, source: "test", storage: Array(event.utf8), contexts: [.init()],
                entries: [
                    .init(
                        kind: .event, encoding: .json, context: 0, range: ByteRange(start: 0, count: event.utf8.count))
                ]))
        #expect(happened == 1_791_447_318_000_000_000)
        #expect(text(groups[.action]) == #"{"@timestamp":"2026-10-08T08:15:18Z""#)
        #expect(text(groups[.who]) == #","user.email":"a@example.com","user":{"id":1}"#)
        #expect(text(groups[.whereFrom]) == #","source":{"ip":"x"}"#)
        // Names of activities mean nothing here.
        #expect(text(groups[.rest]) == #","event":{"action":"b"},"actor":"c","message":"d"}"#)
    }

    @Test(arguments: 0..<300)
    func `every byte of a record is in one group, whatever the record is`(seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        var text = Array(
            #"{"id":"a","actor":{"ip_address":1,"x":[{}]},"attributes":[{"key":"prompt","value":{}},3],"n":null}"#.utf8)
        for _ in 0..<dice.roll(4) { text[dice.roll(text.count)] = UInt8(truncatingIfNeeded: dice.next()) }
        for kind in RecordKind.allCases {
            for encoding in RecordEncoding.allCases {
                // The record stands for its header, too, so that it suits itself.
                let resource = kind == .auditLogRow ? ByteRange(start: 0, count: text.count) : .empty
                let batch = RecordBatch(
                    tenant: .default, source: "test", storage: text, contexts: [.init(resource: resource)],
                    entries: [
                        .init(kind: kind, encoding: encoding, context: 0, range: ByteRange(start: 0, count: text.count))
                    ])
                var whole = [UInt8?](repeating: nil, count: text.count)
                for bytes in cut(batch).groups.values {
                    for piece in Pieces(bytes).parts[0, default: []] {
                        for (place, byte) in piece.bytes.enumerated() {
                            #expect(whole[piece.start + place] == nil)
                            whole[piece.start + place] = byte
                        }
                    }
                }
                #expect(whole == text)
            }
        }
    }
}
