public import Platform

/// Why a journal cannot be opened.
public enum JournalError: Error, Sendable, CustomStringConvertible {
    case disk(DiskError)
    /// A segment that is no segment, or a number that is missing.
    case unreadable(file: String, reason: String)

    public var description: String {
        switch self {
        case .disk(let error): error.description
        case .unreadable(let file, let reason): "\(file): \(reason)"
        }
    }
}

/// What a disk refuses as an error of the journal.
func onDisk<Result: ~Copyable>(_ body: () throws(DiskError) -> Result) throws(JournalError) -> Result {
    do throws(DiskError) {
        return try body()
    } catch {
        throw .disk(error)
    }
}
