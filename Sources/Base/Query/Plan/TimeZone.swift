import Glibc

/// How far clocks in a place are from UTC at a moment.
///
/// - Source: RFC 8536 for files of the tz database; POSIX for the rule behind their last entry.
public struct TimeZone: Sendable, Hashable {
    private enum Rule: Sendable, Hashable {
        case fixed(Int)
        case file([Transition], first: Int, PosixRule?)
    }

    private struct Transition: Sendable, Hashable {
        /// Seconds since 1970.
        let moment: Int64
        /// Seconds east of UTC from then on.
        let offset: Int
    }

    public static let utc = TimeZone(.fixed(0))

    private let rule: Rule
    private init(_ rule: Rule) { self.rule = rule }

    /// Reads `UTC`, `Z`, `+02:00`, or a name of the tz database such as `Europe/London`.
    ///
    /// - Returns: `nil` for a name that is not there.
    public init?(_ name: String) {
        switch name.lowercased() {
        case "utc", "z", "gmt", "etc/utc":
            self = .utc
            return
        default: break
        }
        if let first = name.utf8.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
            let digits = name.dropFirst().filter { $0 != ":" }
            guard digits.count == 2 || digits.count == 4, let number = Int(digits) else { return nil }
            let (hours, minutes) = digits.count == 2 ? (number, 0) : (number / 100, number % 100)
            guard hours <= 18, minutes < 60 else { return nil }
            self.init(.fixed((hours * 3_600 + minutes * 60) * (first == UInt8(ascii: "-") ? -1 : 1)))
            return
        }
        // A name is no path: letters, digits and a few signs, and no dots.
        guard !name.isEmpty, name.utf8.count <= 64, !name.hasPrefix("/"), !name.hasSuffix("/"),
            name.utf8.allSatisfy({ byte in
                (65...90).contains(byte) || (97...122).contains(byte) || (48...57).contains(byte)
                    || "/_+-".utf8.contains(byte)
            }), let bytes = Self.file("/usr/share/zoneinfo/\(name)")
        else { return nil }
        self.init(tzif: bytes)
    }

    private static func file(_ path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe bytes.withUnsafeMutableBytes { room in
            unsafe read(descriptor, room.baseAddress, room.count)
        }
        return count > 44 && count < 65_536 ? Array(bytes.prefix(count)) : nil
    }

    /// - Parameter bytes: a file of version 2 or later.
    init?(tzif bytes: [UInt8]) {
        func number(_ place: Int) -> Int { bytes[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) } }
        guard bytes.count > 44, bytes.starts(with: "TZif".utf8), bytes[4] >= UInt8(ascii: "2") else { return nil }
        func size(_ header: Int, _ timeSize: Int) -> Int {
            let counts = (0..<6).map { number(header + 20 + $0 * 4) }
            return counts[3] * timeSize + counts[3] + counts[4] * 6 + counts[5] + counts[2] * (timeSize + 4) + counts[1]
                + counts[0]
        }
        let header = 44 + size(0, 4)
        guard header + 44 <= bytes.count, bytes[header...].starts(with: "TZif".utf8) else { return nil }
        let (times, types) = (number(header + 32), number(header + 36))
        let start = header + 44
        let end = start + size(header, 8)
        guard times < 10_000, types > 0, types < 256, end <= bytes.count else { return nil }
        func offset(_ type: Int) -> Int {
            Int(Int32(truncatingIfNeeded: number(start + times * 9 + min(type, types - 1) * 6)))
        }
        var transitions: [Transition] = []
        for place in 0..<times {
            let moment = bytes[(start + place * 8)..<(start + place * 8 + 8)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            transitions.append(
                Transition(moment: Int64(bitPattern: moment), offset: offset(Int(bytes[start + times * 8 + place]))))
        }
        let footer = bytes[end...].split(separator: 10).first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        self.init(.file(transitions, first: offset(0), PosixRule(footer)))
    }

    /// - Parameter moment: milliseconds since 1970.
    /// - Returns: seconds east of UTC.
    public func offset(at moment: Int64) -> Int {
        switch rule {
        case .fixed(let offset): return offset
        case .file(let transitions, let first, let footer):
            let second = moment.flooredDivision(by: 1_000)
            if let last = transitions.last, second >= last.moment, let footer { return footer.offset(at: second) }
            if transitions.isEmpty { return footer?.offset(at: second) ?? first }
            var (low, high) = (0, transitions.count)
            while low < high {
                let middle = (low + high) / 2
                if transitions[middle].moment <= second { low = middle + 1 } else { high = middle }
            }
            return low == 0 ? first : transitions[low - 1].offset
        }
    }

    /// The moment at which clocks there show a time.
    ///
    /// - Parameter local: as milliseconds since 1970, as if the clock were in UTC.
    public func moment(local: Int64) -> Int64 {
        let guess = Self.moved(local, by: -offset(at: local))
        let better = Self.moved(local, by: -offset(at: guess))
        // A time that clocks leave out is the one behind the gap.
        return self.local(better) == local ? better : max(guess, better)
    }

    /// What clocks there show at a moment, as milliseconds since 1970, as if they were in UTC.
    func local(_ moment: Int64) -> Int64 { Self.moved(moment, by: offset(at: moment)) }

    /// - Returns: the last moment that 64 bits hold, where it would lie behind it.
    private static func moved(_ moment: Int64, by seconds: Int) -> Int64 {
        let (sum, isOver) = moment.addingReportingOverflow(Int64(seconds) * 1_000)
        return isOver ? (seconds < 0 ? .min : .max) : sum
    }
}

