public import Platform

/// Why a step could not do its work, and what its caller should do now.
///
/// This is the one error type that crosses from a step to the code that runs it. Inside a step, smaller
/// error types are better; they are turned into a fault at the edge, where it is known what they mean.
public struct Fault: Error, Sendable {
    public enum Remedy: Sendable, Equatable {
        /// The same call may succeed later. `after` is the peer's own wish, where it gave one.
        case again(after: Timestamp.Span? = nil)
        /// The same call can never succeed. Put these records aside and go on with the next.
        case aside
        /// A person must act first. Stop this step; let the others run.
        case stop
    }

    public let remedy: Remedy

    /// From a small closed set: it is a metric label and a documented anchor, `docs/faults.md#<code>`.
    public let code: Code

    /// One sentence for the operator. It never quotes event content, a credential or a response body.
    public let detail: String

    public init(_ code: Code, _ remedy: Remedy, _ detail: String) {
        self.code = code
        self.remedy = remedy
        self.detail = detail
    }

    public enum Code: String, Sendable, CaseIterable {
        case unreachable
        case rateLimited = "rate-limited"
        case credentialsRefused = "credentials-refused"
        case requestRefused = "request-refused"
        case answerNotUnderstood = "answer-not-understood"
        case journalBusy = "journal-busy"
        case diskFull = "disk-full"
        case diskFailed = "disk-failed"
        case recordTooLarge = "record-too-large"
        case stopping
    }
}

extension Fault: CustomStringConvertible {
    /// Safe to show anywhere.
    public var description: String { "\(code.rawValue): \(detail)" }
}
