import Codecs
import Events
import Platform

/// Some rows in memory, their values put together by column.
///
/// A row has some forty values in four hundred columns, so a column is a list of the cells that are there, and
/// a cell points into one piece of memory with the texts of all rows.
///
/// - Shape: at most ``ScanChunk/capacity`` rows. The cells of a column are in the order of their rows.
/// - Threads: any; it does not change.
@safe final class HotPage: @unchecked Sendable {
    // Proof for @unchecked: everything is set in `init` and only read afterwards; `memory` is owned alone.
    struct Cell {
        let row: UInt16
        /// The page that it belongs to, among those of a ``CellRun``. In the builder, its column.
        let tag: UInt16
        /// Of a text: where it begins, and how many bytes it has. Of a number: its lower and upper bits.
        let low: UInt32
        let high: UInt32

        @inline(__always) var bits: UInt64 { UInt64(high) << 32 | UInt64(low) }
    }

    struct Row {
        let time: Timestamp
        let sequence: UInt64
    }

    /// The cells of one column.
    struct Stripe {
        let column: Int
        let cells: Range<Int>
    }

    let rows: [Row]
    /// Stripe after stripe.
    let cells: [Cell]
    /// Columns that have a value in some row, in their order.
    let stripes: [Stripe]
    /// Fields with a value among the rest, as it does not suit their column.
    let misfits: Set<Int>
    private let memory: UnsafeMutableRawBufferPointer

    init(rows: [Row], cells: [Cell], stripes: [Stripe], misfits: Set<Int>, memory bytes: RawSpan) {
        self.rows = rows
        self.cells = cells
        self.stripes = stripes
        self.misfits = misfits
        unsafe memory = .allocate(byteCount: max(bytes.byteCount, 1), alignment: 8)
        unsafe bytes.withUnsafeBytes { unsafe memory.copyMemory(from: $0) }
    }

    deinit { unsafe memory.deallocate() }

    /// Bytes in memory.
    var size: Int {
        unsafe memory.count + cells.count * MemoryLayout<Cell>.stride + rows.count * MemoryLayout<Row>.stride
    }

    /// Bytes of texts.
    var memoryCount: Int { unsafe memory.count }

    /// The cells of a column in some rows.
    func cells(of column: Int, in wanted: Range<Int>) -> Range<Int> {
        guard let stripe = stripe(column) else { return 0..<0 }
        let low = wanted.lowerBound == 0 ? stripe.cells.lowerBound : first(stripe.cells, from: wanted.lowerBound)
        let high =
            wanted.upperBound == rows.count ? stripe.cells.upperBound : first(stripe.cells, from: wanted.upperBound)
        return low..<high
    }

    private func stripe(_ column: Int) -> Stripe? {
        var low = 0
        var high = stripes.count
        while low < high {
            let middle = (low + high) / 2
            if stripes[middle].column < column { low = middle + 1 } else { high = middle }
        }
        return low < stripes.count && stripes[low].column == column ? stripes[low] : nil
    }

    private func first(_ range: Range<Int>, from row: Int) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = (low + high) / 2
            if Int(cells[middle].row) < row { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The bytes of a text; they live as long as the page.
    @unsafe @inline(__always) func value(_ cell: Cell) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: memory.baseAddress! + Int(cell.low), count: Int(cell.high))
    }

    /// The name of a cell of the rest: before its value, and behind the name its length.
    @unsafe func name(_ cell: Cell) -> UnsafeRawBufferPointer {
        let end = Int(cell.low) - 4
        let count = unsafe Int(UnsafeRawBufferPointer(memory).loadUnaligned(fromByteOffset: end, as: UInt32.self))
        return unsafe UnsafeRawBufferPointer(rebasing: memory[end - count..<end])
    }
}

extension HotPage {
    /// The rows of two pages, one behind the other.
    convenience init(_ left: HotPage, _ right: HotPage, _ columns: StoreColumns) {
        var memory = ByteBuffer(capacity: left.memoryCount + right.memoryCount)
        left.appendMemory(to: &memory)
        let shift = UInt32(memory.count)
        right.appendMemory(to: &memory)
        let rows = UInt16(left.rows.count)
        var cells: [Cell] = []
        cells.reserveCapacity(left.cells.count + right.cells.count)
        var stripes: [Stripe] = []
        stripes.reserveCapacity(max(left.stripes.count, right.stripes.count) + 8)
        var (one, other) = (0, 0)
        while one < left.stripes.count || other < right.stripes.count {
            let column = min(
                one < left.stripes.count ? left.stripes[one].column : .max,
                other < right.stripes.count ? right.stripes[other].column : .max)
            let start = cells.count
            if one < left.stripes.count, left.stripes[one].column == column {
                cells += left.cells[left.stripes[one].cells]
                one += 1
            }
            if other < right.stripes.count, right.stripes[other].column == column {
                let moved = columns.traits[column].isText ? shift : 0
                for cell in right.cells[right.stripes[other].cells] {
                    cells.append(Cell(row: cell.row + rows, tag: 0, low: cell.low &+ moved, high: cell.high))
                }
                other += 1
            }
            stripes.append(Stripe(column: column, cells: start..<cells.count))
        }
        self.init(
            rows: left.rows + right.rows, cells: cells, stripes: stripes,
            misfits: left.misfits.union(right.misfits), memory: memory.bytes)
    }

    private func appendMemory(to out: inout ByteBuffer) {
        unsafe out.append(UnsafeRawBufferPointer(memory).bytes)
    }
}