/// `GMT0BST,M3.5.0/1,M10.5.0`
private struct PosixRule: Sendable, Hashable {
    struct Change: Sendable, Hashable {
        let month: Int
        /// 5 is the last one.
        let week: Int
        /// From Sunday on.
        let day: Int
        /// Of the local day.
        let second: Int
    }

    let standard: Int
    let summer: Int
    let start: Change?
    let end: Change?

    init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        var rest = Array(text.utf8)[...]
        func name() {
            if rest.first == UInt8(ascii: "<") {
                rest = rest.drop { $0 != UInt8(ascii: ">") }.dropFirst()
            } else {
                rest = rest.drop { (65...90).contains($0 & 0xdf) }
            }
        }
        func number() -> Int? {
            let digits = rest.prefix { (48...57).contains($0) }
            rest = rest.dropFirst(digits.count)
            return Int(String(decoding: digits, as: UTF8.self))
        }
        func take(_ sign: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: sign) else { return false }
            rest = rest.dropFirst()
            return true
        }
        func time() -> Int? {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard let hours = number() else { return nil }
            let minutes = take(":") ? number() ?? 0 : 0
            let seconds = take(":") ? number() ?? 0 : 0
            return (hours * 3_600 + minutes * 60 + seconds) * (isNegative ? -1 : 1)
        }
        func change() -> Change? {
            guard take(","), take("M"), let month = number(), take("."), let week = number(), take("."),
                let day = number(),
                (1...12).contains(month), (1...5).contains(week), (0...6).contains(day)
            else { return nil }
            return Change(month: month, week: week, day: day, second: take("/") ? time() ?? 7_200 : 7_200)
        }
        name()
        guard let west = time() else { return nil }
        standard = -west
        guard !rest.isEmpty else {
            (summer, start, end) = (-west, nil, nil)
            return
        }
        name()
        summer = rest.first == UInt8(ascii: ",") ? -west + 3_600 : -(time() ?? west - 3_600)
        guard let first = change(), let last = change() else { return nil }
        (start, end) = (first, last)
    }

    /// - Parameter second: since 1970.
    func offset(at second: Int64) -> Int {
        guard let start, let end else { return standard }
        // A moment at the end of 64 bits is in some year, too.
        let near = min(max(second, -Self.farSecond), Self.farSecond)
        let year = ESQLMoment((near + Int64(standard)) * 1_000).year
        let from = Self.moment(start, year) - Int64(standard)
        let to = Self.moment(end, year) - Int64(summer)
        let isSummer = from < to ? second >= from && second < to : second >= from || second < to
        return isSummer ? summer : standard
    }

    private static let farSecond: Int64 = 9_000_000_000_000_000

    private static func moment(_ change: Change, _ year: Int) -> Int64 {
        let first = ESQLMoment(year: year, month: change.month, day: 1)
        var day = 1 + (change.day - first.dayOfWeek % 7 + 7) % 7 + (change.week - 1) * 7
        while day > ESQLMoment.daysIn(month: change.month, year: year) { day -= 7 }
        return Int64(ESQLMoment(year: year, month: change.month, day: day).days) * 86_400 + Int64(change.second)
    }
}
