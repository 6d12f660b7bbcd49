import Codecs
import Events
import Network
import Platform

/// What a running poller holds: the machine, the pace, and the size of its pages.
struct FeedWalk {
    private let poller: FeedPoller
    private var machine: FeedMachine
    var pace: FeedPace

    /// - Returns: `nil` when the bookmark in the journal cannot be read.
    init?(_ poller: FeedPoller) {
        self.poller = poller
        let configuration = poller.configuration
        pace = FeedPace(requestsPerMinute: configuration.requestsPerMinute)
        var bookmark: FeedBookmark?
        if let bytes = poller.sink.bookmark(of: configuration.name, tenant: configuration.tenant) {
            guard let known = FeedBookmark(bytes) else { return nil }
            bookmark = known
        }
        machine = FeedMachine(configuration.rules, bookmark: bookmark)
        let newest = machine.bookmark.newest
        poller.change { $0.newest = newest }
    }

    /// Reads until there is nothing left to read.
    ///
    /// - Returns: false when it is time to end.
    mutating func round(isNew: Bool) async throws(Fault) -> Bool {
        let began = poller.clock.now()
        if isNew { machine.beginRound() }
        while !Task.isCancelled {
            guard let question = machine.question(at: poller.clock.now()) else {
                poller.change { $0.completeUntil = began }
                return true
            }
            guard await poller.wait(pace.take(at: poller.clock.steady())) else { return false }
            poller.change { $0.state = .reading }
            let (answer, body) = await ask(question)
            switch answer {
            case .page(let page):
                guard try await keep(page, of: question, body) else { return false }
            case .invalid:
                guard machine.cursorRefused(at: poller.clock.now()) else { throw .invalidRequest }
                poller.metrics.windows.add()
                poller.log.warning(
                    "the feed's cursor is not known any more; reading a window instead", ("source", "\(poller.name)"))
            case .fault(let fault, let smallerPages):
                if Task.isCancelled { return false }
                if smallerPages { machine.rules.limit = max(1, machine.rules.limit / 2) }
                throw fault
            }
        }
        return false
    }

    private func ask(_ question: FeedQuestion) async -> (FeedAnswer, [UInt8]) {
        let configuration = poller.configuration
        let request = configuration.request(question.target)
        poller.metrics.requests.add()
        do throws(HTTPClientError) {
            let response = try await poller.client.send(request)
            poller.metrics.bytes.add(response.body.count)
            let id = response.headers["request-id"].map { String($0.prefix(64)) }
            poller.change { $0.lastRequestID = id }
            let answer = FeedAnswer.read(response, key: configuration.key.kind, at: poller.clock.now())
            return (answer, response.body)
        } catch {
            return (FeedAnswer.read(error), [])
        }
    }

    /// Takes a page into the journal, together with the place behind it.
    ///
    /// - Returns: false when it is time to end.
    private mutating func keep(
        _ page: FeedPage, of question: FeedQuestion, _ body: [UInt8]
    ) async throws(Fault) -> Bool {
        let take: FeedMachine.Take
        do throws(FeedPageContradiction) {
            take = try machine.take(page)
        } catch {
            throw .contradiction
        }
        if !take.kept.isEmpty || take.isWorthSaving {
            guard try await append(batch(of: take, page, question, body)) else { return false }
        }
        machine.commit(take)
        machine.rules.limit = min(poller.configuration.batchSize, machine.rules.limit * 2)
        pace.succeeded()
        tell(take, page)
        return true
    }

    private func batch(
        of take: FeedMachine.Take, _ page: FeedPage, _ question: FeedQuestion, _ body: [UInt8]
    ) -> RecordBatch {
        let configuration = poller.configuration
        let entries = take.kept.map {
            RecordBatch.Entry(kind: .activity, encoding: .json, context: 0, range: page.rows[$0].range)
        }
        var batch = RecordBatch(
            tenant: configuration.tenant, source: configuration.name, storage: entries.isEmpty ? [] : body,
            contexts: entries.isEmpty ? [] : [.init(credential: configuration.name.text, peer: configuration.host)],
            entries: entries, bookmark: take.bookmark.bytes)
        bookmark(of: take, page, question).append(to: &batch)
        return batch
    }

