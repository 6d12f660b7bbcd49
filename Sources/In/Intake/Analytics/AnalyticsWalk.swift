import Codecs
import Events
import Network
import Platform

/// What a running poller of reports holds: a machine for each report, and the pace that they share.
struct AnalyticsWalk {
    private let poller: AnalyticsPoller
    private var machines: [ReportMachine]
    private var bookmark: ReportBookmark
    private var pace: FeedPace
    private var stopped: Set<Report> = []

    /// - Returns: `nil` when the bookmark in the journal cannot be read.
    init?(_ poller: AnalyticsPoller) {
        self.poller = poller
        let configuration = poller.configuration
        pace = FeedPace(requestsPerMinute: configuration.requestsPerMinute)
        var bookmark = ReportBookmark()
        if let bytes = poller.sink.bookmark(of: configuration.name, tenant: configuration.tenant) {
            guard let known = ReportBookmark(bytes) else { return nil }
            bookmark = known
        }
        self.bookmark = bookmark
        machines = configuration.reports.map { ReportMachine($0, configuration.rules, place: bookmark.places[$0]) }
    }

    /// Whether a person must act for each of the reports.
    var isStopped: Bool { stopped.count == machines.count }

    /// Reads all reports until there is nothing left to read.
    ///
    /// - Returns: false when it is time to end.
    mutating func round() async throws(Fault) -> Bool {
        for index in machines.indices where !stopped.contains(machines[index].report) {
            machines[index].beginRound()
            guard try await read(index) else { return false }
        }
        return true
    }

    /// Reads one report.
    private mutating func read(_ index: Int) async throws(Fault) -> Bool {
        let report = machines[index].report
        while !Task.isCancelled {
            guard let question = machines[index].question(at: poller.clock.now()) else { return true }
            guard await poller.wait(pace.take(at: poller.clock.steady())) else { return false }
            poller.change { $0.state = .reading }
            let (answer, body) = await ask(question)
            if Task.isCancelled { return false }
            switch answer {
            case .page(let page):
                let take: ReportMachine.Take
                do throws(FeedPageContradiction) {
                    take = try machines[index].take(page, body, of: question, at: poller.clock.now())
                } catch {
                    guard await pause(.reportContradiction(report)) else { return false }
                    continue
                }
                guard try await keep(take, page, question, body, index) else { return false }
            case .invalid:
                guard machines[index].refused(at: poller.clock.now()) else {
                    setAside(.reportInvalid(report), report)
                    return true
                }
            case .expired:
                poller.metrics.expired.add()
                guard machines[index].cursorExpired() else {
                    setAside(.cursorKeepsExpiring(report), report)
                    return true
                }
            case .fault(let fault, let reach, let smallerPages):
                if smallerPages { machines[index].askForLess() }
                switch fault.remedy {
                case .again: guard await pause(fault) else { return false }
                case .stop where reach == .source: throw fault
                case .stop, .aside:
                    setAside(fault, report)
                    return true
                }
            }
        }
        return false
    }

    /// Leaves a report for the next look, or for good.
    private mutating func setAside(_ fault: Fault, _ report: Report) {
        poller.metrics.count(fault)
        poller.change { $0.lastFault = fault }
        let facts: [(String, Log.Value)] = [
            ("source", "\(poller.name)"), ("report", .text(report.rawValue)), ("fault", "\(fault)"),
        ]
        guard fault.remedy == .stop else {
            return poller.log.warning("the report was not read", facts[0], facts[1], facts[2])
        }
        stopped.insert(report)
        poller.metrics.setStopped(report)
        poller.change { $0.stopped[report] = fault }
        poller.log.error("the report is not read any more", facts[0], facts[1], facts[2])
    }

