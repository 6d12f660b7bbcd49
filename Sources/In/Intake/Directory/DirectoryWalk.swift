import Codecs
import Events
import Network
import Platform

/// Carries looks out, one after another.
struct DirectoryWalk {
    /// What became of a look so far.
    private struct Tally {
        var requests = 0
        var objects = 0
        var changes = 0
        /// Listings that could not be read, by kind.
        var unread: [DirectoryPart.Kind: Int] = [:]
        var lastRequestID: String?
        /// Records of changes that the memory has and the journal has not.
        var records: [[UInt8]] = []
        var bytes = 0
        /// Whether the memory is another than in the journal.
        var isNew = false
    }

    private let poller: DirectoryPoller
    private var pace: FeedPace
    /// When each listing was last looked at; the bookmark is written only when something changed.
    private var looked: [DirectoryPart: Timestamp] = [:]
    /// Kinds whose refusal the log was told of.
    private var told: Set<DirectoryPart.Kind> = []

    /// Tries of one request, so that a look ends.
    private static let mostTries = 8
    /// Changes of one batch, which the memory of all goes with.
    private static let batchChanges = 5_000
    private static let batchBytes = 8 << 20
    /// The directory gives way to the feed, which shares the requests of its organization.
    private static let requestsPerMinute = 60

    init(_ poller: DirectoryPoller) {
        self.poller = poller
        pace = FeedPace(requestsPerMinute: min(Self.requestsPerMinute, poller.feed.requestsPerMinute))
    }

    /// - Returns: false when it is time to end.
    mutating func look() async throws(Fault) -> Bool {
        var look = DirectoryLook(try memory(), began: poller.clock.now())
        var tally = Tally()
        do throws(Fault) {
            guard try await read(&look, &tally) else { return false }
        } catch {
            // What was found until then holds, and must not wait for a listing that never comes.
            guard error.remedy != .stop, tally.isNew else { throw error }
            guard try await append(&tally, look.memory) else { return false }
            throw error
        }
        return try await end(look, &tally)
    }

    private mutating func read(_ look: inout DirectoryLook, _ tally: inout Tally) async throws(Fault) -> Bool {
        while let question = look.question() {
            guard let answer = try await answer(to: question, &tally) else { return false }
            switch answer {
            case .page(let page):
                poller.metrics.refused.add(page.refused)
                guard try await take(page, &look, &tally) else { return false }
            case .placeUnknown:
                guard !look.startAgain() else { continue }
                skip(question.part, .listingFails(question.part.kind), &look, &tally)
            case .refused(let fault): skip(question.part, fault, &look, &tally)
            case .fault(let fault): throw fault
            }
        }
        return true
    }

    private func memory() throws(Fault) -> DirectoryMemory {
        guard let bytes = poller.sink.bookmark(of: poller.name, tenant: poller.feed.tenant) else {
            return DirectoryMemory()
        }
        guard var memory = DirectoryMemory(bytes) else { throw .directoryUnknown }
        for (part, time) in looked { memory.listings[part]?.looked = time }
        return memory
    }

    // MARK: Requests

    /// Asks until there is an answer, or it makes no sense any more.
    ///
    /// - Returns: `nil` when it is time to end.
    private mutating func answer(
        to question: DirectoryLook.Question, _ tally: inout Tally
    ) async throws(Fault) -> DirectoryAnswer? {
        var tries = 0
        while true {
            guard await mayAsk() else { return nil }
            tries += 1
            let answer = await ask(question, &tally)
            guard !Task.isCancelled else { return nil }
            guard case .fault(let fault) = answer, case .again(let wish) = fault.remedy else {
                pace.succeeded()
                return answer
            }
            guard tries < Self.mostTries else { return answer }
            poller.metrics.count(fault)
            if fault.code == .rateLimited {
                poller.budget.pause(until: poller.clock.steady() + (wish ?? FeedPace.shortest))
            }
            guard await poller.wait(pace.failed(wish: wish, chance: poller.chance())) else { return nil }
        }
    }

    /// Waits until a request may be sent: by the pace of looks, and by what the feed leaves of the minute.
    ///
    /// - Returns: false when it is time to end.
    private mutating func mayAsk() async -> Bool {
        guard await poller.wait(pace.take(at: poller.clock.steady())) else { return false }
        while true {
            switch poller.budget.take(at: poller.clock.steady(), isBacklog: true) {
            case .go(let span): return await poller.wait(span)
            case .later(let span): guard await poller.wait(span) else { return false }
            }
        }
    }

