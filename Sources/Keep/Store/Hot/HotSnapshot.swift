import Events
import Platform

/// Pages as rows for the engine.
///
/// - Order: of the pages, or by time when it is made for a segment.
final class HotSnapshot: ScanSnapshot {
    let columns: [ScanColumn]
    let count: Int
    private let pages: [HotPage]
    /// Which of the store's columns each of ``columns`` is.
    private let indexes: [Int]
    private let restIndex: Int
    private let places: [Place]

    struct Place {
        let page: Int32
        let row: Int32
    }

    /// - Parameter isSorted: puts the rows in the order of time, as a segment wants them.
    init(_ pages: [HotPage], store: StoreColumns, isSorted: Bool) {
        self.pages = pages
        restIndex = store.restIndex
        var used: Set<Int> = [store.restIndex, Int(store.time.index), Int(store.sequence.index)]
        for page in pages { used.formUnion(page.used) }
        indexes = used.sorted()
        columns = indexes.map { store.columns[$0] }
        var places: [Place] = []
        places.reserveCapacity(pages.reduce(0) { $0 + $1.rows.count })
        for (page, rows) in pages.enumerated() {
            for row in rows.rows.indices { places.append(Place(page: Int32(page), row: Int32(row))) }
        }
        if isSorted {
            func key(_ place: Place) -> (Timestamp, UInt64) {
                let row = pages[Int(place.page)].rows[Int(place.row)]
                return (row.time, row.sequence)
            }
            places.sort { key($0) < key($1) }
        }
        self.places = places
        count = places.count
    }

    func write(_ rows: Range<Int>, to chunk: borrowing ScanChunk) {
        for (place, column) in chunk.projection.enumerated() {
            guard let column else { continue }
            var vector = chunk.vector(place)
            vector.beginWithNulls()
            switch columns[column].type {
            case .map: writeRest(rows, &vector)
            case .list: writeLists(rows, indexes[column], &vector)
            case let type: writeValues(rows, indexes[column], type, &vector)
            }
        }
    }

    private func writeValues(_ rows: Range<Int>, _ column: Int, _ type: ColumnType, _ vector: inout ScanVector) {
        for row in rows {
            let page = pages[Int(places[row].page)]
            let found = page.cells(of: Int(places[row].row), column: column)
            guard let first = found.first else { continue }
            Self.write(page, page.cells[first], type, row - rows.lowerBound, &vector)
        }
    }

    private func writeLists(_ rows: Range<Int>, _ column: Int, _ vector: inout ScanVector) {
        var total = 0
        for row in rows {
            let found = pages[Int(places[row].page)].cells(of: Int(places[row].row), column: column)
            guard !found.isEmpty else { continue }
            vector.set(row - rows.lowerBound, elements: total..<total + found.count)
            total += found.count
        }
        vector.reserveElements(total)
        var elements = vector.elements()
        var place = 0
        for row in rows {
            let page = pages[Int(places[row].page)]
            for cell in page.cells(of: Int(places[row].row), column: column) {
                // Every field of the catalog with many values is text.
                Self.write(page, page.cells[cell], .text, place, &elements)
                place += 1
            }
        }
    }

    private func writeRest(_ rows: Range<Int>, _ vector: inout ScanVector) {
        var total = 0
        for row in rows {
            let found = pages[Int(places[row].page)].cells(of: Int(places[row].row), column: restIndex)
            guard !found.isEmpty else { continue }
            vector.set(row - rows.lowerBound, elements: total..<total + found.count)
            total += found.count
        }
        vector.reserveElements(total)
        do {
            var keys = vector.keys()
            var place = 0
            forEachRest(rows) { page, cell in
                unsafe keys.set(place, lending: page.name(cell))
                place += 1
            }
        }
        var values = vector.values()
        var place = 0
        forEachRest(rows) { page, cell in
            unsafe values.set(place, lending: page.value(cell))
            place += 1
        }
    }

    private func forEachRest(_ rows: Range<Int>, _ body: (HotPage, HotPage.Cell) -> Void) {
        for row in rows {
            let page = pages[Int(places[row].page)]
            for cell in page.cells(of: Int(places[row].row), column: restIndex) { body(page, page.cells[cell]) }
        }
    }

    private static func write(
        _ page: HotPage, _ cell: HotPage.Cell, _ type: ColumnType, _ row: Int, _ vector: inout ScanVector
    ) {
        switch type {
        case .int64: vector.set(row, Int64(bitPattern: page.bits(cell)))
        case .double: vector.set(row, Double(bitPattern: page.bits(cell)))
        case .bool: vector.set(row, page.bits(cell) != 0)
        case .nanoseconds: vector.set(row, Timestamp(nanoseconds: Int64(bitPattern: page.bits(cell))))
        default: unsafe vector.set(row, lending: page.value(cell))
        }
    }
}
