import Platform

/// Money, lengths of time and shares as people read them.
enum Amounts {
    /// `1,234.56 USD`. What is less than a cent keeps four digits, so that it is not nothing.
    static func money(_ amount: Double, _ currency: String = "USD") -> String {
        let digits = amount != 0 && amount.magnitude < 0.995 ? 4 : 2
        return "\(fixed(amount, digits)) \(currency)"
    }

    /// `12.5 %`
    static func share(_ part: Double, of whole: Double) -> String? {
        guard whole > 0 else { return nil }
        return "\(fixed(100 * part / whole, 1)) %"
    }

    static func length(_ span: Timestamp.Span) -> String { length(nanoseconds: Double(span.nanoseconds)) }

    /// `414 ms`, `1.52 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`: two units at the most.
    static func length(nanoseconds: Double) -> String {
        let length = abs(nanoseconds)
        let sign = nanoseconds < 0 ? "-" : ""
        if length == 0 { return "0 s" }
        if length < 999_500 { return "\(sign)\(fixed(length / 1e3, 0)) µs" }
        if length < 999_500_000 { return "\(sign)\(fixed(length / 1e6, length < 9_950_000 ? 1 : 0)) ms" }
        if length < 59_995_000_000 { return "\(sign)\(fixed(length / 1e9, length < 9_995_000_000 ? 2 : 1)) s" }
        guard length < 9e18 else { return "–" }
        let seconds = Int((length / 1e9).rounded())
        if seconds < 3_600 { return sign + pair(seconds / 60, "min", seconds % 60, "s") }
        if seconds < 86_400 { return sign + pair(seconds / 3_600, "h", seconds % 3_600 / 60, "min") }
        return sign + pair(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h")
    }

    private static func pair(_ large: Int, _ name: String, _ small: Int, _ smallName: String) -> String {
        let first = "\(Numbers.grouped(large)) \(name)"
        return small == 0 ? first : "\(first) \(small) \(smallName)"
    }

    /// A number with so many digits behind the point, thousands apart.
    static func fixed(_ number: Double, _ digits: Int) -> String {
        var power = 1.0
        for _ in 0..<digits { power *= 10 }
        let scaled = (number.magnitude * power).rounded()
        // What is larger is no amount that anybody reads.
        guard scaled < 9e15 else { return String(number) }
        let (whole, rest) = Int(scaled).quotientAndRemainder(dividingBy: Int(power))
        let sign = number < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + Numbers.grouped(whole) }
        let tail = String(rest)
        return "\(sign)\(Numbers.grouped(whole)).\(String(repeating: "0", count: digits - tail.count))\(tail)"
    }
}

extension Int {
    /// The sum, or the largest number there is: what a client counts may be anything.
    func capped(adding other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
