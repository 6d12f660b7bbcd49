import Events
import Journal
public import Platform
public import Store

/// What a command has done to a data directory that no server has open.
extension Flow {
    /// Whether another process has the data directory.
    public static func isRunning(data: String) -> Bool {
        guard FolderDisk.isFolder(data) else { return false }
        do throws(FolderLockError) {
            _ = try FolderLock(folder: data)
            return false
        } catch {
            return error.isTaken
        }
    }

    /// Starts all but what takes in and answers, for orders that wait to be carried out.
    public func work() throws(StartError) { try keep() }

    /// Makes everything that is in the journal visible, on this thread.
    public func catchUp() throws(StartError) {
        try onStore { () throws(Fault) in try indexer.catchUp() }
    }

    /// Merges what is worth merging, on this thread.
    public func compact() throws(StartError) {
        try onStore { () throws(Fault) in
            try indexer.catchUp()
            try indexer.sealAll()
            try compactor.mergeAll()
        }
        stop()
    }

    /// Writes holds down and deletes what is too old, on this thread.
    public func retain() throws(StartError) -> [DeletedRows] {
        try catchUp()
        try retainer.recordHolds()
        let deleted = try retainer.run()
        // What the record says of it is found, too.
        try catchUp()
        stop()
        return deleted
    }

    /// Makes the store anew from the journal, on this thread. What was deleted for its age stays deleted; what is left half
    /// done is gone on with by whoever opens the data directory next.
    ///
    /// - Parameter progress: is told how many records were taken, and which part of the journal is read.
    public static func rebuild(
        data: String, configuration: Configuration, clock: any Clock, log: Log, _ progress: (Int, Double) -> Void
    ) throws(StartError) {
        do {
            let lock = try lock(data)
            try StoreFolder(path: "\(data)/store").reset()
            withExtendedLifetime(lock) {}
        } catch {
            throw StartError("\(error)")
        }
        let flow = try Flow(data: data, configuration: configuration, clock: clock, log: log)
        let end = flow.journal.end
        flow.retainer.applyHolds()
        try flow.onStore { () throws(Fault) in
            try flow.indexer.catchUp { progress($0, Double($1.segment) / Double(max(1, end.segment))) }
            try flow.indexer.sealAll()
        }
        _ = try flow.retainer.run()
        flow.stop()
    }

    private func onStore(_ body: () throws(Fault) -> Void) throws(StartError) {
        do throws(Fault) {
            try body()
        } catch {
            throw StartError("\(error)")
        }
    }

    /// Exchanges documents for those of today's mapping, on this thread.
    ///
    /// - Returns: how many there are now, and how many there were.
    public func replay(_ replay: Replay, of source: Replay.Source) throws(StartError) -> (added: Int, removed: Int) {
        try catchUp()
        // The journal is open for writing; what it has is in the logs as far as a server had time for it.
        let result = try indexer.exchange(replay, source, log: log)
        stop()
        return result
    }
}
