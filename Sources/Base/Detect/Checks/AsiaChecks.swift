extension Check {
    static let asia = [
        Check("id_nik", symbols: isNIK),
        Check("id_npwp", symbols: isNPWP),
        Check(
            "in_aadhaar",
            symbols: { id in
                id.count == 12 && id.value(0) > 1 && id.isVerhoeff && !(0..<6).allSatisfy { id[$0] == id[11 - $0] }
            }),
        Check("in_gstin", symbols: isGSTIN),
        Check("sg_nric", symbols: isNRIC),
        Check("my_nric", symbols: isMyKad),
        Check(
            "th_pin",
            symbols: { id in
                id.count == 13 && (1...8).contains(id.value(0))
                    && (11 - id.sum([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 10 == id.value(12)
            }),
        // Numbers given since October 2020 have no check digit.
        Check(
            "kr_rrn",
            symbols: { $0.count == 13 && $0.isDate(yearAt: 0, monthAt: 2, dayAt: 4) && (1...8).contains($0.value(6)) }),
        Check(
            "jp_my_number",
            symbols: { id in
                let rest = id.sum([6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
                return id.count == 12 && (rest < 2 ? 0 : 11 - rest) == id.value(11) && !id.isUniform
            }),
        Check("cn_ric", symbols: isResident),
        Check("hk_hkid", symbols: isHKID),
        Check("tw_id", symbols: isTaiwanese),
        Check("au_tfn", symbols: { $0.count == 9 && $0.sum([1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 == 0 && !$0.isUniform }),
        Check(
            "au_medicare",
            symbols: { id in
                (10...11).contains(id.count) && (2...6).contains(id.value(0))
                    && id.sum([1, 3, 7, 9, 1, 3, 7, 9]) % 10 == id.value(8)
            }),
        Check(
            "au_abn",
            symbols: { id in
                id.count == 11 && id.value(0) > 0 && (id.sum([10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 == 0
            }),
        Check("nz_ird", symbols: isIRD),
    ]

    /// Province, district, subdistrict, date of birth with 40 more in the day of women, and a serial number.
    ///
    /// - Source: Permendagri 72/2022 for the codes of provinces.
    static func isNIK(_ id: Symbols) -> Bool {
        guard id.count == 16 else { return false }
        let day = id.number(6..<8)
        return isProvince(id.number(0..<2)) && id.number(2..<4) > 0 && id.number(4..<6) > 0
            && Symbols.isDate(year: id.number(10..<12), month: id.number(8..<10), day: day > 40 ? day - 40 : day)
            && id.number(12..<16) > 0
    }

    private static func isProvince(_ code: Int) -> Bool {
        switch code {
        case 11...19, 21, 31...36, 51...53, 61...65, 71...76, 81, 82, 91...97: true
        default: false
        }
    }

    /// Nine digits with their check, the office and the branch; since 2024 a zero in front. People have their NIK now.
    private static func isNPWP(_ id: Symbols) -> Bool {
        switch id.count {
        case 15: id.isLuhn(0..<9) && id.number(0..<9) > 0
        case 16: id.value(0) == 0 && id.isLuhn(1..<10) && id.number(1..<10) > 0
        default: false
        }
    }

    private static func isGSTIN(_ id: Symbols) -> Bool {
        guard id.count == 15, (1...38).contains(id.number(0..<2)) || id.number(0..<2) == 97 else { return false }
        let sum = (0..<14).reduce(0) { sum, place in
            let product = id.value(place) * (place % 2 == 0 ? 1 : 2)
            return sum + product / 36 + product % 36
        }
        return (36 - sum % 36) % 36 == id.value(14)
    }

    private static func isNRIC(_ id: Symbols) -> Bool {
        guard id.count == 9 else { return false }
        var sum = id.sum([2, 7, 6, 5, 4, 3, 2], from: 1)
        let letters: StaticString
        switch id[0] {
        case UInt8(ascii: "S"): letters = "JZIHGFEDCBA"
        case UInt8(ascii: "T"):
            sum += 4
            letters = "JZIHGFEDCBA"
        case UInt8(ascii: "F"): letters = "XWUTRQPNMLK"
        case UInt8(ascii: "G"):
            sum += 4
            letters = "XWUTRQPNMLK"
        case UInt8(ascii: "M"):
            sum += 3
            letters = "XWUTRQPNJLK"
        default: return false
        }
        return unsafe letters.utf8Start[sum % 11] == id[8]
    }

    /// Date of birth and a code of the place.
    private static func isMyKad(_ id: Symbols) -> Bool {
        let place = id.number(6..<8)
        let isPlace =
            switch place {
            case 1...16, 21...68, 71, 72, 74...79, 82...93, 98, 99: true
            default: false
            }
        return id.count == 12 && isPlace && id.isDate(yearAt: 0, monthAt: 2, dayAt: 4)
    }

    /// - Source: GB 11643-1999.
    private static func isResident(_ id: Symbols) -> Bool {
        guard id.count == 18, (11...82).contains(id.number(0..<2)) || id.number(0..<2) == 91,
            Symbols.isDate(year: id.number(6..<10), month: id.number(10..<12), day: id.number(12..<14)),
            (18...20).contains(id.number(6..<8))
        else { return false }
        let rest = id.sum([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11
        return Array("10X98765432".utf8)[rest] == id[17]
    }

    private static func isHKID(_ id: Symbols) -> Bool {
        guard id.count == 8 || id.count == 9 else { return false }
        let letters = id.count - 7
        guard (0..<letters).allSatisfy(id.isLetter), (letters..<letters + 6).allSatisfy(id.isDigit) else {
            return false
        }
        var sum = letters == 1 ? 36 * 9 + id.value(0) * 8 : id.value(0) * 9 + id.value(1) * 8
        sum += id.sum([7, 6, 5, 4, 3, 2], from: letters)
        let check = id[id.count - 1] == UInt8(ascii: "A") ? 10 : id.value(id.count - 1)
        return (sum + check) % 11 == 0 && check <= 10
    }

    private static func isTaiwanese(_ id: Symbols) -> Bool {
        guard id.count == 10, id.isLetter(0) else { return false }
        let numbers = [
            10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33,
        ]
        let letter = numbers[id.value(0) - 10]
        return (letter / 10 + letter % 10 * 9 + id.sum([8, 7, 6, 5, 4, 3, 2, 1, 1], from: 1)) % 10 == 0
    }

    private static func isIRD(_ id: Symbols) -> Bool {
        guard id.count == 8 || id.count == 9, (10_000_000...150_000_000).contains(id.number) else { return false }
        let front = id.count - 8
        func check(_ weights: [Int]) -> Int {
            // Eight digits have a zero in front.
            let sum = front == 1 ? id.sum(weights) : id.sum(Array(weights.dropFirst()))
            return (11 - sum % 11) % 11
        }
        var value = check([3, 2, 7, 6, 5, 4, 3, 2])
        if value == 10 { value = check([7, 4, 3, 2, 5, 2, 7, 6]) }
        return value == id.value(id.count - 1)
    }
}
