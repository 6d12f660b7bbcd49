import Events
import Journal
import Platform
import Store

/// Deletes documents that are older than they may be, but for those that are held, and says so in the record.
///
/// Only the store forgets: what was recorded stays in journal, logs and archive, and can be proven.
///
/// - Threads: one at a time.
final class Retainer: Sendable {
    private let rules: RetentionRules
    private let holds: HoldFolder
    private let indexer: Indexer
    private let merger: SegmentMerger
    private let journal: Journal
    private let clock: any Clock
    private let log: Log

    init(
        _ rules: RetentionRules, holds: HoldFolder, indexer: Indexer, merger: SegmentMerger, journal: Journal,
        clock: any Clock, log: Log
    ) {
        self.rules = rules
        self.holds = holds
        self.indexer = indexer
        self.merger = merger
        self.journal = journal
        self.clock = clock
        self.log = log
    }

    /// Writes down what was ordered since.
    func recordHolds() throws(StartError) {
        for (hold, told) in try holds.untold() {
            guard record(told, of: hold.tenant) else { return }
            try holds.told(hold, told)
            log.info("the record has a legal hold", ("hold", .text(hold.facts.id)), ("tenant", "\(hold.tenant)"))
        }
    }

    /// Tells the store what is held: a store that is being made anew takes it in again.
    func applyHolds() {
        do {
            try indexer.hold(try holds.holds().map(\.rows))
        } catch {
            log.error("holds are not known", ("error", "\(error)"))
        }
    }

    /// Deletes what is due.
    func run() throws(StartError) -> [DeletedRows] {
        let held = try holds.holds().map(\.rows)
        let now = clock.now()
        let rules = rules
        let retention = Retention(held: held) { _, stream in rules.cutoff(stream, now: now) }
        do throws(Fault) {
            try indexer.hold(held)
            if rules.rules.isEmpty { return [] }
            var deleted = try indexer.deleteExpired(retention)
            var passed: Set<String> = []
            while let trim = try indexer.nextTrim(retention, passed: &passed) {
                let merged = try merger.run(trim)
                if try indexer.finish(merged), let rows = merged.deleted, rows.rows > 0 { deleted.append(rows) }
            }
            tell(deleted)
            return deleted
        } catch {
            throw StartError("\(error)")
        }
    }

    private func tell(_ deleted: [DeletedRows]) {
        for rows in deleted {
            log.info(
                "documents were deleted for their age", ("tenant", "\(rows.tenant)"), ("stream", "\(rows.stream)"),
                ("documents", .number(rows.rows)), ("files", .number(rows.files)))
            let told = RetentionRecord.deleted(stream: rows.stream, before: rows.before, documents: rows.rows)
            if !record(told, of: rows.tenant) {
                log.error("the record does not say that documents were deleted", ("stream", "\(rows.stream)"))
            }
        }
    }

    /// - Returns: whether the record has it.
    private func record(_ record: RetentionRecord, of tenant: TenantName) -> Bool {
        if case .success = journal.appendAndWait(record.own.batch(of: tenant)) { return true }
        return false
    }
}
