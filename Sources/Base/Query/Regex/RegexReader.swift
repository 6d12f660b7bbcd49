/// Takes characters off the front of a pattern, and knows where in it they stand.
struct RegexReader {
    private let scalars: [Unicode.Scalar]
    /// Where each character stands, and the end.
    private let offsets: [Int]
    private(set) var place = 0

    init(_ pattern: String) throws(RegexError) {
        guard pattern.utf8.count <= RegexLimits.length else {
            throw RegexError("a pattern has \(RegexLimits.length) bytes at most", at: RegexLimits.length)
        }
        scalars = Array(pattern.unicodeScalars)
        var offsets = [0]
        for scalar in scalars { offsets.append(offsets[offsets.count - 1] + UTF8.width(scalar)) }
        self.offsets = offsets
    }

    var isAtEnd: Bool { place == scalars.count }

    /// Where the next character stands.
    var offset: Int { offsets[place] }

    func peek(_ ahead: Int = 0) -> Unicode.Scalar? { place + ahead < scalars.count ? scalars[place + ahead] : nil }

    mutating func next() -> Unicode.Scalar? {
        guard let scalar = peek() else { return nil }
        place += 1
        return scalar
    }

    /// - Returns: whether the text stood here.
    mutating func take(_ text: String) -> Bool {
        let wanted = text.unicodeScalars
        guard scalars[place...].starts(with: wanted) else { return false }
        place += wanted.count
        return true
    }

    mutating func take(while isWanted: (Unicode.Scalar) -> Bool) -> String {
        var text = String.UnicodeScalarView()
        while let scalar = peek(), isWanted(scalar) {
            text.append(scalar)
            place += 1
        }
        return String(text)
    }

    mutating func goBack(to place: Int) { self.place = place }

    /// Digits, as many as there are.
    ///
    /// - Returns: `nil` when there is none.
    mutating func digits() -> String? {
        let digits = take { ("0"..."9").contains($0) }
        return digits.isEmpty ? nil : digits
    }

    /// `3}`, `3,}` or `3,9}`: what is behind the brace of a repetition.
    mutating func repetition() throws(RegexError) -> RegexRepeat {
        let start = offset - 1
        guard let least = try count() else { throw Self.braces(at: start) }
        var most: Int? = least
        if take(",") { most = try count() }
        guard take("}") else { throw Self.braces(at: start) }
        if let most, most < least { throw RegexError("\(least) is more than \(most)", at: start) }
        return RegexRepeat(least: least, most: most, offset: start)
    }

    private mutating func count() throws(RegexError) -> Int? {
        let start = offset
        guard let digits = digits() else { return nil }
        guard let count = Int(digits), count <= RegexLimits.repeats else {
            throw RegexError("\(RegexLimits.repeats) repetitions are the most", at: start)
        }
        return count
    }

    private static func braces(at offset: Int) -> RegexError {
        RegexError(
            "a `{` begins a number of repetitions; write `{3}`, `{3,}` or `{3,9}`, and `\\{` for the sign", at: offset)
    }
}