    /// What was asked and what came of it, so that it can be proven later that nothing was left out.
    private func bookmark(of take: FeedMachine.Take, _ page: FeedPage, _ question: FeedQuestion) -> OwnRecord {
        func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
        return OwnRecord(
            .bookmark, [.init("kind", .string("state")), .init("action", .string("feed-page"))],
            [
                .init(
                    "docket",
                    [
                        "bookmark": [
                            "source": .string(poller.name.text), "request": .string(question.target),
                            "request_id": text(poller.health.lastRequestID), "rows": .integer(Int64(page.rows.count)),
                            "kept": .integer(Int64(take.kept.count)), "known": .integer(Int64(take.known)),
                            "refused": .integer(Int64(page.refused)), "first_id": text(page.firstID),
                            "last_id": text(page.lastID), "has_more": .bool(page.hasMore),
                        ]
                    ])
            ])
    }

    /// Waits until the journal has it. A busy journal is asked again with the same page.
    private mutating func append(_ batch: RecordBatch) async throws(Fault) -> Bool {
        while true {
            do throws(Fault) {
                try await poller.sink.append(batch)
                return true
            } catch {
                switch error.remedy {
                case .again(let wish):
                    poller.metrics.count(error)
                    poller.change { $0.lastFault = error }
                    guard await poller.wait(pace.failed(wish: wish, chance: poller.chance())) else { return false }
                case .aside:
                    machine.rules.limit = max(1, machine.rules.limit / 2)
                    throw Fault(error.code, .again(), error.detail)
                case .stop: throw error
                }
            }
        }
    }

    private func tell(_ take: FeedMachine.Take, _ page: FeedPage) {
        let metrics = poller.metrics
        let now = poller.clock.now()
        metrics.activities.add(take.kept.count)
        metrics.known.add(take.known)
        metrics.late.add(take.late)
        metrics.refused.add(page.refused)
        metrics.selfNoise.add(take.kept.reduce(0) { $0 + (page.rows[$1].isSelfNoise ? 1 : 0) })
        if take.isShortened { metrics.shortened.add() }
        metrics.lastAnswer.set(Int(now.nanoseconds / 1_000_000_000))
        if let newest = take.bookmark.newest { metrics.newest.set(Int(newest.nanoseconds / 1_000_000_000)) }
        let newest = take.bookmark.newest
        let share = take.bookmark.windowShare
        poller.change { health in
            health.lastAnswer = now
            health.lastFault = nil
            health.newest = newest
            health.windowShare = share
        }
    }
}

extension FeedConfiguration {
    var rules: FeedMachine.Rules {
        FeedMachine.Rules(
            filters: filters, limit: batchSize, initialInterval: initialInterval, settle: settle, overlap: overlap,
            overlapInterval: overlapInterval, rememberedIDs: rememberedIDs)
    }

    /// One answer. The journal takes batches of up to 32 MiB.
    private static let answerBytes = 24 << 20

    /// - Parameter target: path and query.
    func request(_ target: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(
            .get, url + target,
            headers: [
                "x-api-key": key.reveal(), "anthropic-version": anthropicVersion, "accept": "application/json",
                "user-agent": "docket",
            ])
        request.totalTime = timeout
        request.responseBytes = Self.answerBytes
        request.tls = tls
        return request
    }

    /// The host in ``url``, as the journal names the peer.
    var host: String {
        let rest = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        return String(rest.split(separator: "@").last ?? "")
    }
}

extension FeedBookmark {
    /// How much of a window has been walked, from 0 to 1.
    var windowShare: Double? {
        guard case .window(let window) = walk, let reached = window.reached, window.until > window.from else {
            return nil
        }
        let done = Double((window.until - reached).nanoseconds)
        return min(max(done / Double((window.until - window.from).nanoseconds), 0), 1)
    }
}
