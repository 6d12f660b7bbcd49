import Codecs
import Query

extension DuckDBDialect.Native {
    /// The function for the engine.
    var function: ScalarFunction {
        switch self {
        case .members:
            ScalarFunction(rawValue, [.text, .text, .text], .list(.text)) { arguments, result in
                let (json, name, pattern) = (arguments.column(0), arguments.column(1), arguments.column(2))
                var reading = PatternReading()
                var lists = TextLists(rows: arguments.count)
                for row in 0..<arguments.count where !json.isNull(row) && !pattern.isNull(row) {
                    reading.expect(pattern.bytes(row))
                    reading.leaves.read(json.bytes(row), name: name.bytes(row), where: reading.pattern) {
                        lists.append($0)
                    }
                    lists.end(row)
                }
                lists.write(to: &result)
            }
        case .attributes:
            ScalarFunction(rawValue, [.map(.text, .text), .text], .list(.text)) { arguments, result in
                let (rest, pattern) = (arguments.column(0), arguments.column(1))
                let (keys, values) = (rest.keys, rest.values)
                var reading = PatternReading()
                var lists = TextLists(rows: arguments.count)
                for row in 0..<arguments.count where !rest.isNull(row) && !pattern.isNull(row) {
                    reading.expect(pattern.bytes(row))
                    for entry in rest.range(row) {
                        reading.leaves.read(
                            values.bytes(entry), name: keys.bytes(entry), where: reading.pattern
                        ) { lists.append($0) }
                    }
                    lists.end(row)
                }
                lists.write(to: &result)
            }
        case .objects:
            ScalarFunction(rawValue, [.text, .text, .text], .list(.text)) { arguments, result in
                let (json, name, path) = (arguments.column(0), arguments.column(1), arguments.column(2))
                var lists = TextLists(rows: arguments.count)
                for row in 0..<arguments.count where !json.isNull(row) {
                    lists.append(
                        TextFunctions.objects(json.bytes(row), called: name.bytes(row), at: path.bytes(row)))
                    lists.end(row)
                }
                lists.write(to: &result)
            }
        case .attributeObjects:
            ScalarFunction(rawValue, [.map(.text, .text), .text], .list(.text)) { arguments, result in
                let (rest, path) = (arguments.column(0), arguments.column(1))
                let (keys, values) = (rest.keys, rest.values)
                var lists = TextLists(rows: arguments.count)
                for row in 0..<arguments.count where !rest.isNull(row) {
                    for entry in rest.range(row) {
                        lists.append(
                            TextFunctions.objects(values.bytes(entry), called: keys.bytes(entry), at: path.bytes(row)))
                    }
                    lists.end(row)
                }
                lists.write(to: &result)
            }
        case .address:
            ScalarFunction(rawValue, [.text], .text) { arguments, result in
                let text = arguments.column(0)
                for row in 0..<arguments.count where !text.isNull(row) {
                    guard var digits = TextFunctions.address(text.bytes(row)) else { continue }
                    digits.withUTF8 { unsafe result.set(row, copying: UnsafeRawBufferPointer($0).bytes) }
                }
            }
        case .number:
            ScalarFunction(rawValue, [.text], .double) { arguments, result in
                let text = arguments.column(0)
                for row in 0..<arguments.count where !text.isNull(row) {
                    if let number = TextFunctions.number(text.bytes(row)) { result.set(row, number) }
                }
            }
        case .moment:
            ScalarFunction(rawValue, [.text], .nanoseconds) { arguments, result in
                let text = arguments.column(0)
                for row in 0..<arguments.count where !text.isNull(row) {
                    if let moment = TextFunctions.moment(text.bytes(row)) { result.set(row, moment) }
                }
            }
        }
    }
}

/// A pattern, read once for all rows that have it.
private struct PatternReading: ~Copyable {
    var leaves = LeafReader()
    private(set) var pattern = NamePattern(name: "")
    private var text = ByteBuffer()
    private var isRead = false

    mutating func expect(_ wanted: RawSpan) {
        if isRead, text.bytes.isEqual(to: wanted) { return }
        isRead = true
        text.removeAll()
        text.append(wanted)
        pattern = NamePattern(wanted)
    }
}

/// Lists of texts for the rows of a chunk, gathered before the engine is asked for room.
private struct TextLists: ~Copyable {
    private var memory = ByteBuffer(capacity: 4_096)
    private var ends: [Int] = []
    private var lists: [Range<Int>?]
    private var start = 0

    init(rows: Int) { lists = Array(repeating: nil, count: rows) }

    mutating func append(_ text: RawSpan) {
        UTF8Text.needsRepair(text) ? UTF8Text.appendRepaired(text, to: &memory) : memory.append(text)
        ends.append(memory.count)
    }

    mutating func append(_ texts: [String]) {
        for text in texts {
            memory.append(text: text)
            ends.append(memory.count)
        }
    }

    /// What was appended since the last end is the list of this row.
    mutating func end(_ row: Int) {
        lists[row] = start..<ends.count
        start = ends.count
    }

    func write(to vector: inout ScanVector) {
        for (row, list) in lists.enumerated() { if let list { vector.set(row, elements: list) } }
        vector.reserveElements(ends.count)
        var elements = vector.elements()
        var place = 0
        for (element, end) in ends.enumerated() {
            elements.set(element, copying: memory.bytes.extracting(place..<end))
            place = end
        }
    }
}
