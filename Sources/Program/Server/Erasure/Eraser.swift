import Events
import Journal
import Platform
import Store

/// Carries orders of erasure out, one after another.
///
///     find ─▶ write the journal's files anew, beside ─▶ say so in the record ─▶ forget seeds, here and in copies
///          ─▶ exchange files ─▶ store
///
/// Each step can be done again, and the order is there until the last is done: after a crash the next start begins
/// with the first. The record comes before anything is gone, so what is gone is never gone without a word.
///
/// - Threads: one of its own.
final class Eraser: Sendable {
    private let folder: ErasureFolder
    private let journal: Journal
    private let search: StoreSearch
    private let indexer: Indexer
    private let ledger: LedgerKeeper
    private let archivist: Archivist?
    private let log: Log
    private let isStopping = Waitable(false)
    private let thread = Locked<OwnThread.Handle?>(nil)
    private let erased: Counter

    private static let pause = Timestamp.Span.milliseconds(500)
    /// Stretches of records that one record tells of.
    private static let toldRanges = 10_000

    init(
        folder: ErasureFolder, journal: Journal, search: StoreSearch, indexer: Indexer, ledger: LedgerKeeper,
        archivist: Archivist?, metrics: MetricList, log: Log
    ) {
        self.folder = folder
        self.journal = journal
        self.search = search
        self.indexer = indexer
        self.ledger = ledger
        self.archivist = archivist
        self.log = log
        erased = metrics.counter("docket_erased_records_total", "Records whose content was erased.")
    }

    func start() {
        thread.withLock { $0 = OwnThread.start("eraser") { [self] in run() } }
    }

    /// Returns when the thread has ended; an order that is not carried out stays.
    func stop() {
        isStopping.update { $0 = true }
        thread.withLock { $0.take() }?.join()
    }

    private var isEnding: Bool { isStopping.read { $0 } }

    private func run() {
        var told: Set<String> = []
        repeat {
            do throws(DiskError) {
                let waiting = try folder.waiting()
                for name in waiting.unread where told.insert(name).inserted {
                    log.error("this is no order of erasure; remove it", ("file", .text(name)))
                }
                for order in waiting.orders {
                    guard let result = carryOut(order) else { break }
                    try folder.finish(order, with: result)
                }
            } catch {
                if told.insert("\(error)").inserted { log.error("orders of erasure wait", ("error", "\(error)")) }
            }
        } while isStopping.wait(atMost: Self.pause, until: { $0 ? true : nil }) == nil
    }

    // MARK: One order

    /// - Returns: `nil` when the server ends before it is carried out.
    private func carryOut(_ order: ErasureOrder) -> ErasureResult? {
        var result = ErasureResult()
        do throws(ErasureFailure) {
            let found = try find(order)
            result.records = found.sequences.count
            result.documents = found.documents
            if order.isTrial || found.sequences.isEmpty { return result }
            log.info(
                "erasing", ("order", .text(order.id)), ("tenant", "\(order.tenant)"),
                ("records", .number(found.sequences.count)))
            result.segments = try erase(found.sequences, order)
            erased.add(result.records)
            log.info("erased", ("order", .text(order.id)), ("records", .number(result.records)))
        } catch {
            if case .ending = error { return nil }
            result.failure = "\(error)"
            log.error("an erasure failed", ("order", .text(order.id)), ("error", "\(error)"))
        }
        return result
    }

    private func find(
        _ order: ErasureOrder
    ) throws(ErasureFailure) -> (sequences: SequenceSet, documents: Int) {
        let end = journal.end
        try wait { indexer.position >= end }
        let places = try ErasureSearch.places(order, in: search)
        if places.isEmpty { return (SequenceSet(), 0) }
        let sequences = try ErasureSearch.sequences(
            of: places, order.tenant, in: journal, upTo: end
        ) { isEnding }
        return (sequences, places.count)
    }

    private func erase(_ sequences: SequenceSet, _ order: ErasureOrder) throws(ErasureFailure) -> Int {
        // What is to be forgotten must have been known.
        let end = journal.end
        try wait { ledger.position >= end }
        let prepared = try onJournal { () throws(JournalError) in
            try journal.prepareErasure(of: [order.tenant: sequences]) { isEnding }
        }
        guard let prepared else { throw .ending }
        for (place, chunk) in sequences.chunks(of: Self.toldRanges).enumerated() {
            try record(
                ErasureRecord(
                    order: order.id, reason: order.reason, requester: order.requester, sequences: chunk,
                    segments: place == 0 ? prepared.segments : [], destinations: []),
                of: order.tenant)
        }
        try ledger.forget(sequences, of: order.tenant)
        try forgetCopies()
        try onJournal { () throws(JournalError) in try journal.carryOut(prepared) }
        try indexer.erase(sequences, of: order.tenant)
        // Searches that began before end within their limit of time.
        try wait { () throws(ErasureFailure) in try indexer.hasRemovedFiles() }
        return prepared.segments.count
    }

    /// Waits until the copies of keys are without the seeds, too; so what is archived cannot be opened any more.
    private func forgetCopies() throws(ErasureFailure) {
        guard let archivist, let before = archivist.copiedKeys else { return }
        // The round that runs may have read the keys before.
        try wait { archivist.copiedKeys ?? .max >= before + 2 }
    }

    /// Waits until the record has it.
    private func record(_ erasure: ErasureRecord, of tenant: TenantName) throws(ErasureFailure) {
        while true {
            switch journal.appendAndWait(erasure.own.batch(of: tenant)) {
            case .failure(let fault):
                guard case .again(let pause) = fault.remedy, !isEnding else {
                    throw isEnding ? .ending : .failed("\(fault)")
                }
                _ = isStopping.wait(atMost: pause ?? .seconds(1), until: { $0 ? true : nil })
            case .success, nil: return
            }
        }
    }

    private func wait(until isDone: () throws(ErasureFailure) -> Bool) throws(ErasureFailure) {
        while try !isDone() {
            if isStopping.wait(atMost: .milliseconds(50), until: { $0 ? true : nil }) != nil { throw .ending }
        }
    }

    private func onJournal<Value>(_ body: () throws(JournalError) -> Value) throws(ErasureFailure) -> Value {
        do throws(JournalError) {
            return try body()
        } catch {
            throw isEnding ? .ending : .failed("\(error)")
        }
    }
}

/// Why an order is not carried out.
enum ErasureFailure: Error, CustomStringConvertible {
    /// The server ends; the order stays.
    case ending
    case failed(String)

    var description: String {
        switch self {
        case .ending: "the server ends"
        case .failed(let why): why
        }
    }
}
