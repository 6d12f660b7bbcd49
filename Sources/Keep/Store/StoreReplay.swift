public import Events
import Platform

/// Documents that take the places of those that the store has of the same records, all at one moment.
///
/// Records of which the store has no document are passed over: what they say is shown by another.
///
/// - Threads: one at a time, that of its writer.
public final class StoreReplay {
    private let writer: StoreWriter
    private let tenant: TenantName
    /// Records that have documents, of those that are mapped anew.
    private let known: SequenceSet
    private var shelves: [Shelf: Rows] = [:]
    private var written: [Segment] = []
    private var current: (sequence: UInt64, documents: Int)?
    /// Greater than that of any file there is.
    private let turn: Int

    /// Rows of one shelf that are not written.
    private final class Rows {
        var builder: HotPageBuilder
        var pages: [HotPage] = []

        init(_ columns: StoreColumns) { builder = HotPageBuilder(columns: columns) }

        var size: Int { pages.reduce(builder.size) { $0 + $1.size } }
    }

    /// - Parameter sequences: the records that are mapped anew.
    public init(_ writer: StoreWriter, tenant: TenantName, sequences: SequenceSet) throws(Fault) {
        self.writer = writer
        self.tenant = tenant
        try writer.seal(tenant)
        let segments = writer.manifest.segments.filter { $0.shelf.tenant == tenant }
        turn = 1 + (segments.map(\.turn).max() ?? 0)
        var known: [UInt64] = []
        do {
            for segment in segments { known += try writer.sequences(of: segment).filter(sequences.contains) }
        } catch {
            throw Fault(.diskFailed, .again(after: .seconds(10)), "A file of the store cannot be read.")
        }
        self.known = SequenceSet(known)
    }

    /// Adds a document of a record; those of one record one after another.
    public func append(
        _ document: borrowing Document, stream: StreamName, of batch: borrowing JournaledBatch, sequence: UInt64
    ) throws(Fault) {
        guard batch.batch.tenant == tenant, known.contains(sequence) else { return }
        let ordinal = current?.sequence == sequence ? current!.documents : 0
        current = (sequence, ordinal + 1)
        let shelf = Shelf(tenant: tenant, stream: stream)
        let columns = writer.store.columns
        let rows = shelves[shelf] ?? Rows(columns)
        shelves[shelf] = rows
        rows.builder.append(
            document, name: ordinal == 0 ? "rec_\(sequence)" : "rec_\(sequence)_\(ordinal)",
            time: HotPageBuilder.time(of: document, columns, fallback: batch.accepted), sequence: sequence)
        guard rows.builder.isFull else { return }
        rows.pages.append(rows.builder.finish())
        let isLong = rows.pages.reduce(0) { $0 + $1.rows.count } >= writer.store.limits.segmentRows
        if isLong || shelves.values.reduce(0, { $0 + $1.size }) > writer.store.limits.hotMemory { try write(shelf) }
    }

    /// Exchanges the documents. Until then, and after any end before, the store is as it was.
    ///
    /// - Returns: how many there are now, and how many there were.
    public func finish() throws(Fault) -> (added: Int, removed: Int) {
        for shelf in shelves.keys.sorted() { try write(shelf) }
        var (old, new, removed) = ([Segment](), written, 0)
        for segment in writer.manifest.segments where segment.shelf.tenant == tenant {
            guard let rest = try writer.segmentWithout(known, segment) else { continue }
            old.append(segment)
            if let segment = rest.segment { new.append(segment) }
            removed += rest.erased
        }
        try writer.replace(old, with: new)
        return (written.reduce(0) { $0 + $1.rows }, removed)
    }

    private func write(_ shelf: Shelf) throws(Fault) {
        guard let rows = shelves.removeValue(forKey: shelf) else { return }
        if rows.builder.count > 0 { rows.pages.append(rows.builder.finish()) }
        do {
            written.append(try writer.write(rows.pages, shelf, turn: turn))
        } catch {
            throw Fault(.diskFailed, .again(after: .seconds(10)), "A file of the store cannot be written.")
        }
    }
}
