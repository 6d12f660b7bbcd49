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
    /// Since when requests have failed, and when the record was told of it.
    private var failing: (since: Timestamp, told: Timestamp)?

    /// - Returns: `nil` when the bookmark in the journal cannot be read.
    init?(_ poller: AnalyticsPoller) {
        self.poller = poller
        let configuration = poller.configuration
        pace = FeedPace(requestsPerMinute: configuration.requestsPerMinute)
        var bookmark = ReportBookmark()
        if let bytes = poller.means.sink.bookmark(of: configuration.name, tenant: configuration.tenant) {
            guard let known = ReportBookmark(bytes) else { return nil }
            bookmark = known
        }
        self.bookmark = bookmark
        machines = configuration.reports.map { ReportMachine($0, configuration.rules, place: bookmark.places[$0]) }
        let place = place
        poller.change { $0.place = place }
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
            guard let question = machines[index].question(at: poller.means.clock.now()) else { return true }
            guard await poller.means.wait(pace.take(at: poller.means.clock.steady())) else { return false }
            poller.change { $0.state = .reading }
            let (answer, body) = await ask(question)
            if Task.isCancelled { return false }
            switch answer {
            case .page(let page):
                let take: ReportMachine.Take
                do throws(FeedPageContradiction) {
                    take = try machines[index].take(page, body, of: question, at: poller.means.clock.now())
                } catch {
                    guard await pause(.reportContradiction(report)) else { return false }
                    continue
                }
                guard try await keep(take, page, question, body, index) else { return false }
            case .invalid:
                guard machines[index].refused(at: poller.means.clock.now()) else {
                    await setAside(.reportInvalid(report), report)
                    return true
                }
            case .expired:
                poller.metrics.expired.add()
                guard machines[index].cursorExpired() else {
                    await setAside(.cursorKeepsExpiring(report), report)
                    return true
                }
            case .fault(let fault, let reach, let smallerPages):
                if smallerPages { machines[index].askForLess() }
                switch fault.remedy {
                case .again: guard await pause(fault) else { return false }
                case .stop where reach == .source: throw fault
                case .stop, .aside:
                    await setAside(fault, report)
                    return true
                }
            }
        }
        return false
    }

    /// Leaves a report for the next look, or for good.
    private mutating func setAside(_ fault: Fault, _ report: Report) async {
        poller.metrics.count(fault)
        poller.change { $0.lastFault = fault }
        let facts: [(String, Log.Value)] = [
            ("source", "\(poller.name)"), ("report", .text(report.rawValue)), ("fault", "\(fault)"),
        ]
        guard fault.remedy == .stop else {
            return poller.means.log.warning("the report was not read", facts[0], facts[1], facts[2])
        }
        stopped.insert(report)
        await say(fault, of: report)
        poller.metrics.setStopped(report)
        poller.change { $0.stopped[report] = fault }
        poller.means.log.error("the report is not read any more", facts[0], facts[1], facts[2])
    }

    /// Waits after a fault that may be over later.
    private mutating func pause(_ fault: Fault) async -> Bool {
        guard case .again(let wish) = fault.remedy else { return false }
        poller.metrics.count(fault)
        await noteTrouble(fault)
        poller.means.log.warning("a report waits", ("source", "\(poller.name)"), ("fault", "\(fault)"))
        let span = pace.failed(wish: wish, chance: poller.means.chance())
        let until = poller.means.clock.now() + span
        poller.change {
            $0.lastFault = fault
            $0.state = .waiting(until: until)
        }
        return await poller.means.wait(span)
    }

    private func ask(_ question: ReportQuestion) async -> (AnalyticsAnswer, [UInt8]) {
        let configuration = poller.configuration
        let request = HTTPClientRequest(
            asking: configuration.url + question.target, key: configuration.key,
            version: configuration.anthropicVersion,
            timeout: configuration.timeout, tls: configuration.tls)
        poller.metrics.requests.add()
        do throws(HTTPClientError) {
            let response = try await poller.means.client.send(request)
            poller.metrics.bytes.add(response.body.count)
            let id = response.headers["request-id"].map { String($0.prefix(64)) }
            poller.change { $0.lastRequestID = id }
            let answer = AnalyticsAnswer.read(
                response, of: question.report, configuration.api, key: configuration.key.kind,
                at: poller.means.clock.now())
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
        if !take.kept.isEmpty || !take.emptied.isEmpty || take.isEnd {
            guard try await append(batch(of: take, page, question, body)) else { return false }
        }
        machines[index].commit(take)
        pace.succeeded()
        failing = nil
        let rows = take.kept.reduce(0) { $0 + page.parts[$1].rows.count }
        poller.metrics.add(rows: rows, of: question.report)
        poller.metrics.emptied.add(take.emptied.count)
        poller.metrics.known.add(take.known)
        poller.metrics.revised.add(take.revised)
        poller.metrics.refused.add(page.refused)
        poller.metrics.cut.add(take.cut.intersection(take.kept).count)
        let done = take.place.done?.start
        if let done { poller.metrics.set(complete: done, of: question.report) }
        let place = place
        poller.change { health in
            health.lastFault = nil
            health.place = place
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
            take, of: question,
            .init(credential: configuration.name.text, peer: FeedConfiguration.host(of: configuration.url)), to: &batch)
        told(take, page, question).append(to: &batch)
        return batch
    }

    // MARK: Coverage

    /// What is in the journal of all reports.
    private var place: CoveragePlace? {
        let ends = machines.compactMap { machine -> (origin: Timestamp, end: CoveragePlace.End)? in
            guard let origin = machine.place.origin, let whole = machine.whole(at: poller.means.clock.now()) else {
                return nil
            }
            return (origin.start, .init(whole: whole, lag: machine.shape.lag(poller.configuration.interval)))
        }
        guard let origin = ends.map(\.origin).min() else { return nil }
        return CoveragePlace(origin: origin, ends: ends.map(\.end))
    }

    private func note(of report: Report, _ place: ReportPlace) -> CoverageNote {
        var note = CoverageNote(part: report.rawValue)
        let now = poller.means.clock.now()
        note.origin = place.origin?.start
        let shape = ReportShape.of(report)
        let whole = ReportMachine.whole(place, shape, at: now)
        if let origin = note.origin, let whole, origin < whole { note.covers = origin..<whole }
        let interval = poller.configuration.interval
        note.due = max(
            now + Timestamp.Span(nanoseconds: 2 * interval.nanoseconds), (whole ?? now) + shape.lag(interval))
        return note
    }

    /// Says in the record what is in the way, each five minutes.
    private mutating func noteTrouble(_ fault: Fault) async {
        let now = poller.means.clock.now()
        guard let known = failing else {
            failing = (now, now)
            return
        }
        guard now >= known.told + FeedPoller.longestTrouble else { return }
        failing?.told = now
        await sayOfAll(fault)
    }

    /// Says it of all reports that are read.
    func sayOfAll(_ fault: Fault) async {
        for machine in machines where !stopped.contains(machine.report) { await say(fault, of: machine.report) }
    }

    private func say(_ fault: Fault, of report: Report) async {
        var note = CoverageNote(part: report.rawValue)
        (note.trouble, note.isStopped) = (fault.code, fault.remedy == .stop)
        await note.record(in: poller.means.sink, of: poller.name, poller.configuration.tenant)
    }

    /// What was asked and what came of it, so that it can be proven later that nothing was left out.
    private func told(_ take: ReportMachine.Take, _ page: ReportPage, _ question: ReportQuestion) -> OwnRecord {
        func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
        func number(_ number: Int) -> JSONValue { .integer(Int64(number)) }
        return OwnRecord(
            .bookmark, [.init("kind", .string("state")), .init("action", .string("report-page"))],
            [
                .init(
                    "docket",
                    [
                        "bookmark": .object([
                            .init("source", .string(poller.name.text)), .init("request", .string(question.target)),
                            .init("request_id", text(poller.health.lastRequestID)), .init("rows", number(page.rows)),
                            .init("kept_parts", number(take.kept.count)), .init("known_parts", number(take.known)),
                            .init("emptied_parts", number(take.emptied.count)),
                            .init("refused", number(page.refused)), .init("cut_parts", number(take.cut.count)),
                            .init("data_refreshed_at", text(page.refreshed)), .init("has_more", .bool(page.hasMore)),
                            note(of: question.report, take.place).member,
                        ])
                    ])
            ])
    }

    private mutating func append(_ batch: RecordBatch) async throws(Fault) -> Bool {
        try await poller.means.sink.append(batch) { await pause($0) }
    }
}
