import Codecs
public import Events
import Platform

/// A sink that keeps everything in memory and can crash.
///
///     let sink = RecordSinkDouble()
///     sink.script([.keep, .refuse(fault), .keepInSilence, .drop])
///
/// What is kept is kept together with its bookmark, as in the journal. Without a script all is kept and
/// answered at once.
///
/// - Threads: any.
public final class RecordSinkDouble: RecordSink {
    /// What becomes of one append.
    public enum Act: Sendable {
        case keep
        /// Nothing is kept, and the sender is told.
        case refuse(Fault)
        /// A crash before the batch was durable: nothing is kept and nobody is told.
        case drop
        /// A crash behind the point where the batch was durable: it is kept and nobody is told.
        case keepInSilence
    }

    private struct State {
        var script: [Act] = []
        var batches: [RecordBatch] = []
        var bookmarks: [String: [UInt8]] = [:]
        /// Callers that a crash left without an answer.
        var unanswered: [@Sendable (Result<Void, Fault>) -> Void] = []
        var hasEnded = false

        /// Leaves a caller without an answer for as long as the program lives.
        mutating func silence(_ done: @escaping @Sendable (Result<Void, Fault>) -> Void) -> Result<Void, Fault>? {
            if hasEnded { return .failure(RecordSinkDouble.ended) }
            unanswered.append(done)
            return nil
        }
    }

    private let state = Locked(State())

    public init() {}

    /// What happens to the next appends, one after another.
    public func script(_ acts: [Act]) { state.withLock { $0.script = acts } }

    public func append(_ batch: RecordBatch, done: @escaping @Sendable (Result<Void, Fault>) -> Void) {
        let answer: Result<Void, Fault>? = state.withLock { state in
            let act = state.script.isEmpty ? .keep : state.script.removeFirst()
            switch act {
            case .refuse(let fault): return .failure(fault)
            case .drop:
                return state.silence(done)
            case .keep, .keepInSilence:
                state.batches.append(batch)
                if let bookmark = batch.bookmark {
                    state.bookmarks["\(batch.tenant)/\(batch.source)"] = bookmark
                }
                if case .keep = act { return .success(()) }
                return state.silence(done)
            }
        }
        if let answer { done(answer) }
    }

    public func bookmark(of source: SourceName, tenant: TenantName) -> [UInt8]? {
        state.withLock { $0.bookmarks["\(tenant)/\(source)"] }
    }

    /// Whether a crash has happened that nobody has cleared up yet.
    public var hasCrashed: Bool { state.withLock { !$0.unanswered.isEmpty } }

    private static let ended = Fault(.stopping, .stop, "The program ended.")

    /// The program is gone: lets the callers of before go, and any that were just about to append.
    public func end() {
        let left = state.withLock { state in
            defer { state.unanswered = [] }
            state.hasEnded = true
            return state.unanswered
        }
        for done in left { done(.failure(Self.ended)) }
    }

    /// Ready for the next start.
    public func restart() { state.withLock { $0.hasEnded = false } }

    public var batches: [RecordBatch] { state.withLock { $0.batches } }

    /// The bytes of every record that somebody sent, in the order they were kept.
    public var records: [[UInt8]] { records(where: { !$0.isOwn }) }

    /// The bytes of what Docket says of itself.
    public var ownRecords: [[UInt8]] { records(where: \.isOwn) }

    private func records(where isMeant: (RecordKind) -> Bool) -> [[UInt8]] {
        batches.flatMap { batch in
            batch.entries.filter { isMeant($0.kind) }.map { Array(batch.storage[$0.range.range]) }
        }
    }
}
