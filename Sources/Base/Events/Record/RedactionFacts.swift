/// What redaction did with the records of a batch, before anything of them was kept.
public struct RedactionFacts: Sendable, Equatable {
    /// What was done with one record.
    public struct Entry: Sendable, Equatable {
        /// The place of the record in its batch.
        public var record: UInt32
        /// Stretches that were replaced.
        public var count: UInt32
        /// Fields that were withheld: nobody could tell what is in them.
        public var withheld: UInt32
        /// Ids of the detectors that found something, by name.
        public var detectors: [String]

        public init(record: UInt32, count: UInt32, withheld: UInt32, detectors: [String]) {
            self.record = record
            self.count = count
            self.withheld = withheld
            self.detectors = detectors
        }
    }

    /// Names the rules that were in force: the first 16 bytes of their digest.
    public var rules: [UInt8]
    /// Only of records that something was done with, in the order of their places.
    public var entries: [Entry]

    public static let rulesSize = 16

    public init(rules: [UInt8], entries: [Entry] = []) {
        self.rules = rules
        self.entries = entries
    }

    /// What was done with the record at a place; `nil` when nothing was.
    public func entry(of record: Int) -> Entry? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if Int(entries[middle].record) < record { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && Int(entries[low].record) == record ? entries[low] : nil
    }
}
