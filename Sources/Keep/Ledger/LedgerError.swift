public import Events
public import Platform

/// Why the logs cannot go on.
public enum LedgerError: Error, Sendable, CustomStringConvertible {
    /// What is on disk is not what the state says: files were changed, or are those of another time.
    case changed(TenantName)
    /// The state cannot be read.
    case state
    /// The log does not continue what was signed.
    case notConsistent(TenantName, String)
    case disk(DiskError)

    public var description: String {
        switch self {
        case .changed(let tenant):
            "the log of tenant `\(tenant)` is not what it was when it was last written; `docket verify` says where. "
                + "Nothing is signed until it is restored from a copy"
        case .state:
            "`ledger/state` cannot be read; restore the folder `ledger` from a copy as a whole"
        case .notConsistent(let tenant, let why):
            "the log of tenant `\(tenant)` does not continue what was signed of it: \(why). Nothing is signed until a "
                + "person has looked"
        case .disk(let error): "\(error)"
        }
    }
}

/// Says of an error of the disk that it is one of the ledger.
func onDisk<Result: ~Copyable>(_ body: () throws(DiskError) -> Result) throws(LedgerError) -> Result {
    do throws(DiskError) {
        return try body()
    } catch {
        throw .disk(error)
    }
}
