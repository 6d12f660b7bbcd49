import Codecs

/// The cells of one row under the names in the header of its file.
struct AuditLogCells: ~Copyable {
    /// Columns that the mapping knows. Their order in a file is not promised.
    enum Column: String, CaseIterable {
        case createdAt = "created_at"
        case event
        case actorInfo = "actor_info"
        case eventInfo = "event_info"
        case entityInfo = "entity_info"
        case address = "ip_address"
        case userAgent = "user_agent"
        case deviceID = "device_id"
        case platform = "client_platform"
    }

    /// The header that was read last.
    private var header: [UInt8] = []
    private(set) var names: [String] = []
    private var places = [Int?](repeating: nil, count: Column.allCases.count)
    private var order: [Int] = []
    private var cells: [CSVCursor.Cell] = []
    /// The texts of the cells, unquoted.
    private var memory = ByteBuffer(capacity: 1_024)
    private var ranges: [ByteRange] = []

    /// Why a row is not what its header says.
    private(set) var flaw: String?

    /// How many cells the row has.
    var count: Int { ranges.count }

    mutating func read(_ row: ByteRange, header: ByteRange, in bytes: RawSpan) {
        readHeader(header, bytes)
        memory.removeAll()
        ranges.removeAll(keepingCapacity: true)
        var cursor = CSVCursor(row)
        guard !names.isEmpty, let found = cursor.next(in: bytes, cells: &cells) else {
            flaw = "it stands in no table"
            return
        }
        for cell in cells {
            let start = memory.count
            memory.append(cell, of: bytes)
            ranges.append(ByteRange(start..<memory.count))
        }
        flaw = found.flaw?.rawValue
        if flaw == nil, ranges.count != names.count {
            flaw = "it has \(ranges.count) cells and the header \(names.count)"
        }
    }

    private mutating func readHeader(_ range: ByteRange, _ bytes: RawSpan) {
        let isSame = unsafe header.span.bytes.isEqual(to: bytes[range])
        if isSame, !names.isEmpty { return }
        header = bytes[range].array
        names.removeAll(keepingCapacity: true)
        var cursor = CSVCursor(range)
        _ = cursor.next(in: bytes, cells: &cells)
        for cell in cells {
            memory.removeAll()
            memory.append(cell, of: bytes)
            names.append(memory.text)
        }
        for (index, column) in Column.allCases.enumerated() { places[index] = names.firstIndex(of: column.rawValue) }
        order = names.indices.sorted { (names[$0], $0) < (names[$1], $1) }
    }

    /// The text of a column; nothing when the row has no such cell.
    @_lifetime(borrow self)
    func text(_ column: Column) -> RawSpan {
        let place = Column.allCases.firstIndex(of: column).flatMap { places[$0] }
        return memory.bytes[range(place ?? -1)]
    }

    @_lifetime(borrow self)
    func text(_ place: Int) -> RawSpan { memory.bytes[range(place)] }

    private func range(_ place: Int) -> ByteRange { ranges.indices.contains(place) ? ranges[place] : .empty }

    /// The name of a column; its number, counted from 1, when it has none.
    func name(_ place: Int) -> String {
        names.indices.contains(place) && !names[place].isEmpty ? names[place] : String(place + 1)
    }

    /// Whether the mapping knows the column.
    func isKnown(_ place: Int) -> Bool { places.contains(place) }

    /// The columns that have text, in the order of their names.
    var columnsByName: [Int] {
        (order + Array(min(names.count, count)..<count)).filter { ranges.indices.contains($0) && !ranges[$0].isEmpty }
    }
}
