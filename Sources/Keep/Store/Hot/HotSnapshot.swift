import Events
import Platform

/// Pages as rows for the engine, as they are now.
///
/// - Order: of the pages.
final class HotSnapshot: ScanSnapshot {
    let columns: [ScanColumn]
    let count: Int
    private let pages: [HotPage]
    /// Number of the first row of each page, and behind the last the count of all.
    private let starts: [Int]
    /// Which of the store's columns each of ``columns`` is.
    private let indexes: [Int]

    init(_ pages: [HotPage], store: StoreColumns) {
        self.pages = pages
        indexes = pages.columns(store)
        columns = indexes.map { store.columns[$0] }
        var starts = [0]
        for page in pages { starts.append(starts[starts.count - 1] + page.rows.count) }
        self.starts = starts
        count = starts[pages.count]
    }

    func write(_ rows: Range<Int>, to chunk: borrowing ScanChunk) {
        let parts = parts(of: rows)
        for (place, column) in chunk.projection.enumerated() {
            guard let column else { continue }
            let runs = parts.map { part in
                CellRun(
                    pages: [part.page], cells: part.page.cells,
                    range: part.page.cells(of: indexes[column], in: part.rows), shift: part.shift)
            }
            var vector = chunk.vector(place)
            vector.write(runs, as: columns[column].type)
        }
    }

    /// The pages that some rows lie in, with the rows of each, and how far these are moved in the chunk.
    private func parts(of rows: Range<Int>) -> [(page: HotPage, rows: Range<Int>, shift: Int)] {
        var parts: [(HotPage, Range<Int>, Int)] = []
        for (number, page) in pages.enumerated() {
            let shared = rows.clamped(to: starts[number]..<starts[number + 1])
            if shared.isEmpty { continue }
            let inPage = shared.lowerBound - starts[number]..<shared.upperBound - starts[number]
            parts.append((page, inPage, starts[number] - rows.lowerBound))
        }
        return parts
    }
}

extension [HotPage] {
    /// Columns with a value, and those that each row has, in their order.
    func columns(_ store: StoreColumns) -> [Int] {
        var used = Array<Bool>(repeating: false, count: store.columns.count)
        for column in [store.restIndex, Int(store.time.index), Int(store.sequence.index), Int(store.eventID.index)] {
            used[column] = true
        }
        for page in self { for stripe in page.stripes { used[stripe.column] = true } }
        return used.indices.filter { used[$0] }
    }

    /// Names of the fields with a value among the rest.
    func misfits(_ store: StoreColumns) -> [String] {
        reduce(into: Set()) { $0.formUnion($1.misfits) }.sorted().map { store.columns[$0].name }
    }
}
