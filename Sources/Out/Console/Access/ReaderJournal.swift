public import Events

/// Where the console says who did what in it.
public protocol ReaderJournal: Sendable {
    /// Returns at once. What cannot be taken is counted.
    func record(_ act: ReaderAct)
    /// Waits until it is kept. For what must not happen unrecorded, on a thread that may block.
    ///
    /// - Returns: false when it is not going to be kept.
    func keep(_ act: ReaderAct) -> Bool
    /// Whether such an act is kept at all. Where what programs read is left out, it may happen unrecorded.
    func wants(_ act: ReaderAct) -> Bool
}

extension ReaderJournal {
    public func wants(_ act: ReaderAct) -> Bool { true }

    /// - Returns: whether it may happen.
    func allow(_ act: ReaderAct) -> Bool {
        guard act.needsRecord else {
            record(act)
            return true
        }
        return keep(act)
    }
}

/// Of a console that stands alone, as in tests.
public struct NoReaderJournal: ReaderJournal {
    public init() {}
    public func record(_ act: ReaderAct) {}
    public func keep(_ act: ReaderAct) -> Bool { true }
}
