extension Check {
    static let northAmerica = [
        Check("us_ssn", symbols: isSSN),
        Check("us_itin", symbols: isITIN),
        // Luhn with the prefix 80840 of health cards, whose digits come to 24.
        Check("us_npi", symbols: { $0.count == 10 && isNPI($0) }),
        Check(
            "us_dea",
            symbols: { id in
                id.count == 9
                    && (id.sum([1, 0, 1, 0, 1], from: 2) + 2 * id.sum([0, 1, 0, 1, 0, 1], from: 2)) % 10 == id.value(8)
            }),
        Check("us_ein", symbols: { einCampuses.contains($0.number(0..<2)) && $0.count == 9 }),
        Check("ca_sin", symbols: { $0.count == 9 && ![0, 8].contains($0.value(0)) && $0.isLuhn && !$0.isUniform }),
        Check("vin", symbols: isVIN),
    ]

    /// - Source: Social Security Administration, *SSN randomization*; two numbers were printed in advertisements.
    private static func isSSN(_ id: Symbols) -> Bool {
        let area = id.number(0..<3)
        let number = id.number
        return id.count == 9 && area != 0 && area != 666 && area < 900 && id.number(3..<5) != 0
            && id.number(5..<9) != 0 && !id.isUniform && ![78_051_120, 219_099_999, 123_456_789].contains(number)
    }

    private static func isITIN(_ id: Symbols) -> Bool {
        let group = id.number(3..<5)
        return id.count == 9 && id.value(0) == 9
            && ((50...65).contains(group) || (70...88).contains(group) || (90...92).contains(group) || group >= 94)
    }

    private static func isNPI(_ id: Symbols) -> Bool {
        var sum = 24
        for place in 0..<10 {
            let value = id.value(place)
            sum += place % 2 == 0 ? (value > 4 ? 2 * value - 9 : 2 * value) : value
        }
        return (id.value(0) == 1 || id.value(0) == 2) && sum % 10 == 0
    }

    private static let einCampuses: Set<Int> = Set(
        [
            1...6, 10...16, 20...27, 30...38, 39...48, 50...68, 71...77, 80...88, 90...95, 98...99,
        ].flatMap { Array($0) })

    /// - Source: 49 CFR 565.15.
    private static func isVIN(_ id: Symbols) -> Bool {
        guard id.count == 17, !id.isUniform else { return false }
        let letters = Array("ABCDEFGHJKLMNPRSTUVWXYZ".utf8)
        let numbers = [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9]
        let weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
        var sum = 0
        var letterCount = 0
        for place in 0..<17 {
            if id.isDigit(place) {
                sum += weights[place] * id.value(place)
            } else {
                guard let index = letters.firstIndex(of: id[place]) else { return false }
                letterCount += 1
                sum += weights[place] * numbers[index]
            }
        }
        let check = sum % 11
        return letterCount > 1 && (check == 10 ? id[8] == UInt8(ascii: "X") : id.isDigit(8) && id.value(8) == check)
    }
}
