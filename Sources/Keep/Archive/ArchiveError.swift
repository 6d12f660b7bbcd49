public import Platform

/// Why something could not be archived or read back, and what to do.
public enum ArchiveError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The same may succeed later.
    case again(String, after: Timestamp.Span)
    /// A person must act first.
    case refused(String)
    /// Something else is there under the name already.
    case conflict(String)
    case disk(DiskError)

    public var description: String {
        switch self {
        case .again(let why, _): why
        case .refused(let why): why
        case .conflict(let name):
            "`\(name)` is in the archive with another content; somebody else has written there. Nothing is written "
                + "over: look at it, and give the archive another place"
        case .disk(let error) where error.isFull: "\(error); the archive waits until there is space"
        case .disk(let error): "\(error)"
        }
    }

    /// How long to wait before the same is tried again.
    public var pause: Timestamp.Span {
        switch self {
        case .again(_, let after): after
        case .disk: .seconds(10)
        case .refused, .conflict: .minutes(5)
        }
    }
}

/// Says of an error of the disk that it is one of the archive.
func onDisk<Result: ~Copyable>(_ body: () throws(DiskError) -> Result) throws(ArchiveError) -> Result {
    do throws(DiskError) {
        return try body()
    } catch {
        throw .disk(error)
    }
}
