/// The digits of all numbers from one to another, as a pattern.
struct DecimalInterval {
    static let digitLimit = 18

    private let range: ClosedRange<Int>

    init(_ range: ClosedRange<Int>) { self.range = range }

    static func number(_ digits: String) -> Int? { digits.utf8.count <= digitLimit ? Int(digits) : nil }

    /// Each number with so many digits.
    func padded(to width: Int) -> RegexNode {
        Self.between(Self.digits(range.lowerBound, width), Self.digits(range.upperBound, width))
    }

    /// Each number with any zeros in front, or none.
    var withZeros: RegexNode {
        var parts: [RegexNode] = []
        var first = 0
        for width in 1...Self.digitLimit {
            let last = (0..<width).reduce(0) { number, _ in number * 10 + 9 }
            let low = max(first, range.lowerBound)
            let high = min(last, range.upperBound)
            if low <= high { parts.append(Self.between(Self.digits(low, width), Self.digits(high, width))) }
            first = last + 1
        }
        let zeros = RegexNode.repetition(.set(CodePoints("0")), RegexRepeat(least: 0, most: nil))
        return .sequence([zeros, .choice(parts)])
    }

    private static func digits(_ number: Int, _ width: Int) -> [Int] {
        var digits = [Int](repeating: 0, count: width)
        var rest = number
        for place in (0..<width).reversed() {
            digits[place] = rest % 10
            rest /= 10
        }
        return digits
    }

    /// All numbers of one width: those that begin as the least does, those in the middle, those that begin as the
    /// greatest does.
    private static func between(_ low: [Int], _ high: [Int]) -> RegexNode {
        guard let least = low.first, let greatest = high.first else { return .empty }
        let rest = low.count - 1
        if least == greatest {
            return .sequence([digit(least...least), between(Array(low.dropFirst()), Array(high.dropFirst()))])
        }
        let zeros = [Int](repeating: 0, count: rest)
        let nines = [Int](repeating: 9, count: rest)
        var parts: [RegexNode] = []
        var from = least
        var to = greatest
        if Array(low.dropFirst()) != zeros {
            parts.append(.sequence([digit(least...least), between(Array(low.dropFirst()), nines)]))
            from += 1
        }
        if Array(high.dropFirst()) != nines {
            parts.append(.sequence([digit(greatest...greatest), between(zeros, Array(high.dropFirst()))]))
            to -= 1
        }
        if from <= to {
            let any = RegexNode.repetition(digit(0...9), RegexRepeat(least: rest, most: rest))
            parts.append(.sequence([digit(from...to), any]))
        }
        return .choice(parts)
    }

    private static func digit(_ range: ClosedRange<Int>) -> RegexNode {
        .set(CodePoints([UInt32(48 + range.lowerBound)...UInt32(48 + range.upperBound)]))
    }
}
