extension Check {
    static let finance = [
        Check("luhn", symbols: { $0.isLuhn }),
        Check("card", symbols: isCard),
        Check("iban", symbols: isIBAN),
        Check("isin", symbols: isISIN),
        // ISO 17442: the whole, letters as two digits, leaves 1.
        Check(
            "lei",
            symbols: { $0.count == 20 && !$0.areDigits && $0.isDigit(18) && $0.isDigit(19) && $0.remainder(97) == 1 }),
        Check("us_routing", symbols: isRouting),
    ]

    /// Ranges of ISO/IEC 7812 issuers, and Luhn.
    private static func isCard(_ card: Symbols) -> Bool {
        guard card.isLuhn, !card.isUniform else { return false }
        let two = card.number(0..<2)
        let four = card.number(0..<4)
        switch card.count {
        case 13: return card[0] == UInt8(ascii: "4")
        case 14: return [36, 38, 39].contains(two) || (3_000...3_059).contains(four)
        case 15: return two == 34 || two == 37 || four == 2_131 || four == 1_800
        case 16:
            return card[0] == UInt8(ascii: "4") || (51...55).contains(two) || (2_221...2_720).contains(four)
                || four == 6_011 || (6_440...6_599).contains(four) || two == 62 || two == 65
                || (3_528...3_589).contains(four) || two == 50 || (56...58).contains(two) || two == 60
                || (2_200...2_204).contains(four) || (81...82).contains(two) || two == 63 || two == 67
        case 17...19:
            return card[0] == UInt8(ascii: "4") || two == 62 || (56...58).contains(two) || two == 63 || two == 67
                || two == 65
        default: return false
        }
    }

    /// - Source: ISO 13616; lengths of the SWIFT registry.
    private static func isIBAN(_ account: Symbols) -> Bool {
        guard let length = ibanLengths[UInt16(account[0]) << 8 | UInt16(account[1])] else { return false }
        return account.count == length && account.isDigit(2) && account.isDigit(3)
            && account.remainder(97, rotatedBy: 4) == 1
    }

    private static let ibanLengths: [UInt16: Int] = {
        let table = """
            AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18\
            FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27\
            MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27\
            SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30
            """.utf8.map { $0 }
        var lengths: [UInt16: Int] = [:]
        for place in stride(from: 0, to: table.count - 3, by: 4) {
            lengths[UInt16(table[place]) << 8 | UInt16(table[place + 1])] =
                Int(table[place + 2] - 48) * 10 + Int(table[place + 3] - 48)
        }
        return lengths
    }()

    /// - Source: ISO 6166: Luhn over the digits of the letters' numbers.
    private static func isISIN(_ paper: Symbols) -> Bool {
        guard paper.count == 12, paper.isLetter(0), paper.isLetter(1), paper.isDigit(11) else { return false }
        var sum = 0
        var isDoubled = false
        func add(_ digit: Int) {
            sum += isDoubled ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit
            isDoubled.toggle()
        }
        for place in (0..<12).reversed() {
            let value = paper.value(place)
            add(value % 10)
            if value > 9 { add(value / 10) }
        }
        // Two letters of a country, or one of the codes that stand for none.
        return sum % 10 == 0 && (2..<11).contains { paper.isDigit($0) }
    }

    /// - Source: American Bankers Association: weights 3, 7, 1; the first two digits name a district.
    private static func isRouting(_ bank: Symbols) -> Bool {
        let district = bank.number(0..<2)
        let isDistrict =
            (1...12).contains(district) || (21...32).contains(district) || (61...72).contains(district)
            || district == 80
        return bank.count == 9 && isDistrict && bank.sum([3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 == 0
    }
}
