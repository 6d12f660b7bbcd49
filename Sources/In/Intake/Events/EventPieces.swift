import Codecs

/// A stretch of a text, and the line on which it begins.
struct EventPiece: Equatable {
    let range: ByteRange
    /// Counts from 1.
    let line: Int
}

/// The lines of a text that are not empty. What is wrong with one is wrong with no other.
struct LinePieces {
    private var place: Int
    private let end: Int
    private var line = 0

    init(_ range: ByteRange) {
        place = range.start
        end = range.end
    }

    mutating func next(in bytes: RawSpan) -> EventPiece? {
        while place < end {
            let start = place
            while place < end, bytes[place] != 0x0A { place += 1 }
            let range = JSONSpace.trimmed(ByteRange(start..<place), in: bytes)
            place += 1
            line += 1
            if !range.isEmpty { return EventPiece(range: range, line: line) }
        }
        return nil
    }
}

/// The elements of a JSON list, found by brackets, quotes and commas alone: one that is no JSON, or nests without end,
/// costs none of its neighbours. Only a quote or a bracket that is never closed takes all that is behind it along.
struct ListPieces {
    /// Whether the list came to its bracket and nothing stood behind it. Known after the last element.
    private(set) var isClosed = false
    private var place: Int
    private let end: Int
    private(set) var line = 1
    private var isFirst = true
    private var isOver = false

    /// - Parameter range: begins with `[`, but for white space.
    init(_ range: ByteRange, in bytes: RawSpan) {
        end = range.end
        place = range.start
        while place < end, bytes[place] != UInt8(ascii: "[") { pass(bytes[place]) }
        place += 1
    }

    mutating func next(in bytes: RawSpan) -> EventPiece? {
        guard !isOver else { return nil }
        while place < end, JSONSpace.contains(bytes[place]) { pass(bytes[place]) }
        let (start, startLine) = (place, line)
        var depth = 0
        var isText = false
        while place < end {
            let byte = bytes[place]
            if isText {
                if byte == UInt8(ascii: "\\"), place + 1 < end { place += 1 }
                if byte == UInt8(ascii: "\"") { isText = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isText = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0, byte == UInt8(ascii: "]") { return close(start, startLine, bytes) }
                    depth = max(0, depth - 1)
                case UInt8(ascii: ",") where depth == 0:
                    let piece = EventPiece(
                        range: JSONSpace.trimmed(ByteRange(start..<place), in: bytes), line: startLine)
                    place += 1
                    isFirst = false
                    return piece
                default: break
                }
            }
            pass(byte)
        }
        isOver = true
        place = end
        let range = JSONSpace.trimmed(ByteRange(start..<end), in: bytes)
        return range.isEmpty ? nil : EventPiece(range: range, line: startLine)
    }

    /// The last element; none in a list that is empty.
    private mutating func close(_ start: Int, _ startLine: Int, _ bytes: RawSpan) -> EventPiece? {
        isOver = true
        isClosed = JSONSpace.trimmed(ByteRange(place + 1..<end), in: bytes).isEmpty
        let range = JSONSpace.trimmed(ByteRange(start..<place), in: bytes)
        // Behind a comma something must come.
        return isFirst && range.isEmpty ? nil : EventPiece(range: range, line: startLine)
    }

    private mutating func pass(_ byte: UInt8) {
        if byte == 0x0A { line += 1 }
        place += 1
    }
}

/// White space as JSON has it.
enum JSONSpace {
    static func contains(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    static func trimmed(_ range: ByteRange, in bytes: RawSpan) -> ByteRange {
        var (start, end) = (range.start, range.end)
        while start < end, contains(bytes[start]) { start += 1 }
        while end > start, contains(bytes[end - 1]) { end -= 1 }
        return ByteRange(start..<end)
    }
}
