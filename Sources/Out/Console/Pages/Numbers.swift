import Platform

/// Numbers and times as people read them.
enum Numbers {
    /// `1,234,567`
    static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var out = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place).isMultiple(of: 3) { out += "," }
            out.append(digit)
        }
        return number < 0 ? "-" + out : out
    }

    /// `2026-10-08 08:15:18.137`
    static func moment(_ moment: Timestamp) -> String {
        String(RFC3339.text(moment).dropLast()).replacing("T", with: " ")
    }

    /// `10 minutes`
    static func words(_ span: Timestamp.Span) -> String {
        let units: [(Int64, String)] = [
            (604_800_000_000_000, "week"), (86_400_000_000_000, "day"), (3_600_000_000_000, "hour"),
            (60_000_000_000, "minute"), (1_000_000_000, "second"), (1_000_000, "millisecond"),
        ]
        for (length, name) in units where span.nanoseconds >= length && span.nanoseconds % length == 0 {
            let count = span.nanoseconds / length
            return "\(grouped(Int(count))) \(name)\(count == 1 ? "" : "s")"
        }
        return "\(span.nanoseconds) nanoseconds"
    }
}
