import Codecs

/// How the fields of a catalog nest in JSON, worked out once.
struct FieldLayout: Sendable {
    /// All names, one behind the other.
    private let names: [UInt8]
    private let nameRanges: [ByteRange]
    /// For each field, the text that opens its objects and names it: `"event":{"action":`.
    private let text: [UInt8]
    /// For each field, where in `text` it begins when so many of its objects are open already.
    private let openings: [Int32]
    private let openingStarts: [Int32]
    private let ends: [Int32]
    /// For each field, the numbers of the objects it is in, from the outermost.
    private let objects: [Int32]
    private let objectStarts: [Int32]
    let isMany: [Bool]
    /// Whether the name goes on behind the end of another known name.
    let canCollide: [Bool]
    /// Names of flattened fields, with a dot behind them.
    private let flattened: [[UInt8]]

    init(_ catalog: FieldCatalog) {
        var names: [UInt8] = []
        var nameRanges: [ByteRange] = []
        var text: [UInt8] = []
        var openings: [Int32] = []
        var openingStarts: [Int32] = []
        var ends: [Int32] = []
        var objects: [Int32] = []
        var objectStarts: [Int32] = []
        var numbers: [String: Int32] = [:]
        let known = Set(catalog.fields.map(\.name))
        var canCollide: [Bool] = []
        for field in catalog.fields {
            nameRanges.append(ByteRange(start: names.count, count: field.name.utf8.count))
            names += field.name.utf8
            let segments = field.name.split(separator: ".")
            openingStarts.append(Int32(openings.count))
            objectStarts.append(Int32(objects.count))
            var path = ""
            var collides = false
            for (place, segment) in segments.enumerated() {
                openings.append(Int32(text.count))
                text += "\"\(segment)\":".utf8
                guard place < segments.count - 1 else { continue }
                text.append(UInt8(ascii: "{"))
                path += (place > 0 ? "." : "") + segment
                collides = collides || known.contains(path)
                let number = numbers[path] ?? Int32(numbers.count)
                numbers[path] = number
                objects.append(number)
            }
            ends.append(Int32(text.count))
            canCollide.append(collides)
        }
        openingStarts.append(Int32(openings.count))
        objectStarts.append(Int32(objects.count))
        self.names = names
        self.nameRanges = nameRanges
        self.text = text
        self.openings = openings
        self.openingStarts = openingStarts
        self.ends = ends
        self.objects = objects
        self.objectStarts = objectStarts
        self.canCollide = canCollide
        isMany = catalog.fields.map(\.isMany)
        flattened = catalog.fields.filter { $0.type == .flattened }.map { Array($0.name.utf8) + [UInt8(ascii: ".")] }
    }

    @_lifetime(borrow self)
    func name(_ field: Int) -> RawSpan {
        let all = unsafe names.span.bytes
        return all[nameRanges[field]]
    }

    /// Objects that a field is in.
    func depth(of field: Int) -> Int { Int(objectStarts[field + 1] - objectStarts[field]) }

    /// The text in front of a field's value.
    ///
    /// - Parameter shared: how many of its objects are open.
    @_lifetime(borrow self)
    func opening(of field: Int, from shared: Int) -> RawSpan {
        let start = Int(openings[Int(openingStarts[field]) + shared])
        let all = unsafe text.span.bytes
        return all.extracting(start..<Int(ends[field]))
    }

    /// How many objects two fields are both in.
    func sharedObjects(_ left: Int, _ right: Int) -> Int {
        let (leftStart, rightStart) = (Int(objectStarts[left]), Int(objectStarts[right]))
        let count = min(Int(objectStarts[left + 1]) - leftStart, Int(objectStarts[right + 1]) - rightStart)
        for place in 0..<count where objects[leftStart + place] != objects[rightStart + place] { return place }
        return count
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

    /// How much of an unknown name may become objects: all of it, unless it is below a flattened field.
    func nestedPart(of name: RawSpan) -> Int {
        for root in flattened where root.count < name.byteCount {
            let bytes = unsafe root.span.bytes
            if name.extracting(0..<root.count).isEqual(to: bytes) { return root.count }
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
                let leftRank = left[place] == dot ? 0 : left[place]
                let rightRank = right[place] == dot ? 0 : right[place]
                return leftRank < rightRank ? -1 : 1
            }
            place += 1
        }
        return left.byteCount - right.byteCount
    }
}
