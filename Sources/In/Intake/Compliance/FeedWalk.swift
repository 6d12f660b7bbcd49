import Codecs
import Events
import Network
import Platform

/// What a running poller holds: the machine, the pace, and the size of its pages.
struct FeedWalk {
    private let poller: FeedPoller
    private var machine: FeedMachine
    var pace: FeedPace
    private var progress = BackfillProgress()
    /// When the next look is due: the backlog gives way then.
    private var deadline: Timestamp

    /// - Returns: `nil` when the bookmark in the journal cannot be read.
    init?(_ poller: FeedPoller) {
        self.poller = poller
        let configuration = poller.configuration
        pace = FeedPace(requestsPerMinute: configuration.requestsPerMinute)
        deadline = poller.means.clock.steady()
        var bookmark: FeedBookmark?
        if let bytes = poller.means.sink.bookmark(of: configuration.name, tenant: configuration.tenant) {
            guard let known = FeedBookmark(bytes) else { return nil }
            bookmark = known
        }
        machine = FeedMachine(configuration.rules, bookmark: bookmark)
        let (newest, place) = (machine.bookmark.newest, machine.bookmark.place)
        poller.change {
            $0.newest = newest
            $0.place = place
        }
    }

    /// Reads until there is nothing left to read.
    ///
    /// - Returns: false when it is time to end.
    mutating func round(isNew: Bool) async throws(Fault) -> Bool {
        let began = poller.means.clock.now()
        if isNew {
            machine.beginRound()
            deadline = poller.means.clock.steady() + poller.configuration.interval
        }
        while !Task.isCancelled {
            guard let question = nextQuestion(since: began) else { return true }
            switch await leave(for: question) {
            case .go: break
            case .notNow: return true
            case .end: return false
            }
            poller.change { $0.state = .reading }
            let (answer, body) = await ask(question)
            switch answer {
            case .page(let page):
                guard try await keep(marked(page), of: question, body) else { return false }
            case .invalid: try refused(question)
            case .fault(let fault, let smallerPages):
                if Task.isCancelled { return false }
                if smallerPages { machine.rules.limit = max(1, machine.rules.limit / 2) }
                throw fault
            }
        }
        return false
    }

    /// The present first, then the backlog for as long as the next look is not due.
    private mutating func nextQuestion(since began: Timestamp) -> FeedQuestion? {
        if let question = machine.question(at: poller.means.clock.now()) { return question }
        poller.change { $0.completeUntil = max(began, $0.completeUntil ?? began) }
        guard poller.means.clock.steady() < deadline else { return nil }
        return machine.backlogQuestion(at: poller.means.clock.now())
    }

    private enum Leave { case go, notNow, end }

    /// Waits until the request may be sent: by the poller's own pace, and by what its organization has left.
    private mutating func leave(for question: FeedQuestion) async -> Leave {
        guard await poller.means.wait(pace.take(at: poller.means.clock.steady())) else { return .end }
        while true {
            switch poller.means.budget.take(at: poller.means.clock.steady(), isBacklog: question.isBacklog) {
            case .go(let span): return await poller.means.wait(span) ? .go : .end
            case .later(let span):
                if question.isBacklog, poller.means.clock.steady() + span >= deadline { return .notNow }
                poller.metrics.budgetWaits.add()
                guard await poller.means.wait(span) else { return .end }
            }
        }
    }

    private mutating func refused(_ question: FeedQuestion) throws(Fault) {
        let now = poller.means.clock.now()
        let hasWay =
            question.hasCursor && (question.isBacklog ? machine.backlogRefused() : machine.cursorRefused(at: now))
        guard hasWay else { throw .invalidRequest }
        poller.metrics.windows.add()
        poller.means.log.warning(
            "the feed's cursor is not known any more; reading a window instead", ("source", "\(poller.name)"))
    }

    /// The page, with what is not to be kept marked.
    private func marked(_ page: FeedPage) -> FeedPage {
        let configuration = poller.configuration
        let types = machine.rules.filters.types
        guard types != nil || configuration.selfNoise == .count else { return page }
        var page = page
        for index in page.rows.indices {
            let row = page.rows[index]
            let isOwn = row.isSelfNoise && row.request.map { poller.means.budget.isOwn(request: $0) } ?? false
            let isUnwanted = types.map { !$0.contains(row.type) } ?? false
            page.rows[index].isLeftOut = isUnwanted || isOwn && configuration.selfNoise == .count
        }
        return page
    }

    private func ask(_ question: FeedQuestion) async -> (FeedAnswer, [UInt8]) {
        let configuration = poller.configuration
        let request = configuration.request(question.target)
        poller.metrics.requests.add()
        do throws(HTTPClientError) {
            let response = try await poller.means.client.send(request)
            poller.metrics.bytes.add(response.body.count)
            let id = response.headers["request-id"].map { String($0.prefix(64)) }
            poller.change { $0.lastRequestID = id }
            poller.learn(response)
            let answer = FeedAnswer.read(response, key: configuration.key.kind, at: poller.means.clock.now())
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
            take = question.isBacklog ? try machine.takeBacklog(page) : try machine.take(page)
        } catch {
            throw .contradiction
        }
        if take.hasNew || take.isWorthSaving {
            guard try await append(batch(of: take, page, question, body)) else { return false }
        }
        // A page that gave nothing to write down leaves what was in the way for the next.
        let progress = progress.note(machine.bookmark, take.bookmark, at: poller.means.clock.steady())
        machine.commit(take)
        machine.rules.limit = min(poller.configuration.batchSize, machine.rules.limit * 2)
        pace.succeeded()
        tell(take, page, progress)
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
        bookmark(of: take, page, question).own.append(to: &batch)
        return batch
    }

