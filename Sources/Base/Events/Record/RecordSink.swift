public import Platform

/// Where accepted records go: the journal, seen from the left.
public protocol RecordSink: Sendable {
    /// Hands over a batch and returns at once.
    ///
    /// - Parameter done: called once, from the journal's thread, when the batch is durable or is not going
    ///   to be. `.again` means that nothing was kept and the sender should wait; `.stop` that the disk failed.
    func append(_ batch: RecordBatch, done: @escaping @Sendable (Result<Void, Fault>) -> Void)

    /// The bookmark of the last durable batch of a source, or `nil` when it never set one.
    func bookmark(of source: SourceName, tenant: TenantName) -> [UInt8]?
}

extension RecordSink {
    /// Waits on this thread until the batch is durable, or is not going to be. For threads of one's own.
    ///
    /// - Parameter limit: `nil` waits for ever.
    /// - Returns: `nil` when the time was over; it may still become durable.
    public func appendAndWait(_ batch: RecordBatch, atMost limit: Timestamp.Span? = nil) -> Result<Void, Fault>? {
        let answer = Waitable<Result<Void, Fault>?>(nil)
        append(batch) { result in answer.update { $0 = result } }
        return answer.wait(atMost: limit) { $0 }
    }

    /// Waits until the batch is durable. For callers that have nothing else to do.
    public func append(_ batch: RecordBatch) async throws(Fault) {
        let result: Result<Void, Fault> = await withCheckedContinuation { waiter in
            append(batch) { waiter.resume(returning: $0) }
        }
        try result.get()
    }
}
