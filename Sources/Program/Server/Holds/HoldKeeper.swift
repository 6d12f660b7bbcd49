import Codecs
import Console
import Events
import Holds
import Intake
import Network
import Platform

/// Takes orders of people, and has those carried out that are approved.
///
/// - Threads: one worker for all that waits for disk and journal; a task that reads.
final class HoldKeeper: Sendable {
    private let configuration: HoldConfiguration
    private let book: HoldBook
    private let worker = WorkerPool("hold", threads: 1, queue: 64)
    private let client = HTTPClient()
    private let clock: any Clock
    private let log: Log
    private let metrics: HoldMetrics
    private let reader: ContentReader
    private let wait: PollerMeans.Wait
    private let task = Locked<Task<Void, Never>?>(nil)

    /// Between two looks for orders.
    static let pause = Timestamp.Span.milliseconds(500)
    /// After something that may pass by itself.
    private static let longPause = Timestamp.Span.minutes(1)

    init(
        _ configuration: HoldConfiguration, data: String, budget: FeedBudget, sink: any RecordSink, clock: any Clock,
        metrics: MetricList, log: Log, wait: @escaping PollerMeans.Wait = PollerMeans.sleep
    ) {
        self.configuration = configuration
        self.clock = clock
        self.log = log
        self.wait = wait
        self.metrics = HoldMetrics(metrics)
        reader = ContentReader(
            configuration.feed,
            with: PollerMeans(sink: sink, client: client, clock: clock, budget: budget, log: log, wait: wait),
            objectBytes: configuration.limits.objectSize, metrics: metrics)
        book = HoldBook(data: data, clock: clock) { record, tenant throws(Fault) in
            try sink.appendAndWait(record.batch(of: tenant))?.get()
        }
    }

    func start() {
        task.withLock { task in task = Task { await self.run() } }
    }

    /// What is being sealed is done again after the next start.
    func stop() {
        task.withLock { $0 }?.cancel()
        client.stop()
        worker.stop()
    }

    private func run() async {
        var collector = HoldCollector(
            configuration, book: book, worker: worker, clock: clock, metrics: metrics, reader: reader)
        var seen = -1
        while !Task.isCancelled {
            let count = book.changeCount
            var pause = Self.pause
            if count != seen {
                seen = count
                do throws(HoldCollector.End) {
                    for order in try await collector.waiting() {
                        log.info("a legal hold is carried out", ("order", .text(order.id)))
                        guard let why = try await collector.carryOut(order) else { continue }
                        log.warning("a legal hold waits", ("order", .text(order.id)), ("reason", .text(why)))
                        (seen, pause) = (-1, Self.longPause)
                    }
                } catch {
                    if case .stopping = error { return }
                    log.error("orders of legal holds cannot be read", ("error", "\(error)"))
                    (seen, pause) = (-1, Self.longPause)
                }
            }
            guard await wait(pause) else { return }
        }
    }
}

extension HoldCollector {
    /// Orders that are to be carried out, and that a start found half done.
    func waiting() async throws(End) -> [HoldOrder] {
        let book = book
        return try await onDisk { () throws(HoldRefusal) in try book.orders() }.filter {
            $0.state == .approved || $0.state == .collecting
        }
    }
}

extension HoldKeeper: HoldDesk {
    func answer(
        _ wish: HoldWish, by credential: Credential,
        _ done: @escaping @Sendable (Result<JSONValue, HoldProblem>) -> Void
    ) -> Bool {
        let (book, feed) = (book, configuration.feed)
        return worker.submit {
            do throws(HoldRefusal) {
                done(.success(try Self.carryOut(wish, credential, book, feed)))
            } catch {
                done(.failure(HoldProblem(error.kind, "\(error)")))
            }
        }
    }

    private static func carryOut(
        _ wish: HoldWish, _ credential: Credential, _ book: HoldBook, _ feed: FeedConfiguration
    ) throws(HoldRefusal) -> JSONValue {
        let (tenant, id) = (credential.tenant, credential.id)
        switch wish {
        case .list: return ["holds": .array(try book.orders(of: tenant).map(\.value))]
        case .show(let order): return try book.order(order, of: tenant).value
        case .request(let body):
            guard tenant == feed.tenant else { throw .flaw("Content is held of the tenant of legal_hold.feed alone.") }
            return try book.request(body, tenant: tenant, by: id).value
        case .approve(let order): return try book.approve(order, tenant: tenant, by: id).value
        case .refuse(let order): return try book.refuse(order, tenant: tenant, by: id).value
        case .resume(let order): return try book.resume(order, tenant: tenant, by: id).value
        case .release(let order): return try book.release(order, tenant: tenant, by: id).value
        }
    }
}

extension HoldRefusal {
    fileprivate var kind: HoldProblem.Kind {
        switch self {
        case .notThere: .notThere
        case .state, .expired, .twice: .conflict
        case .ownOrder: .forbidden
        case .flaw: .flaw
        case .couldNot: .unavailable
        }
    }
}