    /// What was asked and what came of it, so that it can be proven later that nothing was left out.
    private func bookmark(of take: FeedMachine.Take, _ page: FeedPage, _ question: FeedQuestion) -> FeedPageRecord {
        var record = FeedPageRecord(source: poller.name, walk: machine.walkName(of: question))
        record.request = question.target
        record.requestID = poller.health.lastRequestID
        record.rows = page.rows.count
        record.kept = take.kept.count
        record.known = take.known
        record.leftOut = take.leftOut.count
        record.late = take.late
        record.refused = page.refused
        record.firstID = page.firstID
        record.lastID = page.lastID
        record.hasMore = page.hasMore
        record.origin = take.bookmark.origin
        record.covers = take.covers
        record.hours = page.hours(kept: take.kept, leftOut: take.leftOut)
        record.trouble = poller.troubles
        return record
    }

    private mutating func append(_ batch: RecordBatch) async throws(Fault) -> Bool {
        do throws(Fault) {
            let isKept = try await poller.means.sink.append(batch) { fault in
                poller.note(fault)
                poller.change { $0.lastFault = fault }
                return await poller.means.wait(pace.failed(wish: fault.wish, chance: poller.means.chance()))
            }
            if isKept { poller.clearTroubles() }
            return isKept
        } catch {
            guard case .aside = error.remedy else { throw error }
            // A smaller page may do.
            machine.rules.limit = max(1, machine.rules.limit / 2)
            throw Fault(error.code, .again(), error.detail)
        }
    }

    private func tell(_ take: FeedMachine.Take, _ page: FeedPage, _ progress: BackfillProgress.Report) {
        let metrics = poller.metrics
        let now = poller.means.clock.now()
        metrics.activities.add(take.kept.count)
        metrics.known.add(take.known)
        metrics.late.add(take.late)
        metrics.refused.add(page.refused)
        metrics.selfNoise.add(take.kept.reduce(0) { $0 + (page.rows[$1].isSelfNoise ? 1 : 0) })
        metrics.leftOut.add(take.leftOut.count)
        if take.isShortened { metrics.shortened.add() }
        progress.tell(poller)
        if let whole = take.bookmark.whole { metrics.wholeUntil.set(Int(whole.nanoseconds / 1_000_000_000)) }
        metrics.lastAnswer.set(Int(now.nanoseconds / 1_000_000_000))
        if let newest = take.bookmark.newest { metrics.newest.set(Int(newest.nanoseconds / 1_000_000_000)) }
        let newest = take.bookmark.newest
        let share = take.bookmark.windowShare
        let place = take.bookmark.place
        let reached = take.bookmark.backlog.flatMap { $0.kind == .backfill ? $0.window.reached : nil }
        poller.change { health in
            health.place = place
            health.backfillReached = reached
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
            overlapInterval: overlapInterval, rememberedIDs: rememberedIDs, lookBack: lookBack,
            lookBackInterval: lookBackInterval)
    }

    /// - Parameter target: path and query.
    func request(_ target: String) -> HTTPClientRequest {
        HTTPClientRequest(asking: url + target, key: key, version: anthropicVersion, timeout: timeout, tls: tls)
    }

    /// The host in ``url``, as the journal names the peer.
    var host: String { Self.host(of: url) }

    static func host(of url: String) -> String {
        let rest = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        return String(rest.split(separator: "@").last ?? "")
    }
}

extension FeedMachine {
    /// How the record calls what a question belongs to.
    func walkName(of question: FeedQuestion) -> String {
        if question.isBacklog { return bookmark.backlog?.kind.rawValue ?? "" }
        guard case .window = question.place else { return "forward" }
        return bookmark.firstID == nil ? "window" : "overlap"
    }
}

extension FeedPage {
    /// How many of these rows were created in which hour, in order. Those without a time are in none.
    func hours(kept: [Int], leftOut: [Int]) -> [FeedPageRecord.Hour] {
        var hours: [Int64: FeedPageRecord.Hour] = [:]
        func hour(of index: Int) -> Int64? { rows[index].created.map(FeedPageRecord.hour) }
        for number in kept.compactMap(hour) { hours[number, default: .init(number: number)].kept += 1 }
        for number in leftOut.compactMap(hour) { hours[number, default: .init(number: number)].leftOut += 1 }
        return hours.values.sorted { $0.number < $1.number }
    }
}

extension FeedBookmark {
    /// What is in the journal; `nil` before anything is.
    var place: CoveragePlace? {
        guard let origin else { return nil }
        var place = CoveragePlace(origin: origin)
        func add(_ window: Window) {
            // Whatever the server lists: nothing before the window was asked for.
            let reached = min(window.reached ?? window.until, window.until)
            if window.from < reached { place.gaps.append(window.from..<reached) }
        }
        if let backlog, backlog.kind == .backfill { add(backlog.window) }
        // Before the first window is read nothing is known to be whole but what is behind it.
        if whole == nil, case .window(let window) = walk { add(window) }
        var end = whole
        if end == nil, case .window(let window) = walk { end = window.until }
        place.ends = [.init(whole: end ?? origin, lag: FeedCoverage.grace)]
        return place
    }

    /// How much of a window has been walked, from 0 to 1.
    var windowShare: Double? {
        if case .window(let window) = walk { window.share } else { nil }
    }
}

extension FeedBookmark.Window {
    /// How much of it has been walked, from 0 to 1.
    var share: Double? {
        guard let reached, until > from else { return nil }
        let done = Double((until - reached).nanoseconds)
        return min(max(done / Double((until - from).nanoseconds), 0), 1)
    }
}