    private func ask(_ question: DirectoryLook.Question, _ tally: inout Tally) async -> DirectoryAnswer {
        let request = poller.feed.request(question.target)
        poller.metrics.requests.add()
        tally.requests += 1
        do throws(HTTPClientError) {
            let response = try await poller.client.send(request)
            poller.budget.learn(response, at: (poller.clock.now(), poller.clock.steady()))
            tally.lastRequestID = response.headers["request-id"].map { String($0.prefix(64)) }
            return DirectoryAnswer.read(
                response, of: question.part, key: poller.feed.key.kind, at: poller.clock.now())
        } catch {
            guard case .fault(let fault, _) = FeedAnswer.read(error) else { return .placeUnknown }
            return .fault(fault)
        }
    }

    private mutating func skip(
        _ part: DirectoryPart, _ fault: Fault, _ look: inout DirectoryLook, _ tally: inout Tally
    ) {
        look.skip()
        tally.unread[part.kind, default: 0] += 1
        poller.metrics.count(fault)
        guard told.insert(part.kind).inserted else { return }
        poller.log.warning(
            "a listing of the directory was not read", ("source", "\(poller.name)"), ("fault", "\(fault)"))
    }

    // MARK: Journal

    /// Takes a page over. Its changes go into the journal with those of others, as far as they are not too many.
    private func take(
        _ page: DirectoryPage, _ look: inout DirectoryLook, _ tally: inout Tally
    ) async throws(Fault) -> Bool {
        let result: DirectoryLook.Result
        do throws(DirectoryLook.Contradiction) {
            result = try look.take(page)
        } catch {
            throw .directoryContradiction
        }
        tally.objects += result.objects
        tally.changes += result.changes.count
        for change in result.changes {
            let record = change.record(seen: look.began, since: look.memory.listings[change.part]?.looked)
            look.memory.apply(change)
            tally.records.append(record)
            tally.bytes += record.count
            tally.isNew = true
            guard tally.records.count >= Self.batchChanges || tally.bytes >= Self.batchBytes else { continue }
            guard try await append(&tally, look.memory) else { return false }
        }
        // Also that a listing is empty must be known, or the first who comes would have been there always.
        tally.isNew = tally.isNew || result.ended.contains { look.memory.listings[$0]?.isWhole != true }
        look.end(result.ended)
        return true
    }

    /// - Parameter last: what is said behind the last of them.
    private func append(
        _ tally: inout Tally, _ memory: DirectoryMemory, last: OwnRecord? = nil
    ) async throws(Fault) -> Bool {
        var batch = RecordBatch(
            tenant: poller.feed.tenant, source: poller.name, bookmark: tally.isNew ? memory.bytes : nil)
        if !tally.records.isEmpty {
            batch.contexts = [.init(credential: poller.feed.name.text, peer: poller.feed.host)]
        }
        for record in tally.records {
            batch.entries.append(
                .init(
                    kind: .directory, encoding: .json, context: 0,
                    range: ByteRange(start: batch.storage.count, count: record.count)))
            batch.storage += record
        }
        last?.append(to: &batch)
        guard try await append(batch) else { return false }
        poller.metrics.changes.add(tally.records.count)
        (tally.records, tally.bytes, tally.isNew) = ([], 0, false)
        return true
    }

    /// Waits until the journal has it. A busy journal is asked again.
    private func append(_ batch: RecordBatch) async throws(Fault) -> Bool {
        var pauses = FeedPace(requestsPerMinute: 1)
        while true {
            do throws(Fault) {
                try await poller.sink.append(batch)
                return true
            } catch {
                guard case .again(let wish) = error.remedy else { throw error }
                poller.metrics.count(error)
                guard await poller.wait(pauses.failed(wish: wish, chance: poller.chance())) else { return false }
            }
        }
    }

    /// Says in the record that the look was made, so that it can be proven that nothing else had changed.
    private mutating func end(_ look: DirectoryLook, _ tally: inout Tally) async throws(Fault) -> Bool {
        let unread = tally.unread.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, count in
            JSONValue.Member(kind.rawValue, .integer(Int64(count)))
        }
        let record = OwnRecord(
            .bookmark, [.init("kind", .string("state")), .init("action", .string("directory-look"))],
            [
                .init(
                    "docket",
                    [
                        "bookmark": [
                            "source": .string(poller.name.text), "began": .string(RFC3339.text(look.began, digits: 6)),
                            "request_id": tally.lastRequestID.map { .string($0) } ?? .null,
                            "requests": .integer(Int64(tally.requests)), "objects": .integer(Int64(tally.objects)),
                            "changes": .integer(Int64(tally.changes)), "unread": .object(unread),
                        ]
                    ])
            ])
        guard try await append(&tally, look.memory, last: record) else { return false }
        looked = look.memory.listings.compactMapValues(\.looked)
        for kind in told where tally.unread[kind] == nil { told.remove(kind) }
        poller.metrics.objects.set(tally.objects)
        poller.metrics.unread.set(tally.unread.values.reduce(0, +))
        poller.metrics.lastLook.set(Int(look.began.nanoseconds / 1_000_000_000))
        return true
    }
}
