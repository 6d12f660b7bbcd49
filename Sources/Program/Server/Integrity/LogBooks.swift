import Console
import Events
import Ledger
import Platform

/// What is remembered of each log, and the files of it.
///
/// - Threads: any.
final class LogBooks: Sendable {
    private let disk: FolderDisk
    private let log: Log
    private let books = Locked<[TenantName: LogBook]>([:])

    /// Leaves of which the day is found out at one call; the others wait for the next. - Unit: records
    private static let countedAtOnce: UInt64 = 1 << 21

    /// - Parameter data: the data directory.
    init(data: String, log: Log) {
        disk = FolderDisk(folder: "\(data)/integrity")
        self.log = log
    }

    /// What is remembered of a log, with the days of records that came since.
    func book(of log: LedgerView.Log, _ evidence: Evidence) throws(StartError) -> LogBook {
        let (tenant, origin, size) = (log.tenant, log.origin, log.size)
        var book = known(tenant, origin)
        // A log that got shorter was restored from a copy: what was compared is not what is there.
        if book.origin != origin || book.counted > size { book = LogBook(origin: origin) }
        let end = min(size, book.counted + Self.countedAtOnce)
        for start in stride(from: book.counted, to: end, by: 1 << 16) {
            book.count(try evidence.leaves(start..<min(start + 1 << 16, end), of: log))
        }
        let counted = book
        return books.withLock { books in
            // Somebody else may have counted meanwhile, or a comparison have ended.
            var book = books[tenant].flatMap { $0.origin == origin && $0.counted <= size ? $0 : nil } ?? counted
            if book.counted < counted.counted { book.takeDays(of: counted) }
            books[tenant] = book
            return book
        }
    }

    private func known(_ tenant: TenantName, _ origin: String) -> LogBook {
        if let known = books.withLock({ $0[tenant] }) { return known }
        let bytes = try? disk.contentsIfThere(of: Self.name(tenant))
        return bytes.flatMap { LogBook(kept: $0, origin: origin) } ?? LogBook(origin: origin)
    }

    /// - Returns: `nil` when nobody has asked for this book yet.
    func change<Result: Sendable>(_ tenant: TenantName, _ body: (inout LogBook) -> Result) -> Result? {
        books.withLock { books in
            guard var book = books[tenant] else { return nil }
            defer { books[tenant] = book }
            return body(&book)
        }
    }

    /// Remembers a comparison that has ended, also after a restart.
    func keep(_ check: LogCheck, changed sequences: Set<UInt64>, isAll: Bool, of tenant: TenantName) {
        let bytes = change(tenant) { book in
            book.take(check, changed: sequences, isAll: isAll)
            return book.bytes
        }
        guard let bytes else { return }
        do throws(DiskError) {
            try FolderDisk.makeFolder(disk.folder)
            try disk.replace(Self.name(tenant), with: bytes)
        } catch {
            log.warning("what was compared will not be remembered after a restart", ("error", "\(error)"))
        }
    }

    // MARK: What is wrong

    /// Whether something of a log was not what was signed, when somebody looked.
    func isChanged(_ tenant: TenantName) -> Bool { books.withLock { $0[tenant]?.isChanged ?? false } }

    /// Records of all tenants that were not what was signed.
    var changedRecords: Int { books.withLock { $0.values.reduce(0) { $0 + $1.changed.count } } }

    private static func name(_ tenant: TenantName) -> String { "\(tenant).json" }
}
