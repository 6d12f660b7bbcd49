import Codecs
import Events

/// How the facts of redaction stand in a batch.
///
///     16 bytes rules · u32 records × ( u32 which · u32 count · u32 withheld · text ids of detectors, blanks between )
extension RedactionFacts {
    var payloadSize: Int { 8 + rules.count + entries.reduce(0) { $0 + 16 + $1.idBytes } }

    var payload: [UInt8] {
        var out = ByteBuffer(capacity: payloadSize)
        out.append(rules)
        out.append(littleEndian: UInt32(entries.count))
        for entry in entries {
            out.append(littleEndian: entry.record)
            out.append(littleEndian: entry.count)
            out.append(littleEndian: entry.withheld)
            BatchPayload.append(Array(entry.detectors.joined(separator: " ").utf8), to: &out)
        }
        return out.array
    }

    /// - Returns: `nil` for anything that ``payload`` does not write.
    init?(payload: [UInt8]) {
        guard payload.count >= Self.rulesSize else { return nil }
        self.init(rules: Array(payload[..<Self.rulesSize]))
        var reader = PayloadReader(Array(payload[Self.rulesSize...]))
        guard let count = reader.count(ofSize: 16) else { return nil }
        for _ in 0..<count {
            guard let record = reader.number(UInt32.self), let replaced = reader.number(UInt32.self),
                let withheld = reader.number(UInt32.self), let ids = reader.text()
            else { return nil }
            entries.append(
                Entry(
                    record: record, count: replaced, withheld: withheld,
                    detectors: ids.split(separator: " ").map(String.init)))
        }
        guard reader.isAtEnd else { return nil }
    }

    /// The facts of batches that are written as one; they have the same rules.
    init?(joining batches: ArraySlice<RecordBatch>) {
        guard let first = batches.first?.redaction else { return nil }
        self.init(rules: first.rules)
        var start: UInt32 = 0
        for batch in batches {
            for entry in batch.redaction?.entries ?? [] {
                var moved = entry
                moved.record += start
                entries.append(moved)
            }
            start += UInt32(batch.entries.count)
        }
    }
}

extension RedactionFacts.Entry {
    fileprivate var idBytes: Int { detectors.reduce(0) { $0 + $1.utf8.count + 1 } }
}
