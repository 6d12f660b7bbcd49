import Codecs
import Events
import Platform

/// Some rows in memory, as they were appended: row after row, each a short list of its values.
///
/// Rows and not columns, because a row is written once and read seldom: appending is a copy, and a query over
/// the last moments looks for three values in forty.
///
/// - Shape: at most ``ScanChunk/capacity`` rows. The values of a row are in the order of their columns.
/// - Threads: any; it does not change.
@safe final class HotPage: @unchecked Sendable {
    // Proof for @unchecked: everything is set in `init` and only read afterwards; `memory` is owned alone.
    struct Cell {
        /// Index among the store's columns.
        let column: UInt16
        /// Bytes of the name before the value, of a cell of the rest.
        let nameCount: UInt16
        /// Where the value is in the page's memory; a number takes eight bytes there.
        let start: UInt32
        let count: UInt32
    }

    struct Row {
        let time: Timestamp
        let sequence: UInt64
        let eventID: EventID
        /// Where its cells end.
        let end: Int
    }

    let rows: [Row]
    let cells: [Cell]
    /// Which columns have a value in some row.
    let used: Set<Int>
    private let memory: UnsafeMutableRawBufferPointer

    init(rows: [Row], cells: [Cell], memory bytes: RawSpan) {
        self.rows = rows
        self.cells = cells
        used = Set(cells.map { Int($0.column) })
        unsafe memory = .allocate(byteCount: max(bytes.byteCount, 1), alignment: 8)
        unsafe bytes.withUnsafeBytes { unsafe memory.copyMemory(from: $0) }
    }

    deinit { unsafe memory.deallocate() }

    /// Bytes in memory.
    var size: Int {
        unsafe memory.count + cells.count * MemoryLayout<Cell>.stride + rows.count * MemoryLayout<Row>.stride
    }

    func cells(of row: Int) -> Range<Int> { (row == 0 ? 0 : rows[row - 1].end)..<rows[row].end }

    /// The cells of one row in one column: none, one, or several for lists and the rest.
    func cells(of row: Int, column: Int) -> Range<Int> {
        let all = cells(of: row)
        // Lower bound by halving: a row has some forty cells.
        var low = all.lowerBound
        var high = all.upperBound
        while low < high {
            let middle = (low + high) / 2
            if Int(cells[middle].column) < column { low = middle + 1 } else { high = middle }
        }
        var end = low
        while end < all.upperBound, Int(cells[end].column) == column { end += 1 }
        return low..<end
    }

    func bits(_ cell: Cell) -> UInt64 {
        unsafe UnsafeRawBufferPointer(memory).loadUnaligned(fromByteOffset: Int(cell.start), as: UInt64.self)
    }

    /// The bytes of a value; they live as long as the page.
    @unsafe func value(_ cell: Cell) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: memory[Int(cell.start)..<Int(cell.start + cell.count)])
    }

    /// The name of a cell of the rest.
    @unsafe func name(_ cell: Cell) -> UnsafeRawBufferPointer {
        let start = Int(cell.start) - Int(cell.nameCount)
        return unsafe UnsafeRawBufferPointer(rebasing: memory[start..<Int(cell.start)])
    }
}

extension HotPage {
    /// The rows of two pages, one behind the other.
    convenience init(_ left: HotPage, _ right: HotPage) {
        var memory = ByteBuffer(capacity: left.memoryCount + right.memoryCount)
        left.appendMemory(to: &memory)
        // Numbers are read unaligned, so the second part may start anywhere.
        let shift = UInt32(memory.count)
        right.appendMemory(to: &memory)
        let cells =
            left.cells
            + right.cells.map {
                Cell(column: $0.column, nameCount: $0.nameCount, start: $0.start + shift, count: $0.count)
            }
        let end = left.cells.count
        let rows =
            left.rows
            + right.rows.map { Row(time: $0.time, sequence: $0.sequence, eventID: $0.eventID, end: $0.end + end) }
        self.init(rows: rows, cells: cells, memory: memory.bytes)
    }

    private var memoryCount: Int { unsafe memory.count }

    private func appendMemory(to out: inout ByteBuffer) {
        unsafe out.append(UnsafeRawBufferPointer(memory).bytes)
    }
}
