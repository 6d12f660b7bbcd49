public import Platform

/// Takes over what the command line changes in a book of a server that runs.
///
/// - Threads: one of its own, for a book of ten thousand lines takes longer to read than a loop may wait.
public final class BookWatch: Sendable {
    /// Reads the book again if it is another one than before.
    ///
    /// - Returns: how many lines it has; `nil` when nothing is new.
    public typealias Refresh = @Sendable () throws(BookProblem) -> Int?

    /// How often the file is looked at: what is revoked is refused within about this time.
    private static let pause = Timestamp.Span.milliseconds(500)

    private let name: String
    private let refresh: Refresh
    private let log: Log
    private let taken: Counter
    private let refused: Counter
    private let rounds = Rounds()
    /// What was said last, so that it is not said twice a second.
    private let problem = Locked<String?>(nil)

    /// - Parameter name: of what is in the book, in log lines and metrics: `credentials`.
    public init(_ name: String, log: Log, metrics: MetricList, refresh: @escaping Refresh) {
        self.name = name
        self.refresh = refresh
        self.log = log
        func reloads(_ result: String) -> Counter {
            metrics.counter(
                "docket_\(name)_reloads_total", "Changed books of \(name), by what came of them.",
                labels: [("result", result)])
        }
        taken = reloads("success")
        refused = reloads("failure")
    }

    public func start() {
        rounds.start(name, after: Self.pause) { [self] in
            look()
            return Self.pause
        }
    }

    /// Returns when the thread has ended.
    public func stop() { rounds.stop() }

    /// Looks once.
    func look() {
        do throws(BookProblem) {
            let count = try refresh()
            problem.withLock { $0 = nil }
            guard let count else { return }
            taken.add()
            log.info("the \(name) were read again", ("count", .number(count)))
        } catch {
            let isNew = problem.withLock { problem in
                defer { problem = error.text }
                return problem != error.text
            }
            guard isNew else { return }
            refused.add()
            log.error("the \(name) were not taken; those before stay in force", ("reason", .text(error.text)))
        }
    }
}

/// Why a book could not be read again, in words.
public struct BookProblem: Error, Sendable {
    public let text: String
    public init(_ text: String) { self.text = text }
}

extension BookWatch {
    public convenience init(_ book: CredentialBook, log: Log, metrics: MetricList) {
        self.init("credentials", log: log, metrics: metrics) { () throws(BookProblem) in
            do throws(CredentialBookError) {
                return try book.refresh() ? book.credentials.count : nil
            } catch {
                throw BookProblem(error.description)
            }
        }
    }
}
