/// Why a text is no pattern.
struct ShapeError: Error, Equatable {
    let message: String
    /// Bytes of the text before the fault.
    let place: Int
}

extension Shape {
    /// Alternatives of one pattern; each optional group doubles them.
    static let sequenceLimit = 256
    /// Repetitions of one set.
    static let repeatLimit = 16_384

    /// - Parameter ignoresCase: letters stand for both of their cases.
    /// - Parameter isSplit: whether each `?` makes two alternatives, so that the head of each is known exactly.
    init(_ pattern: String, ignoresCase: Bool = false, isSplit: Bool = false) throws(ShapeError) {
        var parser = Parser(text: Array(pattern.utf8), ignoresCase: ignoresCase, isSplit: isSplit)
        let sequences = try parser.alternatives()
        guard parser.place == parser.text.count else { throw parser.error("a `)` too many") }
        for sequence in sequences { try Self.check(sequence, parser) }
        self.sequences = sequences
    }

    /// A repetition must end at a byte that it cannot hold.
    private static func check(_ sequence: Sequence, _ parser: Parser) throws(ShapeError) {
        guard sequence.steps.contains(where: { $0.least > 0 }) else { throw parser.error("it matches nothing at all") }
        for (number, step) in sequence.steps.enumerated() where step.least != step.most {
            for next in sequence.steps[(number + 1)...] {
                guard next.set.intersection(step.set).isEmpty else {
                    throw parser.error("what may be repeated may also be what follows; let them have no byte in common")
                }
                if next.least > 0 { break }
            }
        }
    }

    private struct Parser {
        let text: [UInt8]
        let ignoresCase: Bool
        let isSplit: Bool
        var place = 0
        private var depth = 0

        init(text: [UInt8], ignoresCase: Bool, isSplit: Bool) {
            self.text = text
            self.ignoresCase = ignoresCase
            self.isSplit = isSplit
        }

        func error(_ message: String) -> ShapeError { ShapeError(message: message, place: place) }

        private var byte: UInt8? { place < text.count ? text[place] : nil }

        mutating func alternatives() throws(ShapeError) -> [Sequence] {
            depth += 1
            defer { depth -= 1 }
            guard depth <= 8 else { throw error("parentheses are nested too deeply") }
            var all = try sequence()
            while byte == UInt8(ascii: "|") {
                place += 1
                all += try sequence()
            }
            return all
        }

        private mutating func sequence() throws(ShapeError) -> [Sequence] {
            var all = [Sequence()]
            while let byte, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
                all = try Self.joined(all, try piece(), self)
            }
            return all
        }

        private static func joined(
            _ left: [Sequence], _ right: [Sequence], _ parser: Parser
        ) throws(ShapeError) -> [Sequence] {
            guard left.count * right.count <= Shape.sequenceLimit else {
                throw parser.error("it has too many alternatives")
            }
            var all: [Sequence] = []
            for head in left {
                for tail in right {
                    guard head.opening == nil || tail.opening == nil else {
                        throw parser.error("one pair of parentheses marks the value; write `(?:…)` for the others")
                    }
                    var whole = head
                    whole.opening = head.opening ?? tail.opening.map { $0 + head.steps.count }
                    whole.closing = head.closing ?? tail.closing.map { $0 + head.steps.count }
                    whole.steps += tail.steps
                    all.append(whole)
                }
            }
            return all
        }

        /// A set or a group, and how often it stands there.
        private mutating func piece() throws(ShapeError) -> [Sequence] {
            guard byte == UInt8(ascii: "(") else {
                let set = try self.set()
                let (least, most) = try repetition()
                let wanted = ignoresCase ? set.ignoringCase : set
                guard isSplit, least == 0, most == 1 else {
                    return [Sequence(steps: [Step(set: wanted, least: least, most: most)])]
                }
                return [Sequence(), Sequence(steps: [Step(set: wanted, least: 1, most: 1)])]
            }
            let isValue = !text[place...].starts(with: Array("(?:".utf8))
            place += isValue ? 1 : 3
            var inner = try alternatives()
            guard byte == UInt8(ascii: ")") else { throw error("a `(` is not closed") }
            place += 1
            if isValue {
                for index in inner.indices {
                    guard inner[index].opening == nil else { throw error("the value lies within the value") }
                    inner[index].opening = 0
                    inner[index].closing = inner[index].steps.count
                }
            }
            let (least, most) = try repetition()
            guard most <= 16 else { throw error("a group may be repeated 16 times at the most") }
            guard !isValue || most == 1 else { throw error("the value stands there once") }
            var all: [Sequence] = least == 0 ? [Sequence()] : []
            for count in max(least, 1)...max(most, 1) {
                var repeated = [Sequence()]
                for _ in 0..<count { repeated = try Self.joined(repeated, inner, self) }
                all += repeated
            }
            return all
        }

