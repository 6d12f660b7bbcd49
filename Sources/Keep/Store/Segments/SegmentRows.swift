import Events
import Platform

/// Pages as the rows of a segment: in the order of time.
///
/// All cells are sorted once, by chunk and column, so that writing a column reads its cells one after another
/// and nothing is looked for.
final class SegmentRows: ScanSnapshot {
    let columns: [ScanColumn]
    let count: Int
    private let pages: [HotPage]
    /// By chunk and column; their rows count from the start of the chunk.
    private let cells: [HotPage.Cell]
    /// Where the cells of each chunk and column end.
    private let ends: [Int]

    /// - Parameter pages: fewer than 65,536.
    init(_ pages: [HotPage], store: StoreColumns) {
        self.pages = pages
        let indexes = pages.columns(store)
        columns = indexes.map { store.columns[$0] }
        count = pages.reduce(0) { $0 + $1.rows.count }
        (cells, ends) = Self.sort(pages, indexes, Self.places(of: pages), store.columns.count)
    }

    func write(_ rows: Range<Int>, to chunk: borrowing ScanChunk) {
        // The engine asks for whole chunks, so the first row says which it is.
        let number = rows.lowerBound / ScanChunk.capacity
        for (place, column) in chunk.projection.enumerated() {
            guard let column else { continue }
            let bucket = number * columns.count + column
            let range = (bucket == 0 ? 0 : ends[bucket - 1])..<ends[bucket]
            var vector = chunk.vector(place)
            vector.write([CellRun(pages: pages, cells: cells, range: range, shift: 0)], as: columns[column].type)
        }
    }

    /// The place of each row of each page in the order of time.
    private static func places(of pages: [HotPage]) -> [[Int32]] {
        struct Key {
            let time: Timestamp
            let sequence: UInt64
            let page: Int32
            let row: Int32
        }
        var keys: [Key] = []
        var isSorted = true
        for (number, page) in pages.enumerated() {
            for (row, value) in page.rows.enumerated() {
                if let last = keys.last, (last.time, last.sequence) > (value.time, value.sequence) { isSorted = false }
                keys.append(Key(time: value.time, sequence: value.sequence, page: Int32(number), row: Int32(row)))
            }
        }
        if !isSorted {
            keys.sort { ($0.time, $0.sequence, $0.page, $0.row) < ($1.time, $1.sequence, $1.page, $1.row) }
        }
        var places = pages.map { Array<Int32>(repeating: 0, count: $0.rows.count) }
        for (place, key) in keys.enumerated() { places[Int(key.page)][Int(key.row)] = Int32(place) }
        return places
    }

    private static func sort(
        _ pages: [HotPage], _ indexes: [Int], _ places: [[Int32]], _ width: Int
    ) -> (cells: [HotPage.Cell], ends: [Int]) {
        var local = Array(repeating: 0, count: width)
        for (place, index) in indexes.enumerated() { local[index] = place }
        let rows = places.reduce(0) { $0 + $1.count }
        let chunks = (rows + ScanChunk.capacity - 1) / ScanChunk.capacity
        var ends = Array(repeating: 0, count: chunks * indexes.count)
        func forEach(_ body: (_ bucket: Int, _ cell: HotPage.Cell) -> Void) {
            for (number, page) in pages.enumerated() {
                let tag = UInt16(number)
                for stripe in page.stripes {
                    let column = local[stripe.column]
                    for cell in page.cells[stripe.cells] {
                        let place = Int(places[number][Int(cell.row)])
                        let row = UInt16(truncatingIfNeeded: place % ScanChunk.capacity)
                        body(
                            place / ScanChunk.capacity &* indexes.count &+ column,
                            HotPage.Cell(row: row, tag: tag, low: cell.low, high: cell.high))
                    }
                }
            }
        }
        forEach { bucket, _ in ends[bucket] &+= 1 }
        var total = 0
        for bucket in ends.indices {
            let count = ends[bucket]
            ends[bucket] = total
            total += count
        }
        // Each start moves on to its end while the cells are put in.
        let cells = unsafe [HotPage.Cell](unsafeUninitializedCapacity: total) { out, count in
            forEach { bucket, cell in
                unsafe out.initializeElement(at: ends[bucket], to: cell)
                ends[bucket] &+= 1
            }
            count = total
        }
        return (cells, ends)
    }
}
