public import Platform

/// Takes over what the command line changes in the book of a server that runs.
///
/// - Threads: one of its own, for a book of ten thousand lines takes longer to read than a loop may wait.
public final class CredentialWatch: Sendable {
    /// How often the file is looked at: what is revoked is refused within about this time.
    private static let pause = Timestamp.Span.milliseconds(500)

    private let book: CredentialBook
    private let log: Log
    private let taken: Counter
    private let refused: Counter
    private let isStopping = Waitable(false)
    private let thread = Locked<OwnThread.Handle?>(nil)
    /// What was said last, so that it is not said twice a second.
    private let problem = Locked<String?>(nil)

    public init(_ book: CredentialBook, log: Log, metrics: MetricList) {
        self.book = book
        self.log = log
        func reloads(_ result: String) -> Counter {
            metrics.counter(
                "docket_credentials_reloads_total", "Changed books of credentials, by what came of them.",
                labels: [("result", result)])
        }
        taken = reloads("success")
        refused = reloads("failure")
    }

    public func start() {
        thread.withLock { $0 = OwnThread.start("credentials") { [self] in run() } }
    }

    /// Returns when the thread has ended.
    public func stop() {
        isStopping.update { $0 = true }
        let thread = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        thread?.join()
    }

    private func run() {
        while isStopping.wait(atMost: Self.pause, until: { $0 ? true : nil }) == nil { look() }
    }

    /// Looks once.
    func look() {
        do throws(CredentialBookError) {
            let isNew = try book.refresh()
            problem.withLock { $0 = nil }
            guard isNew else { return }
            taken.add()
            log.info("the credentials were read again", ("count", .number(book.credentials.count)))
        } catch {
            let text = error.description
            let isNew = problem.withLock { problem in
                defer { problem = text }
                return problem != text
            }
            guard isNew else { return }
            refused.add()
            log.error("the credentials were not taken; those before stay in force", ("reason", .text(text)))
        }
    }
}
