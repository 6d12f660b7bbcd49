import Platform
import Store

/// Rows of which most columns are empty, each column a sorted list of the rows that have a value.
final class SparseTable: ScanSnapshot, @unchecked Sendable {
    // Proof for @unchecked: written by `append` before it is first shared, never after.
    enum Values {
        case integers([Int64])
        case numbers([Double])
        /// Where each text ends in `bytes`.
        case texts(ends: [Int], bytes: [UInt8])
        /// Where the entries of each row end, and the columns of a table that hold keys and values of all entries.
        indirect case maps(ends: [Int], keys: Data, values: Data)
    }

    struct Data {
        var rows: [UInt32] = []
        var values: Values

        mutating func append(_ text: [UInt8]) {
            guard case .texts(var ends, var bytes) = values else { preconditionFailure() }
            values = .integers([])
            bytes.append(contentsOf: text)
            ends.append(bytes.count)
            values = .texts(ends: ends, bytes: bytes)
        }

        /// Lends the texts from one place up to another.
        func write(_ range: Range<Int>, to vector: inout ScanVector) {
            guard case .texts(let ends, let bytes) = values else { preconditionFailure() }
            unsafe bytes.withUnsafeBytes { bytes in
                var start = range.lowerBound == 0 ? 0 : ends[range.lowerBound - 1]
                for item in range {
                    unsafe vector.set(
                        item - range.lowerBound, lending: UnsafeRawBufferPointer(rebasing: bytes[start..<ends[item]]))
                    start = ends[item]
                }
            }
        }
    }

    let columns: [ScanColumn]
    var data: [Data]
    var count = 0
    /// Whether the engine reads texts where they are.
    let lends: Bool

    init(_ columns: [ScanColumn], lends: Bool) {
        self.columns = columns
        self.lends = lends
        data = columns.map { column in
            switch column.type {
            case .text: Data(values: .texts(ends: [], bytes: []))
            case .double: Data(values: .numbers([]))
            case .map:
                Data(
                    values: .maps(
                        ends: [], keys: Data(values: .texts(ends: [], bytes: [])),
                        values: Data(values: .texts(ends: [], bytes: []))))
            default: Data(values: .integers([]))
            }
        }
    }

    func append(_ column: Int, _ value: Int64) {
        data[column].rows.append(UInt32(count))
        guard case .integers(var values) = data[column].values else { preconditionFailure() }
        data[column].values = .integers([])
        values.append(value)
        data[column].values = .integers(values)
    }

    func append(_ column: Int, _ value: Double) {
        data[column].rows.append(UInt32(count))
        guard case .numbers(var values) = data[column].values else { preconditionFailure() }
        data[column].values = .numbers([])
        values.append(value)
        data[column].values = .numbers(values)
    }

    func append(_ column: Int, _ value: some Collection<UInt8>) {
        data[column].rows.append(UInt32(count))
        guard case .texts(var ends, var bytes) = data[column].values else { preconditionFailure() }
        data[column].values = .integers([])
        bytes.append(contentsOf: value)
        ends.append(bytes.count)
        data[column].values = .texts(ends: ends, bytes: bytes)
    }

    /// The entries of the next row, all of them.
    func append(_ column: Int, _ entries: [(key: String, value: [UInt8])]) {
        data[column].rows.append(UInt32(count))
        guard case .maps(var ends, var keys, var values) = data[column].values else { preconditionFailure() }
        data[column].values = .integers([])
        for entry in entries {
            keys.append(Array(entry.key.utf8))
            values.append(entry.value)
        }
        ends.append((ends.last ?? 0) + entries.count)
        data[column].values = .maps(ends: ends, keys: keys, values: values)
    }

    func write(_ rows: Range<Int>, to chunk: borrowing ScanChunk) {
        for (place, column) in chunk.projection.enumerated() {
            guard let column else { continue }
            var vector = chunk.vector(place)
            let from = lowerBound(data[column].rows, UInt32(rows.lowerBound))
            let to = lowerBound(data[column].rows, UInt32(rows.upperBound))
            if to - from < rows.count { vector.beginWithNulls(rows.count) }
            let places = data[column].rows
            switch data[column].values {
            case .integers(let values):
                for item in from..<to { vector.set(Int(places[item]) - rows.lowerBound, values[item]) }
            case .numbers(let values):
                for item in from..<to { vector.set(Int(places[item]) - rows.lowerBound, values[item]) }
            case .maps(let ends, let keyData, let valueData):
                let first = from == 0 ? 0 : ends[from - 1]
                let last = to == 0 ? 0 : ends[to - 1]
                vector.reserveElements(last - first)
                var start = 0
                for item in from..<to {
                    vector.set(Int(places[item]) - rows.lowerBound, elements: start..<ends[item] - first)
                    start = ends[item] - first
                }
                var keys = vector.keys()
                keyData.write(first..<last, to: &keys)
                var values = vector.values()
                valueData.write(first..<last, to: &values)
            case .texts(let ends, let bytes):
                unsafe bytes.withUnsafeBytes { bytes in
                    var start = from == 0 ? 0 : ends[from - 1]
                    for item in from..<to {
                        let text = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<ends[item]])
                        let row = Int(places[item]) - rows.lowerBound
                        if lends {
                            unsafe vector.set(row, lending: text)
                        } else {
                            unsafe vector.set(row, copying: text.bytes)
                        }
                        start = ends[item]
                    }
                }
            }
        }
    }

    private func lowerBound(_ rows: [UInt32], _ row: UInt32) -> Int {
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if rows[middle] < row { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
