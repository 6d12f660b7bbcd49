import Events
import Platform
import Synchronization

/// Pages as the rows of a segment: in the order of time.
///
/// Cells are sorted by chunk and column, so that writing a column reads its cells one after another and nothing is
/// looked for. That is done for one stretch of rows at a time, for as long as the engine reads it: all of them at
/// once would be half of the pages' memory again.
final class SegmentRows: ScanSnapshot {
    let columns: [ScanColumn]
    let count: Int
    /// Nobody waits for a segment, and each thread would hold row groups of its own.
    let threads = 1
    private let pages: [HotPage]
    /// The place of each row of each page in the order of time.
    private let places: [[Int32]]
    /// For each column of the store, which one it is here.
    private let local: [Int]
    private let open = Locked<[Int: Stretch]>([:])

    /// Some chunks, sorted.
    private final class Stretch: Sendable {
        /// By chunk and column; their rows count from the start of the chunk.
        let cells: [HotPage.Cell]
        /// Where the cells of each chunk and column end.
        let ends: [Int]
        private let unread: Atomic<Int>

        init(cells: [HotPage.Cell], ends: [Int], chunks: Int) {
            self.cells = cells
            self.ends = ends
            unread = Atomic(chunks)
        }

        func cells(of bucket: Int) -> Range<Int> { (bucket == 0 ? 0 : ends[bucket - 1])..<ends[bucket] }

        /// - Returns: whether that was the last chunk.
        func endChunk() -> Bool { unread.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 }
    }

    /// Chunks of one stretch: two row groups of Parquet. With fewer, the pages around its ends are read more often.
    private static let stretchChunks = 8

    /// - Parameter pages: fewer than 65,536.
    init(_ pages: [HotPage], store: StoreColumns) {
        self.pages = pages
        let indexes = pages.columns(store)
        columns = indexes.map { store.columns[$0] }
        count = pages.reduce(0) { $0 + $1.rows.count }
        places = Self.places(of: pages)
        var local = Array(repeating: 0, count: store.columns.count)
        for (place, index) in indexes.enumerated() { local[index] = place }
        self.local = local
    }

    func write(_ rows: Range<Int>, to chunk: borrowing ScanChunk) {
        // The engine asks for whole chunks, so the first row says which it is.
        let number = rows.lowerBound / ScanChunk.capacity
        let stretch = stretch(number / Self.stretchChunks)
        let first = number % Self.stretchChunks * columns.count
        for (place, column) in chunk.projection.enumerated() {
            guard let column else { continue }
            var vector = chunk.vector(place)
            let run = CellRun(
                pages: pages, cells: stretch.cells, range: stretch.cells(of: first + column), shift: 0)
            vector.write([run], as: columns[column].type)
        }
        if stretch.endChunk() { open.withLock { $0[number / Self.stretchChunks] = nil } }
    }

    /// Sorts it when it is asked for first.
    private func stretch(_ number: Int) -> Stretch {
        open.withLock { open in
            if let stretch = open[number] { return stretch }
            let stretch = sort(number)
            open[number] = stretch
            return stretch
        }
    }

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

    private func sort(_ number: Int) -> Stretch {
        let width = Self.stretchChunks * ScanChunk.capacity
        let wanted = number * width..<min((number + 1) * width, count)
        let chunks = (wanted.count + ScanChunk.capacity - 1) / ScanChunk.capacity
        let within = pages.indices.filter { page in places[page].contains { wanted.contains(Int($0)) } }
        var ends = Array(repeating: 0, count: chunks * columns.count)
        func forEach(_ body: (_ bucket: Int, _ cell: HotPage.Cell) -> Void) {
            for index in within {
                let page = pages[index]
                let places = places[index]
                let tag = UInt16(index)
                for stripe in page.stripes {
                    let column = local[stripe.column]
                    for cell in page.cells[stripe.cells] {
                        let place = Int(places[Int(cell.row)]) &- wanted.lowerBound
                        guard place >= 0, place < wanted.count else { continue }
                        let row = UInt16(truncatingIfNeeded: place % ScanChunk.capacity)
                        body(
                            place / ScanChunk.capacity &* columns.count &+ column,
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
        return Stretch(cells: cells, ends: ends, chunks: chunks)
    }
}
