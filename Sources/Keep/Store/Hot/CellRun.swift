import Platform

/// Some cells of one column on their way into a vector of the engine.
struct CellRun {
    /// A cell's tag says which of these it belongs to.
    let pages: [HotPage]
    let cells: [HotPage.Cell]
    let range: Range<Int>
    /// Row of the vector for row 0 of the cells.
    let shift: Int
}

extension ScanVector {
    /// Writes a column's cells. Rows without a cell are null.
    ///
    /// - Parameter runs: the cells of one row stand side by side, in the order of their values.
    mutating func write(_ runs: [CellRun], as type: ColumnType) {
        beginWithNulls()
        switch type {
        case .int64: for run in runs { run.forEach { set($0, Int64(bitPattern: $1.bits)) } }
        case .double: for run in runs { run.forEach { set($0, Double(bitPattern: $1.bits)) } }
        case .bool: for run in runs { run.forEach { set($0, $1.bits != 0) } }
        case .nanoseconds:
            for run in runs { run.forEach { set($0, Timestamp(nanoseconds: Int64(bitPattern: $1.bits))) } }
        case .list:
            let starts = layOut(runs)
            var elements = elements()
            Self.forEachElement(runs, starts) { place, page, cell in
                unsafe elements.set(place, lending: page.value(cell))
            }
        case .map:
            let starts = layOut(runs)
            do {
                var keys = keys()
                Self.forEachElement(runs, starts) { place, page, cell in
                    unsafe keys.set(place, lending: page.name(cell))
                }
            }
            var values = values()
            Self.forEachElement(runs, starts) { place, page, cell in
                unsafe values.set(place, lending: page.value(cell))
            }
        default:
            for run in runs {
                run.forEach { row, cell in unsafe set(row, lending: run.pages[Int(cell.tag)].value(cell)) }
            }
        }
    }

    /// Gives each row its stretch of elements.
    ///
    /// - Returns: where the elements of each row begin.
    private mutating func layOut(_ runs: [CellRun]) -> [Int] {
        var counts = Array(repeating: 0, count: ScanChunk.capacity)
        for run in runs { run.forEach { row, _ in counts[row] += 1 } }
        var total = 0
        for row in counts.indices where counts[row] > 0 {
            let count = counts[row]
            set(row, elements: total..<total + count)
            counts[row] = total
            total += count
        }
        reserveElements(total)
        return counts
    }

    private static func forEachElement(
        _ runs: [CellRun], _ starts: [Int], _ body: (Int, HotPage, HotPage.Cell) -> Void
    ) {
        var next = starts
        for run in runs {
            run.forEach { row, cell in
                body(next[row], run.pages[Int(cell.tag)], cell)
                next[row] += 1
            }
        }
    }
}

extension CellRun {
    @inline(__always) fileprivate func forEach(_ body: (Int, HotPage.Cell) -> Void) {
        for place in range { body(Int(cells[place].row) &+ shift, cells[place]) }
    }
}
