import Codecs
import Events
import Platform

/// Makes documents of rows again.
struct RowReader: ~Copyable {
    private let columns: StoreColumns
    private var document = Document()
    private var writer: DocumentWriter
    private var out = ByteBuffer(capacity: 4_096)

    init(columns: StoreColumns) {
        self.columns = columns
        writer = DocumentWriter(catalog: columns.catalog)
    }

    /// One row as a JSON object.
    ///
    /// - Parameter fields: which field each column of the chunk is; `nil` for `rest`, which is the last.
    mutating func json(_ row: Int, of chunk: borrowing Chunk, fields: [FieldID?]) -> [UInt8] {
        document.removeAll()
        for (place, field) in fields.enumerated() {
            let column = chunk.column(place)
            guard !column.isNull(row) else { continue }
            if let field { read(column, row, field) } else { readRest(column, row) }
        }
        out.removeAll()
        writer.write(document, to: &out)
        return out.array
    }

    private mutating func read(_ column: Column, _ row: Int, _ field: FieldID) {
        switch column.type {
        case .int64: if let value = column.integer(row) { document.set(field, long: value) }
        case .double: if let value = column.number(row) { document.set(field, double: value) }
        case .bool: if let value = column.bool(row) { document.set(field, boolean: value) }
        case .nanoseconds: if let value = column.timestamp(row) { document.set(field, date: value) }
        case .list:
            let elements = column.elements
            for element in column.range(row) { document.set(field, text: elements.bytes(element)) }
        default:
            let type = columns.catalog[field].type
            if type == .flattened || type == .geoPoint {
                document.set(field, json: column.bytes(row))
            } else {
                document.set(field, text: column.bytes(row))
            }
        }
    }

    private mutating func readRest(_ column: Column, _ row: Int) {
        let keys = column.keys
        let values = column.values
        for entry in column.range(row) {
            if let field = columns.field(named: keys.bytes(entry)) {
                // What stood in for a value that does not suit the column gives way to it.
                document.remove(field)
                document.set(field, json: values.bytes(entry))
            } else {
                document.set(prefix: keys.bytes(entry), name: RawSpan(), .json, bytes: values.bytes(entry))
            }
        }
    }
}
