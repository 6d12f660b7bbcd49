import Codecs
import Network
import Platform
import Query

/// Sends events as they arrive, as server-sent events.
///
/// - Shape: `hit` for each event, `{"id","time","cells","sentence"}`; `rate` each few seconds, `{"shown","dropped"}`;
///   `end` with the reason when the server ends it.
struct LiveTail {
    /// Between two looks at the store.
    static let pause = Timestamp.Span.seconds(1)
    /// After it the browser may ask again, so that nobody holds a thread for ever.
    static let longest = Timestamp.Span.minutes(30)
    /// Events of one look. What is above it is not shown, and counted.
    static let most = 200
    /// Looks between two words about the rate.
    private static let rateEvery = 5

    let terms: SearchTerms
    let tenant: String
    let engine: any QueryEngine
    let clock: any Clock

    /// On a thread of its own pool, which it holds.
    ///
    /// - Parameter stop: true when the server stops or nobody reads.
    func send(_ writer: BodyWriter, stop: Waitable<Bool>) {
        let start = clock.steady()
        var last = SearchPlace(time: clock.now() - Self.pause, id: "")
        var (shown, dropped, looks) = (0, 0, 0)
        do throws(StreamCancelled) {
            try writer.writeBlocking(Array("retry: 3000\n\n".utf8))
            while stop.wait(atMost: Self.pause, until: { $0 ? true : nil }) == nil {
                guard clock.steady() - start < Self.longest else {
                    try writer.writeBlocking(Self.event("end", "The live tail ended after half an hour."))
                    break
                }
                guard let look = look(behind: &last) else {
                    try writer.writeBlocking(Self.event("end", "The store does not answer any more."))
                    break
                }
                shown += look.shown
                dropped += look.dropped
                looks += 1
                if !look.text.isEmpty { try writer.writeBlocking(look.text) }
                guard looks.isMultiple(of: Self.rateEvery) else { continue }
                let rate: JSONValue = [
                    "shown": .integer(Int64(shown / Self.rateEvery)), "dropped": .integer(Int64(dropped)),
                ]
                try writer.writeBlocking(Self.event("rate", rate.text))
                (shown, dropped) = (0, 0)
            }
            writer.finish()
        } catch {
            writer.abort()
        }
    }

    /// What came since the last look.
    ///
    /// - Returns: `nil` when the engine failed.
    private func look(behind last: inout SearchPlace) -> (text: [UInt8], shown: Int, dropped: Int)? {
        let request = SearchRequest(
            tenant: tenant, text: terms.filter, from: last.time, limit: Self.most, newestFirst: false, behind: last)
        guard let answer = try? engine.search(request) else { return nil }
        let text = answer.hits.flatMap { Self.event("hit", line($0)) }
        guard answer.hits.count == Self.most else {
            if let newest = answer.hits.last { last = newest.place }
            return (text, answer.hits.count, 0)
        }
        // Too many to be read: the next look begins with what comes from now on.
        let count = (try? engine.search(SearchRequest(tenant: tenant, text: terms.filter, from: last.time, limit: 0)))
        last = SearchPlace(time: clock.now(), id: "")
        return (text, answer.hits.count, max(0, (count?.total ?? answer.hits.count) - answer.hits.count))
    }

    private func line(_ hit: SearchHit) -> String {
        let fields = EventFields(hit.document)
        let cells = EventGrid.cells(of: hit, fields, terms).map { cell -> JSONValue in
            cell.map { .string(VisibleText.of($0, most: 200)) } ?? .null
        }
        let value: JSONValue = [
            "id": .string(hit.id), "time": .string(RFC3339.text(hit.time)), "cells": .array(cells),
            "sentence": .string(VisibleText.of(EventSentence.of(fields), most: EventSentence.length)),
        ]
        return value.text
    }

    /// - Parameter data: of one line.
    private static func event(_ name: String, _ data: String) -> [UInt8] {
        Array("event: \(name)\ndata: \(data)\n\n".utf8)
    }
}
