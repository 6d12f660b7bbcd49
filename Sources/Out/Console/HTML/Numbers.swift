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

    // MARK: With a unit

    /// All digits that matter, for tables: `1,234,567 tokens`, `12.34 USD`, `1.52 s`, `93.4 %`.
    static func exact(_ number: Double, _ unit: Unit) -> String {
        switch unit {
        case .money(let currency): Amounts.money(number, currency)
        case .duration(let length): Amounts.length(nanoseconds: number * length)
        case .share: "\(Amounts.fixed(number * 100, 1)) %"
        case .bytes: bytes(number)
        case .count(let noun): with(noun, plain(number))
        }
    }

    /// At most four digits and a letter, for tiles and axes: `1.23 M tokens`.
    static func short(_ number: Double, _ unit: Unit) -> String {
        guard abs(number) >= 10_000 else { return exact(number, unit) }
        return switch unit {
        case .money(let currency): "\(scaled(number)) \(currency)"
        case .count(let noun): with(noun, scaled(number))
        default: exact(number, unit)
        }
    }

    private static func with(_ noun: String, _ number: String) -> String { noun.isEmpty ? number : "\(number) \(noun)" }

    /// `1,234` or `1,234.5`
    static func plain(_ number: Double) -> String { Amounts.fixed(number, number == number.rounded() ? 0 : 2) }

    private static func scaled(_ number: Double) -> String {
        let steps: [(Double, String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
        // What would be rounded to 1,000 takes the next letter.
        for (step, letter) in steps where abs(number) >= step * 0.9995 {
            let part = abs(number) / step
            return "\(Amounts.fixed(number / step, part < 9.995 ? 2 : part < 99.95 ? 1 : 0)) \(letter)"
        }
        return plain(number)
    }

    private static func bytes(_ number: Double) -> String {
        var (rest, place) = (number, 0)
        let names = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        while abs(rest) >= 1_024, place < names.count - 1 {
            rest /= 1_024
            place += 1
        }
        return "\(Amounts.fixed(rest, place == 0 || abs(rest) >= 100 ? 0 : 1)) \(names[place])"
    }
}

/// What a number counts or measures.
enum Unit: Sendable, Hashable {
    case money(_ currency: String)
    /// - Parameter length: how many nanoseconds one of them is.
    case duration(_ length: Double)
    /// 0 to 1.
    case share
    case bytes
    /// - Parameter noun: in the plural; may be empty.
    case count(_ noun: String)

    /// - Parameter name: one that has a form of its own, or a noun.
    init(_ name: String) {
        switch name {
        case "usd": self = .money("USD")
        case "nanoseconds": self = .duration(1)
        case "milliseconds": self = .duration(1e6)
        case "share": self = .share
        case "bytes": self = .bytes
        case "number": self = .count("")
        default: self = .count(name)
        }
    }

    /// The smallest number that the axis of a chart may end with.
    var leastTop: Double { if case .count = self { 1 } else { 0 } }
}
