import Codecs

/// How the fields of a catalog nest in JSON, worked out once.
@safe struct FieldLayout: ~Copyable, @unchecked Sendable {
    // Proof for @unchecked: the memory is written in the initializer only, and has one owner.
    /// All names, one behind the other.
    private let names: [UInt8]
    private let nameRanges: [ByteRange]
    /// For each field, the text that opens its objects and names it: `"event":{"action":`.
    private let text: UnsafeMutablePointer<UInt8>
    private let rows: UnsafeMutablePointer<Row>
    private let rowCount: Int

    /// One field.
    struct Row: Sendable {
        /// Objects that it is in.
        var depth: Int32 = 0
        var isMany = false
        var isDouble = false
        /// Whether the name goes on behind the end of another known name.
        var canCollide = false
        /// Where the text ends, and where it begins when so many of its objects are open already.
        var end: Int32 = 0
        var openings = InlineArray<8, Int32>(repeating: 0)
        /// The numbers of the objects, from the outermost.
        var objects = InlineArray<8, Int32>(repeating: -1)
    }

    /// Names of flattened fields, with a dot behind them.
    private let flattened: [[UInt8]]

    /// Objects that a source sends as they are: a dot in one of their keys is part of the key.
    private static let sentAsObjects = ["anthropic.audit.actor."]

    private let isFlat: Bool

    /// - Parameter isFlat: whether no name becomes objects.
    init(_ catalog: FieldCatalog, isFlat: Bool = false) {
        self.isFlat = isFlat
        var names: [UInt8] = []
        var nameRanges: [ByteRange] = []
        var text: [UInt8] = []
        var numbers: [String: Int32] = [:]
        let known = Set(catalog.fields.map(\.name))
        let rows = catalog.fields.map { field in
            var row = Row()
            nameRanges.append(ByteRange(start: names.count, count: field.name.utf8.count))
            names += field.name.utf8
            let segments = isFlat ? [field.name[...]] : field.name.split(separator: ".")
            precondition(segments.count <= 8, "a field is nested more deeply than a row has room for")
            row.depth = Int32(segments.count - 1)
            row.isMany = field.isMany
            row.isDouble = field.type == .double
            var path = ""
            for (place, segment) in segments.enumerated() {
                row.openings[place] = Int32(text.count)
                text += "\"\(segment)\":".utf8
                guard place < segments.count - 1 else { continue }
                text.append(UInt8(ascii: "{"))
                path += (place > 0 ? "." : "") + segment
                row.canCollide = row.canCollide || known.contains(path)
                let number = numbers[path] ?? Int32(numbers.count)
                numbers[path] = number
                row.objects[place] = number
            }
            row.end = Int32(text.count)
            return row
        }
        self.names = names
        self.nameRanges = nameRanges
        // Readers copy sixteen bytes at a time, so there are bytes behind the end.
        text += Array(repeating: 0, count: 16)
        unsafe self.text = .allocate(capacity: text.count)
        unsafe self.text.initialize(from: text, count: text.count)
        rowCount = rows.count
        unsafe self.rows = .allocate(capacity: rows.count)
        unsafe self.rows.initialize(from: rows, count: rows.count)
        let roots = catalog.fields.filter { $0.type == .flattened }.map { $0.name + "." }
        flattened = (roots + Self.sentAsObjects).map { Array($0.utf8) }
    }

    @_lifetime(borrow self)
    func name(_ field: Int) -> RawSpan {
        let all = unsafe names.span.bytes
        return all[nameRanges[field]]
    }

    deinit {
        unsafe text.deallocate()
        unsafe rows.deallocate()
    }

    /// Objects that a field is in.
    @inline(__always) func depth(of field: Int) -> Int { unsafe Int(rows[checked(field)].depth) }
    @inline(__always) func isMany(_ field: Int) -> Bool { unsafe rows[checked(field)].isMany }
    @inline(__always) func isDouble(_ field: Int) -> Bool { unsafe rows[checked(field)].isDouble }
    @inline(__always) func canCollide(_ field: Int) -> Bool { unsafe rows[checked(field)].canCollide }

    @inline(__always) private func checked(_ field: Int) -> Int {
        precondition(UInt(bitPattern: field) < UInt(bitPattern: rowCount))
        return field
    }

    /// The most that the text in front of a field's value takes, with room for the copy to overshoot.
    @inline(__always) func openingRoom(_ field: Int) -> Int {
        let row = unsafe rows + checked(field)
        return unsafe Int(row.pointee.end - row.pointee.openings[0]) &+ 16
    }

    /// Writes the text in front of a field's value.
    ///
    /// - Parameter shared: how many of its objects are open.
    @inline(__always) func putOpening(of field: Int, from shared: Int, _ pen: inout JSONPen) {
        let row = unsafe rows + checked(field)
        let start = unsafe Int(row.pointee.openings[shared])
        unsafe pen.putPadded(text + start, Int(row.pointee.end) &- start)
    }

    /// How many objects two fields are both in.
    @inline(__always) func sharedObjects(_ left: Int, _ right: Int) -> Int {
        let left = unsafe rows + checked(left)
        let right = unsafe rows + checked(right)
        let count = unsafe Int(min(left.pointee.depth, right.pointee.depth))
        var place = 0
        while place < count, unsafe left.pointee.objects[place] == right.pointee.objects[place] { place &+= 1 }
        return place
    }

    /// How many known names come before a name.
    func rank(of name: RawSpan) -> Int {
        let all = unsafe names.span.bytes
        var low = 0
        var high = nameRanges.count
        while low < high {
            let middle = (low + high) / 2
            if Self.compare(all[nameRanges[middle]], name) < 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The known field of this name.
    func field(named name: RawSpan, rank: Int) -> Int? {
        rank < rowCount && self.name(rank).isEqual(to: name) ? rank : nil
    }

    /// Objects that an unknown name may become. A sender can put a thousand dots into a name, and whoever reads the
    /// document has a limit: Elasticsearch takes fields twenty objects deep (index.mapping.depth.limit).
    static let depthLimit = 20

    /// How much of a known name becomes objects.
    func nestedPart(ofKnown name: RawSpan) -> Int { isFlat ? 0 : name.byteCount }

    /// How much of an unknown name may become objects: all of it, unless it is below a flattened field or too deep.
    func nestedPart(of name: RawSpan) -> Int {
        if isFlat { return 0 }
        for root in flattened where root.count < name.byteCount {
            let bytes = unsafe root.span.bytes
            if name.extracting(0..<root.count).isEqual(to: bytes) { return root.count }
        }
        // Most names are too short to be checked.
        guard name.byteCount > Self.depthLimit else { return name.byteCount }
        var dots = 0
        for place in 0..<name.byteCount where name[place] == UInt8(ascii: ".") {
            dots += 1
            if dots == Self.depthLimit { return place + 1 }
        }
        return name.byteCount
    }

    /// Segment by segment: a dot sorts before every other character.
    static func compare(_ left: RawSpan, _ right: RawSpan) -> Int {
        let count = min(left.byteCount, right.byteCount)
        var place = 0
        while count - place >= 8 {
            let leftWord = unsafe left.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
            let rightWord = unsafe right.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
            if leftWord != rightWord { break }
            place += 8
        }
        while place < count {
            if left[place] != right[place] {
                let dot = UInt8(ascii: ".")
                // Also before the zero byte, which a name of a sender may hold.
                let leftRank = left[place] == dot ? -1 : Int(left[place])
                let rightRank = right[place] == dot ? -1 : Int(right[place])
                return leftRank < rightRank ? -1 : 1
            }
            place += 1
        }
        return left.byteCount - right.byteCount
    }
}
