import Codecs
import Events
import Network
import Platform

/// Carries looks out, one after another.
struct DirectoryWalk {
    /// What became of a look so far.
    private struct Tally {
        var objects = 0
        var changes = 0
        /// Listings that could not be read, by kind.
        var unread: [DirectoryPart.Kind: Int] = [:]
        /// Why one of them could not be read that could be before.
        var trouble: Fault.Code?
        /// Records of changes that the memory has and the journal has not.
        var records: [[UInt8]] = []
        var bytes = 0
        /// Whether the memory is another than in the journal.
        var isNew = false
    }

    private let poller: DirectoryPoller
    private var asker: APIAsker
    /// When each listing was last looked at; the bookmark is written only when something changed.
    private var looked: [DirectoryPart: Timestamp] = [:]
    /// Kinds whose refusal the log was told of.
    private var told: Set<DirectoryPart.Kind> = []

    /// Changes of one batch, which the memory of all goes with.
    private static let batchChanges = 5_000
    private static let batchBytes = 8 << 20

    init(_ poller: DirectoryPoller) {
        self.poller = poller
        asker = APIAsker(
            poller.feed, with: poller.means, requests: poller.metrics.requests, faults: poller.metrics.faults)
    }

    /// - Returns: false when it is time to end.
    mutating func look() async throws(Fault) -> Bool {
        asker.begin()
        let known = try memory()
        var look = DirectoryLook(known, began: poller.means.clock.now())
        var tally = Tally()
        do throws(Fault) {
            guard try await read(&look, &tally) else { return false }
        } catch {
            // What was found until then holds, and must not wait for a listing that never comes.
            guard error.remedy != .stop, tally.isNew else { throw error }
            guard try await append(&tally, look.memory) else { return false }
            throw error
        }
        return try await end(look, since: known.looked, &tally)
    }

    private mutating func read(_ look: inout DirectoryLook, _ tally: inout Tally) async throws(Fault) -> Bool {
        while let question = look.question() {
            guard let answer = await answer(to: question) else { return false }
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
        guard let bytes = poller.means.sink.bookmark(of: poller.name, tenant: poller.feed.tenant) else {
            return DirectoryMemory()
        }
        guard var memory = DirectoryMemory(bytes) else { throw .directoryUnknown }
        for (part, time) in looked { memory.listings[part]?.looked = time }
        return memory
    }

    // MARK: Requests

    /// - Returns: `nil` when it is time to end.
    private mutating func answer(to question: DirectoryLook.Question) async -> DirectoryAnswer? {
        let poller = poller
        let answer = await asker.ask(poller.feed.request(question.target)) { response in
            DirectoryAnswer.read(response, of: question.part, key: poller.feed.key.kind, at: poller.means.clock.now())
        }
        return switch answer {
        case .success(let answer): answer
        case .failure(let fault): .fault(fault)
        case nil: nil
        }
    }

    private mutating func skip(
        _ part: DirectoryPart, _ fault: Fault, _ look: inout DirectoryLook, _ tally: inout Tally
    ) {
        look.skip()
        tally.unread[part.kind, default: 0] += 1
        if look.memory.listings[part]?.isWhole == true { tally.trouble = fault.code }
        poller.metrics.count(fault)
        guard told.insert(part.kind).inserted else { return }
        poller.means.log.warning(
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
        for record in tally.records { batch.append(record, .directory) }
        last?.append(to: &batch)
        guard
            try await poller.means.sink.append(batch, with: poller.means, faults: poller.metrics.faults)
        else { return false }
        poller.metrics.changes.add(tally.records.count)
        (tally.records, tally.bytes, tally.isNew) = ([], 0, false)
        return true
    }

    /// Says in the record that the look was made, so that it can be proven that nothing else had changed.
    ///
    /// - Parameter since: the look that it was compared with.
    private mutating func end(
        _ look: DirectoryLook, since: Timestamp?, _ tally: inout Tally
    ) async throws(Fault) -> Bool {
        var note = CoverageNote()
        note.origin = since == nil ? look.began : nil
        note.due = look.began + poller.interval + poller.interval
        note.trouble = tally.trouble
        if let since, since < look.began, tally.trouble == nil { note.covers = since..<look.began }
        let unread = tally.unread.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, count in
            JSONValue.Member(kind.rawValue, .integer(Int64(count)))
        }
        let record = OwnRecord(
            .bookmark, [.init("kind", .string("state")), .init("action", .string("directory-look"))],
            [
                .init(
                    "docket",
                    [
                        "bookmark": .object([
                            .init("source", .string(poller.name.text)),
                            .init("began", .string(RFC3339.text(look.began, digits: 6))),
                            .init("request_id", asker.lastRequestID.map { .string($0) } ?? .null),
                            .init("requests", .integer(Int64(asker.count))),
                            .init("objects", .integer(Int64(tally.objects))),
                            .init("changes", .integer(Int64(tally.changes))), .init("unread", .object(unread)),
                            note.member,
                        ])
                    ])
            ])
        guard try await append(&tally, look.memory, last: record) else { return false }
        poller.place(since: since, look.began, isWhole: tally.trouble == nil)
        looked = look.memory.listings.compactMapValues(\.looked)
        for kind in told where tally.unread[kind] == nil { told.remove(kind) }
        poller.metrics.objects.set(tally.objects)
        poller.metrics.unread.set(tally.unread.values.reduce(0, +))
        poller.metrics.lastLook.set(Int(look.began.nanoseconds / 1_000_000_000))
        return true
    }
}