        private mutating func repetition() throws(ShapeError) -> (least: Int, most: Int) {
            switch byte {
            case UInt8(ascii: "?"):
                place += 1
                return (0, 1)
            case UInt8(ascii: "*"):
                place += 1
                return (0, Shape.repeatLimit)
            case UInt8(ascii: "+"):
                place += 1
                return (1, Shape.repeatLimit)
            case UInt8(ascii: "{"):
                place += 1
                let least = try number()
                var most = least
                if byte == UInt8(ascii: ",") {
                    place += 1
                    most = byte == UInt8(ascii: "}") ? Shape.repeatLimit : try number()
                }
                guard byte == UInt8(ascii: "}"), most >= least, most > 0 else {
                    throw error("write {3}, {3,} or {3,9}")
                }
                place += 1
                return (least, most)
            default: return (1, 1)
            }
        }

        private mutating func number() throws(ShapeError) -> Int {
            var value = 0
            let start = place
            while let byte, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                value = value * 10 + Int(byte - 48)
                place += 1
                guard value <= Shape.repeatLimit else { throw error("\(Shape.repeatLimit) repetitions at the most") }
            }
            guard place > start else { throw error("a number is missing") }
            return value
        }

        private mutating func set() throws(ShapeError) -> ByteSet {
            guard let byte else { throw error("it ends too early") }
            place += 1
            switch byte {
            case UInt8(ascii: "["): return try bracketed()
            case UInt8(ascii: "\\"): return try escaped()
            case UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "$"), UInt8(ascii: "?"), UInt8(ascii: "*"),
                UInt8(ascii: "+"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "]"):
                place -= 1
                throw error("write `\\` in front of it where it means itself")
            default: return ByteSet([byte])
            }
        }

        private mutating func escaped() throws(ShapeError) -> ByteSet {
            guard let byte else { throw error("it ends in a `\\`") }
            place += 1
            switch byte {
            case UInt8(ascii: "d"): return .digits
            case UInt8(ascii: "w"): return ByteSet.words.union(ByteSet("_"))
            case UInt8(ascii: "s"): return ByteSet(" \t\r\n")
            case UInt8(ascii: "n"): return ByteSet("\n")
            case UInt8(ascii: "t"): return ByteSet("\t")
            case UInt8(ascii: "r"): return ByteSet("\r")
            default:
                guard !ByteSet.words.contains(byte) else {
                    throw error("only \\d, \\w, \\s, \\n, \\r and \\t are known")
                }
                return ByteSet([byte])
            }
        }

        private mutating func bracketed() throws(ShapeError) -> ByteSet {
            var set = ByteSet()
            let isInverted = byte == UInt8(ascii: "^")
            if isInverted { place += 1 }
            while let byte, byte != UInt8(ascii: "]") {
                place += 1
                guard byte != UInt8(ascii: "\\") else {
                    set = set.union(try escaped())
                    continue
                }
                guard self.byte == UInt8(ascii: "-"), place + 1 < text.count, text[place + 1] != UInt8(ascii: "]")
                else {
                    set.insert(byte)
                    continue
                }
                let last = text[place + 1]
                guard byte <= last, last != UInt8(ascii: "\\") else { throw error("a range goes backwards") }
                for member in byte...last { set.insert(member) }
                place += 2
            }
            guard byte == UInt8(ascii: "]") else { throw error("a `[` is not closed") }
            place += 1
            if ignoresCase { set = set.ignoringCase }
            return isInverted ? set.inverted : set
        }
    }
}
