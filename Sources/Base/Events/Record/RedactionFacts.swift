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
    public let rules: [UInt8]
    /// The same in hexadecimal digits.
    public let rulesText: String
    /// Only of records that something was done with, in the order of their places.
    public var entries: [Entry]

    public static let rulesSize = 16

    public init(rules: [UInt8], entries: [Entry] = []) {
        self.rules = rules
        rulesText = rules.reduce(into: "") { text, byte in
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        self.entries = entries
    }
}

extension RecordBatch {
    /// Lets the records know what was done with them.
    public mutating func setRedaction(_ facts: RedactionFacts) {
        redaction = facts
        for (number, entry) in facts.entries.enumerated() where entries.indices.contains(Int(entry.record)) {
            entries[Int(entry.record)].redaction = UInt32(number + 1)
        }
    }

    /// What was done with a record; `nil` when nothing was.
    public func redaction(of entry: Entry) -> RedactionFacts.Entry? {
        guard let redaction, entry.redaction > 0, Int(entry.redaction) <= redaction.entries.count else { return nil }
        return redaction.entries[Int(entry.redaction) - 1]
    }
}
