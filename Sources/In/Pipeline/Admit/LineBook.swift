public import Platform

/// What the lines of a book are, and how they stand in its file.
protocol BookFormat {
    associatedtype Line: Sendable, Equatable
    /// The lines as they are found fast.
    associatedtype Index: Sendable
    /// What can go wrong with a change, besides what can with any book.
    associatedtype Failure: BookFailure

    static func read(_ bytes: [UInt8]) throws(BookFlaw) -> [Line]
    static func bytes(_ lines: [Line]) -> [UInt8]
    static func index(_ lines: [Line]) -> Index
}

protocol BookFailure: Error {
    init(_ error: BookError)
}

/// A book in memory and in its file, which others may change at any time.
///
/// A change is made under a lock of the file's own, on what is in the file at that moment, and replaces the file whole.
///
/// - Threads: any.
final class LineBook<Format: BookFormat>: Sendable {
    typealias Line = Format.Line

    private struct State: Sendable {
        let lines: [Line]
        let index: Format.Index
        let stamp: FileStamp?

        init(_ lines: [Line], _ stamp: FileStamp?) {
            self.lines = lines
            index = Format.index(lines)
            self.stamp = stamp
        }
    }

    private let file: BookFile
    private let state: Locked<State>

    var path: String { file.path }

    /// Reads the file; an empty book where there is none.
    init(_ file: BookFile) throws(Format.Failure) {
        self.file = file
        state = Locked(try Self.read(file))
    }

    /// In the order of the file.
    var lines: [Line] { state.withLock { $0.lines } }
    var index: Format.Index { state.withLock { $0.index } }

    /// Reads the file again if it is another one than before. When it cannot be used, all stays as it was.
    ///
    /// - Cost: one system call when nothing has changed.
    /// - Returns: whether it was read.
    func refresh() throws(Format.Failure) -> Bool {
        let stamp = file.stamp
        guard state.withLock({ $0.stamp != stamp }) else { return false }
        // A book that is gone is more likely a mistake than a wish.
        guard stamp != nil else { throw Format.Failure(.gone(file: path)) }
        let fresh = try Self.read(file)
        state.withLock { $0 = fresh }
        return true
    }

    func change<Result>(
        _ body: (inout [Line]) throws(Format.Failure) -> Result
    ) throws(Format.Failure) -> Result {
        let lock: FolderLock
        do throws(FolderLockError) {
            lock = try file.lock()
        } catch {
            throw Format.Failure(.locked(error))
        }
        defer { withExtendedLifetime(lock) {} }
        var lines = try Self.read(file).lines
        let before = lines
        let result = try body(&lines)
        if lines != before {
            do throws(DiskError) {
                try file.replace(with: Format.bytes(lines))
            } catch {
                throw Format.Failure(.disk(error))
            }
        }
        let fresh = State(lines, file.stamp)
        state.withLock { $0 = fresh }
        return result
    }

    private static func read(_ file: BookFile) throws(Format.Failure) -> State {
        let bytes: [UInt8]?
        let stamp: FileStamp?
        do throws(DiskError) {
            (bytes, stamp) = try file.contents()
        } catch {
            throw Format.Failure(.disk(error))
        }
        guard let bytes else { return State([], stamp) }
        do throws(BookFlaw) {
            return State(try Format.read(bytes), stamp)
        } catch {
            throw Format.Failure(.unreadable(file: file.path, place: error.place, problem: error.problem))
        }
    }
}

/// Why a book cannot be read or written.
public enum BookError: Error, Sendable, CustomStringConvertible {
    case disk(DiskError)
    case locked(FolderLockError)
    case unreadable(file: String, place: String, problem: String)
    case gone(file: String)

    public var description: String {
        switch self {
        case .disk(let error): error.description
        case .locked(let error): error.isTaken ? "\(error); try it again" : error.description
        case .unreadable(let file, let place, let problem):
            "\(file): \(place) \(problem); correct it, or restore the file from a copy"
        case .gone(let file): "\(file) is gone; restore it from a copy"
        }
    }
}
