/// Rules of check digits that several ids share.
extension Symbols {
    /// - Source: ISO/IEC 7812-1, annex B.
    func isLuhn(_ range: Range<Int>) -> Bool {
        var sum = 0
        var isDoubled = false
        for place in range.reversed() {
            guard isDigit(place) else { return false }
            let value = value(place)
            sum += isDoubled ? (value > 4 ? 2 * value - 9 : 2 * value) : value
            isDoubled.toggle()
        }
        return sum % 10 == 0
    }

    var isLuhn: Bool { isLuhn(0..<count) }

    /// - Source: ISO 7064, MOD 11,10.
    var isMod11_10: Bool {
        var product = 10
        for place in 0..<count - 1 {
            let sum = (value(place) + product) % 10
            product = (sum == 0 ? 10 : sum) * 2 % 11
        }
        return (11 - product) % 10 == value(count - 1)
    }

    /// - Source: J. Verhoeff, *Error detecting decimal codes*, 1969.
    var isVerhoeff: Bool {
        let cycle = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
        var check = 0
        for (index, place) in (0..<count).reversed().enumerated() {
            var value = value(place)
            for _ in 0..<index % 8 { value = cycle[value] }
            check = Self.dihedral(check, value)
        }
        return check == 0
    }

    /// The product in the group of the symmetries of a pentagon.
    private static func dihedral(_ left: Int, _ right: Int) -> Int {
        switch (left < 5, right < 5) {
        case (true, true): (left + right) % 5
        case (true, false): (left + right - 5) % 5 + 5
        case (false, true): (left - 5 + 5 - right) % 5 + 5
        case (false, false): (left - right + 5) % 5
        }
    }

    /// Weights 7, 3, 1 over and over; letters from 10 on, as in machine-readable documents.
    ///
    /// - Source: ICAO Doc 9303, part 3.
    func check731(_ range: Range<Int>) -> Int {
        range.enumerated().reduce(0) { $0 + value($1.element) * [7, 3, 1][$1.offset % 3] } % 10
    }

    /// Whether a day exists, as far as a check of six digits can know.
    static func isDate(year: Int, month: Int, day: Int) -> Bool {
        guard (1...12).contains(month), day >= 1 else { return false }
        switch month {
        case 2: return day <= (year % 4 == 0 ? 29 : 28)
        case 4, 6, 9, 11: return day <= 30
        default: return day <= 31
        }
    }

    /// Year, month, day of two digits each.
    func isDate(yearAt year: Int, monthAt month: Int, dayAt day: Int) -> Bool {
        Self.isDate(year: number(year..<year + 2), month: number(month..<month + 2), day: number(day..<day + 2))
    }
}
