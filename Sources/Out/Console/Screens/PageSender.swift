import Network
import Platform
import Query
import Synchronization

/// Sends a page: the frame and what is there at once, then part after part.
///
/// The parts are made by the thread that sends, and by idle workers beside it. Whoever takes a part makes it to its
/// end, so the sender only ever waits for work that goes on.
struct PageSender {
    let page: Page
    let visit: Visit
    /// Sends a part's failure to the log and says it in one sentence.
    let failure: @Sendable (SearchError) -> String

    /// The whole markup of the page.
    var markup: Markup { Frame(page, visit).markup }

    var head: HTTPResponse {
        var head = HTTPResponse(page.status, headers: ["content-type": "text/html; charset=utf-8"])
        if let seconds = page.retryAfterSeconds { head.headers.append("retry-after", String(seconds)) }
        return head
    }

    /// - Parameters:
    ///   - help: has work done by another thread; false when none is free.
    ///   - writer: made when the first bytes are ready.
    func send(
        with help: (@escaping @Sendable () -> Void) -> Bool, _ writer: () -> BodyWriter
    ) {
        let (pieces, end) = MarkupWriter.pieces(markup)
        let made = MadeParts(page.parts, failure: failure)
        let writer = writer()
        do throws(StreamCancelled) {
            for (place, piece) in pieces.enumerated() {
                try writer.writeBlocking(piece.bytes)
                // One helper is enough for two cores; it takes part after part.
                if place == 0, pieces.count > 1 { _ = help { made.makeAll() } }
                try writer.writeBlocking(MarkupWriter.bytes(of: made.part(piece.part)))
            }
            try writer.writeBlocking(end)
            writer.finish()
        } catch {
            made.stop()
            writer.abort()
        }
    }
}

/// The parts of one page, each made once by whoever comes first.
private final class MadeParts: Sendable {
    private let parts: [Page.Part]
    private let failure: @Sendable (SearchError) -> String
    private let next = Atomic<Int>(0)
    private let made: Waitable<[Markup?]>

    init(_ parts: [Page.Part], failure: @escaping @Sendable (SearchError) -> String) {
        self.parts = parts
        self.failure = failure
        made = Waitable(Array(repeating: nil, count: parts.count))
    }

    func makeAll() { while makeOne() {} }

    /// Nobody waits any more.
    func stop() { next.store(parts.count, ordering: .relaxed) }

    /// - Returns: the part, made by this thread or waited for.
    func part(_ place: Int) -> Markup {
        while next.load(ordering: .relaxed) <= place, makeOne() {}
        return made.wait { $0[place] } ?? .none
    }

    private func makeOne() -> Bool {
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard place < parts.count else { return false }
        let markup: Markup
        do throws(SearchError) {
            markup = try parts[place]()
        } catch {
            markup = h(.p, .class("problem"), .role("alert")) { failure(error) }
        }
        made.update { $0[place] = markup }
        return true
    }
}
