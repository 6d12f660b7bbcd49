public import Events
public import Platform

/// Why the logs cannot go on.
public enum LedgerError: Error, Sendable, CustomStringConvertible {
    /// What is on disk is not what the state says: files were changed, or are those of another time.
    case changed(TenantName)
    /// The same of the log of all logs.
    case allChanged
    /// The state cannot be read.
    case state
    /// What was signed cannot be read.
    case signed
    /// The signer's key cannot be read, or is gone.
    case key
    /// The signer's keys beside the logs cannot be read.
    case keys
    /// Two keys sign already.
    case overlap
    /// One key signs only.
    case noOverlap
    /// The log does not continue what was signed.
    case notConsistent(TenantName, String)
    case allNotConsistent(String)
    /// The configuration names the logs otherwise than they are.
    case otherName(String)
    /// The journal cannot be followed.
    case journal(String)
    case disk(DiskError)

    public var description: String {
        switch self {
        case .changed(let tenant):
            "the log of tenant `\(tenant)` is not what it was when it was last written; `docket verify` says where. "
                + "Nothing is signed until it is restored from a copy"
        case .allChanged:
            "the log of all logs is not what it was when it was last written; `docket verify` says where. Nothing is "
                + "signed until it is restored from a copy"
        case .state:
            "`ledger/state` cannot be read; restore the folder `ledger` from a copy as a whole"
        case .signed:
            "`signed` is missing or cannot be read, so it is not known what was signed; restore it from a copy. Nothing is signed "
                + "without it"
        case .key:
            "`key` of the signer is missing or cannot be read; restore it from a copy. A new key cannot go on with what "
                + "another one has signed"
        case .keys:
            "`ledger/keys` cannot be read; restore it from a copy, or remove it: the signer knows its keys and they are "
                + "asked for at the next start"
        case .overlap:
            "two keys sign already; `docket signer retire` ends that, when everybody who verifies knows the new one"
        case .noOverlap:
            "one key signs only, and must go on; `docket signer rotate` adds another one first"
        case .notConsistent(let tenant, let why):
            "the log of tenant `\(tenant)` does not continue what was signed of it: \(why). Nothing is signed until a "
                + "person has looked"
        case .allNotConsistent(let why):
            "the log of all logs does not continue what was signed of it: \(why). It is not signed until a person has "
                + "looked"
        case .otherName(let name):
            "`ledger.name` must be `\(name)` or not be there: the name is part of everything that was signed"
        case .journal(let why): why
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
