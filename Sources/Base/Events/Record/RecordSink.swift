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
    /// Waits until the batch is durable. For callers that have nothing else to do.
    public func append(_ batch: RecordBatch) async throws(Fault) {
        let result: Result<Void, Fault> = await withCheckedContinuation { waiter in
            append(batch) { waiter.resume(returning: $0) }
        }
        try result.get()
    }
}
