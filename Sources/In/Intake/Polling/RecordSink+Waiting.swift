import Events
import Platform

extension RecordSink {
    /// Waits until the journal has it. A busy journal is asked again with the same batch.
    ///
    /// - Parameter pause: waits after a fault that may be over later; false when it is time to end.
    /// - Returns: false when it is time to end.
    /// - Throws: any other fault.
    func append(_ batch: RecordBatch, waiting pause: (Fault) async -> Bool) async throws(Fault) -> Bool {
        while true {
            do throws(Fault) {
                try await append(batch)
                return true
            } catch {
                guard case .again = error.remedy else { throw error }
                guard await pause(error) else { return false }
            }
        }
    }
}

extension Fault {
    /// How long to wait before the next try, if it says so.
    var wish: Timestamp.Span? {
        if case .again(let wish) = remedy { wish } else { nil }
    }
}
