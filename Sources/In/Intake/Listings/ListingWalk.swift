import Codecs
import Events
import Network
import Platform

/// Reads one window of a listing after another.
struct ListingWalk {
    private let poller: ListingPoller
    private var asker: APIAsker
    /// Of this look: objects on pages, and those that were new.
    private var objects = 0
    private var changes = 0

    /// The API says that what it has is listed within a minute.
    private static let settle = Timestamp.Span.minutes(1)
    /// A cursor may be forgotten while it is used.
    private static let mostRestarts = 3
    /// Pages of one window. Six years of an organization are fewer.
    private static let mostPages = 100_000

    init(_ poller: ListingPoller) {
        self.poller = poller
        asker = APIAsker(
            poller.feed, with: poller.means, requests: poller.metrics.requests, faults: poller.metrics.faults)
    }

    /// - Returns: false when it is time to end.
    mutating func look() async throws(Fault) -> Bool {
        asker.begin()
        (objects, changes) = (0, 0)
        let began = poller.means.clock.now()
        var memory = try memory(began)
        if memory.until == nil {
            memory.until = began - Self.settle
            memory.place = nil
        }
        guard let until = memory.until, until > memory.from else { return true }
        var places: Set<String> = []
        var restarts = 0
        while true {
            guard let answer = await ask(memory) else { return false }
            switch try answer.get() {
            case .placeUnknown:
                guard memory.place != nil, restarts < Self.mostRestarts else { throw .listingRefused(poller.kind) }
                restarts += 1
                memory.place = nil
                places = []
            case .page(let page):
                guard page.next.map({ places.insert($0).inserted && places.count < Self.mostPages }) ?? true else {
                    throw .listingCircle(poller.kind)
                }
                memory.place = page.next
                guard try await take(page, &memory, began) else { return false }
                if page.next == nil { return true }
            }
        }
    }

    private func memory(_ now: Timestamp) throws(Fault) -> ListingMemory {
        guard let bytes = poller.means.sink.bookmark(of: poller.name, tenant: poller.feed.tenant) else {
            return ListingMemory(from: now - poller.feed.initialInterval)
        }
        guard let memory = ListingMemory(bytes) else { throw .listingBookmarkUnknown(poller.kind) }
        return memory
    }

    // MARK: Requests

    private mutating func ask(_ memory: ListingMemory) async -> Result<ListingAnswer, Fault>? {
        let poller = poller
        let request = poller.feed.request(Self.target(memory, poller.kind, poller.feed.organizationIDs))
        return await asker.ask(request, hasOwnBudget: poller.kind.hasOwnBudget) { response in
            ListingAnswer.read(response, of: poller.kind, key: poller.feed.key.kind, at: poller.means.clock.now())
        }
    }

    /// Path and query.
    static func target(_ memory: ListingMemory, _ kind: ListedKind, _ organizations: [String]) -> String {
        var pairs = [("limit", String(kind.limit)), ("\(kind.timeName).gte", RFC3339.text(memory.from, digits: 6))]
        if let until = memory.until { pairs.append(("\(kind.timeName).lt", RFC3339.text(until, digits: 6))) }
        if kind == .chat { pairs.append(("order_by", "updated_at")) }
        if kind != .localSession { pairs += organizations.map { ("organization_ids[]", $0) } }
        if let place = memory.place { pairs.append((kind.placeName, place)) }
        return FeedQuestion.target(kind.path, pairs)
    }

    // MARK: Journal

    /// Takes a page over, with the place behind it.
    private mutating func take(
        _ page: APIPage, _ memory: inout ListingMemory, _ began: Timestamp
    ) async throws(Fault) -> Bool {
        let elements = page.lists["data"] ?? []
        let listed = elements.compactMap { ListedObject($0, poller.kind, keepsTitles: poller.feed.keepsTitles) }
        poller.metrics.refused.add(elements.count - listed.count)
        var batch = RecordBatch(
            tenant: poller.feed.tenant, source: poller.name,
            contexts: [.init(credential: poller.feed.name.text, peer: poller.feed.host)])
        for object in listed where !memory.knows(object) {
            batch.append(object.record, .listing)
            memory.note(object, poller.kind)
        }
        let new = batch.entries.count
        objects += listed.count
        changes += new
        if new == 0 { batch.contexts = [] }
        if page.next == nil {
            let until = memory.until
            memory.end(poller.kind)
            looked(until: until, began).append(to: &batch)
        }
        batch.bookmark = memory.bytes
        guard
            try await poller.means.sink.append(batch, with: poller.means, faults: poller.metrics.faults)
        else { return false }
        poller.metrics.changes.add(new)
        if page.next == nil {
            poller.metrics.objects.set(objects)
            poller.metrics.lastLook.set(Int(began.nanoseconds / 1_000_000_000))
        }
        return true
    }

    /// Says in the record that the look was made, so that it can be proven that nothing else was listed.
    private func looked(until: Timestamp?, _ began: Timestamp) -> OwnRecord {
        func text(_ time: Timestamp) -> JSONValue { .string(RFC3339.text(time, digits: 6)) }
        return OwnRecord(
            .bookmark, [.init("kind", .string("state")), .init("action", .string("listing-look"))],
            [
                .init(
                    "docket",
                    [
                        "bookmark": [
                            "source": .string(poller.name.text), "began": text(began),
                            "until": until.map(text) ?? .null,
                            "request_id": asker.lastRequestID.map { .string($0) } ?? .null,
                            "requests": .integer(Int64(asker.count)), "objects": .integer(Int64(objects)),
                            "changes": .integer(Int64(changes)),
                        ]
                    ])
            ])
    }
}