    /// Waits after a fault that may be over later.
    private mutating func pause(_ fault: Fault) async -> Bool {
        guard case .again(let wish) = fault.remedy else { return false }
        poller.metrics.count(fault)
        poller.log.warning("a report waits", ("source", "\(poller.name)"), ("fault", "\(fault)"))
        let span = pace.failed(wish: wish, chance: poller.chance())
        let until = poller.clock.now() + span
        poller.change {
            $0.lastFault = fault
            $0.state = .waiting(until: until)
        }
        return await poller.wait(span)
    }

    private func ask(_ question: ReportQuestion) async -> (AnalyticsAnswer, [UInt8]) {
        let configuration = poller.configuration
        let request = HTTPClientRequest(
            asking: configuration.url + question.target, key: configuration.key,
            version: configuration.anthropicVersion,
            timeout: configuration.timeout, tls: configuration.tls)
        poller.metrics.requests.add()
        do throws(HTTPClientError) {
            let response = try await poller.client.send(request)
            poller.metrics.bytes.add(response.body.count)
            let id = response.headers["request-id"].map { String($0.prefix(64)) }
            poller.change { $0.lastRequestID = id }
            let answer = AnalyticsAnswer.read(
                response, of: question.report, configuration.api, key: configuration.key.kind,
                at: poller.clock.now())
            return (answer, response.body)
        } catch {
            return (AnalyticsAnswer.read(error), [])
        }
    }

    // MARK: Keeping

    /// Takes a page into the journal, together with the place behind it.
    ///
    /// - Returns: false when it is time to end.
    private mutating func keep(
        _ take: ReportMachine.Take, _ page: ReportPage, _ question: ReportQuestion, _ body: [UInt8], _ index: Int
    ) async throws(Fault) -> Bool {
        bookmark.places[question.report] = take.place
        if !take.kept.isEmpty || take.isEnd {
            guard try await append(batch(of: take, page, question, body)) else { return false }
        }
        machines[index].commit(take)
        pace.succeeded()
        let rows = take.kept.reduce(0) { $0 + page.parts[$1].rows.count }
        poller.metrics.add(rows: rows, of: question.report)
        poller.metrics.known.add(take.known)
        poller.metrics.revised.add(take.revised)
        poller.metrics.refused.add(page.refused)
        poller.metrics.cut.add(take.cut.intersection(take.kept).count)
        let done = take.place.done?.start
        if let done { poller.metrics.set(complete: done, of: question.report) }
        poller.change { health in
            health.lastFault = nil
            health.completeUntil[question.report] = done
        }
        return true
    }

    private func batch(
        of take: ReportMachine.Take, _ page: ReportPage, _ question: ReportQuestion, _ body: [UInt8]
    ) -> RecordBatch {
        let configuration = poller.configuration
        var batch = RecordBatch(
            tenant: configuration.tenant, source: configuration.name, storage: take.kept.isEmpty ? [] : body,
            bookmark: bookmark.bytes)
        page.append(
            take.kept, cut: take.cut, of: question,
            .init(credential: configuration.name.text, peer: FeedConfiguration.host(of: configuration.url)), to: &batch)
        told(take, page, question).append(to: &batch)
        return batch
    }

    /// What was asked and what came of it, so that it can be proven later that nothing was left out.
    private func told(_ take: ReportMachine.Take, _ page: ReportPage, _ question: ReportQuestion) -> OwnRecord {
        func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
        return OwnRecord(
            .bookmark, [.init("kind", .string("state")), .init("action", .string("report-page"))],
            [
                .init(
                    "docket",
                    [
                        "bookmark": [
                            "source": .string(poller.name.text), "request": .string(question.target),
                            "request_id": text(poller.health.lastRequestID), "rows": .integer(Int64(page.rows)),
                            "kept_parts": .integer(Int64(take.kept.count)), "known_parts": .integer(Int64(take.known)),
                            "refused": .integer(Int64(page.refused)), "cut_parts": .integer(Int64(take.cut.count)),
                            "data_refreshed_at": text(page.refreshed), "has_more": .bool(page.hasMore),
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
                guard case .again = error.remedy else { throw error }
                guard await pause(error) else { return false }
            }
        }
    }
}
