import Codecs
package import Events
package import Ledger
package import Pipeline

extension RecordCut {
    /// Cuts a record and gives what its leaf says of it.
    package mutating func content(
        of index: Int, in batch: borrowing RecordBatch, _ add: (borrowing LeafContent) -> Void
    ) {
        let entry = batch.entries[index]
        cut(entry, of: batch)
        let record = unsafe batch.storage.span.bytes.extracting(entry.range.range)
        add(
            LeafContent(
                happened: happened, source: entry.kind.rawValue, schema: Self.version,
                id: record.extracting(id.range), bytes: bytes, ranges: ranges))
    }
}
