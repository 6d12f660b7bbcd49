extension Check {
    static let europe = [
        Check(
            "nl_bsn",
            symbols: {
                $0.count == 9 && $0.number > 9_999_999 && $0.sum([9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 == 0
                    && !$0.isUniform
            }),
        Check("fr_nir", symbols: isNIR),
        Check("de_idnr", symbols: isIDNr),
        Check(
            "de_id_card",
            symbols: { $0.count == 10 && $0.check731(0..<9) == $0.value(9) && (0..<9).contains(where: $0.isLetter) }),
        Check("it_cf", symbols: isCodiceFiscale),
        Check("it_piva", symbols: { $0.count == 11 && $0.isLuhn && !$0.isUniform && $0.number(0..<7) != 0 }),
        Check("es_dni", symbols: isDNI),
        Check(
            "pt_nif",
            symbols: { id in
                let check = 11 - id.sum([9, 8, 7, 6, 5, 4, 3, 2]) % 11
                return id.count == 9 && (check > 9 ? 0 : check) == id.value(8) && ![0, 4].contains(id.value(0))
            }),
        Check("be_nn", symbols: isBelgian),
        Check(
            "pl_pesel",
            symbols: { id in
                id.count == 11 && (10 - id.sum([1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10 == id.value(10)
                    && Symbols.isDate(year: id.number(0..<2), month: id.number(2..<4) % 20, day: id.number(4..<6))
            }),
        Check("se_pnr", symbols: isPersonnummer),
        Check("fi_hetu", symbols: isHETU),
        Check("dk_cpr", symbols: { $0.count == 10 && $0.isDate(yearAt: 4, monthAt: 2, dayAt: 0) }),
        Check("no_fnr", symbols: isFodselsnummer),
        Check(
            "ro_cnp",
            symbols: { id in
                let rest = id.sum([2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
                return id.count == 13 && id.value(0) > 0 && (rest == 10 ? 1 : rest) == id.value(12)
                    && id.isDate(yearAt: 1, monthAt: 3, dayAt: 5)
            }),
        Check("cz_rc", symbols: isRodneCislo),
        Check(
            "bg_egn",
            symbols: { id in
                let rest = id.sum([2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11
                return id.count == 10 && rest % 10 == id.value(9)
                    && Symbols.isDate(year: id.number(0..<2), month: id.number(2..<4) % 20, day: id.number(4..<6))
            }),
        Check("mod_11_10", symbols: { $0.count > 2 && $0.isMod11_10 && !$0.isUniform }),
        Check("gr_amka", symbols: { $0.count == 11 && $0.isLuhn && $0.isDate(yearAt: 4, monthAt: 2, dayAt: 0) }),
        Check(
            "at_svnr",
            symbols: { id in
                id.count == 10 && id.value(0) > 0 && id.sum([3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == id.value(3)
                    && Symbols.isDate(year: id.number(8..<10), month: min(id.number(6..<8), 12), day: id.number(4..<6))
            }),
        Check(
            "ch_ahv",
            symbols: { id in
                id.count == 13 && (10 - id.sum([1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10) % 10 == id.value(12)
            }),
        Check("baltic", symbols: isBaltic),
        Check(
            "lv_pk",
            symbols: { id in
                id.count == 11
                    && (id.number(0..<2) == 32
                        || id.isDate(yearAt: 4, monthAt: 2, dayAt: 0)
                            && (1_101 - id.sum([1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11 % 10 == id.value(10))
            }),
    ]

    /// - Source: INSEE; Corsica's 2A and 2B count as 19 and 18.
    private static func isNIR(_ id: Symbols) -> Bool {
        guard id.count == 15 else { return false }
        var number = 0
        for place in 0..<13 {
            if place == 6, id.isLetter(place) {
                number = number / 10 * 100 + (id[place] == UInt8(ascii: "A") ? 19 : 18)
                continue
            }
            guard id.isDigit(place) else { return false }
            number = number * 10 + id.value(place)
        }
        let month = id.number(3..<5)
        return 97 - number % 97 == id.number(13..<15) && ((1...12).contains(month) || month >= 20)
    }

    /// - Source: Bundeszentralamt für Steuern: of the first ten digits one stands there two or three times.
    private static func isIDNr(_ id: Symbols) -> Bool {
        guard id.count == 11, id.value(0) > 0 else { return false }
        var counts = [Int](repeating: 0, count: 10)
        for place in 0..<10 { counts[id.value(place)] += 1 }
        return counts.count { $0 > 1 } == 1 && !counts.contains { $0 > 3 } && id.isMod11_10
    }

    /// - Source: Decreto 23 dicembre 1976; letters stand for digits where two people would have the same code.
    private static func isCodiceFiscale(_ id: Symbols) -> Bool {
        guard id.count == 16 else { return false }
        let odd = [
            1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
        ]
        var sum = 0
        for place in 0..<15 {
            let value = id.isLetter(place) ? id.value(place) - 10 : id.value(place)
            sum += place % 2 == 0 ? odd[value] : value
        }
        return id.value(15) - 10 == sum % 26
    }

    private static func isDNI(_ id: Symbols) -> Bool {
        guard id.count == 9 else { return false }
        let letters = Array("TRWAGMYFPDXBNJZSQVHLCKE".utf8)
        let front = id.isLetter(0) ? Int(id[0]) - 88 : id.value(0)
        guard (0...9).contains(front) else { return false }
        return letters[(front * 10_000_000 + id.number(1..<8)) % 23] == id[8]
    }

    /// Who was born since 2000 has a 2 in front for the check.
    private static func isBelgian(_ id: Symbols) -> Bool {
        guard id.count == 11 else { return false }
        let number = id.number(0..<9)
        let check = id.number(9..<11)
        let month = id.number(2..<4) % 20
        return (97 - number % 97 == check || 97 - (2_000_000_000 + number) % 97 == check) && month <= 12
            && id.number(4..<6) <= 31 && number > 0
    }

    /// Coordination numbers have 60 more in the day.
    private static func isPersonnummer(_ id: Symbols) -> Bool {
        let start = id.count - 10
        guard start == 0 || start == 2 else { return false }
        if start == 2, ![18, 19, 20].contains(id.number(0..<2)) { return false }
        let day = id.number(start + 4..<start + 6)
        return id.isLuhn(start..<id.count)
            && Symbols.isDate(
                year: id.number(start..<start + 2), month: id.number(start + 2..<start + 4),
                day: day > 60 ? day - 60 : day)
    }

    private static func isHETU(_ id: Symbols) -> Bool {
        guard id.count == 10 || id.count == 11 else { return false }
        let rest = id.count - 4
        let number = id.number(0..<6) * 1_000 + id.number(rest..<rest + 3)
        let signs = Array("0123456789ABCDEFHJKLMNPRSTUVWXY".utf8)
        return id.isDate(yearAt: 4, monthAt: 2, dayAt: 0) && signs[number % 31] == id[id.count - 1]
    }

    /// - Source: Skatteetaten; D-numbers have 40 more in the day, synthetic ones 40 or 80 more in the month.
    private static func isFodselsnummer(_ id: Symbols) -> Bool {
        guard id.count == 11 else { return false }
        let first = (11 - id.sum([3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11
        let second = (11 - id.sum([5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11
        return first == id.value(9) && second == id.value(10)
            && Symbols.isDate(year: id.number(4..<6), month: id.number(2..<4) % 40, day: id.number(0..<2) % 40)
    }

    /// Women have 50 more in the month; 20 more where the numbers of a day ran out.
    private static func isRodneCislo(_ id: Symbols) -> Bool {
        guard id.count == 9 || id.count == 10 else { return false }
        let month = id.number(2..<4) % 50
        guard Symbols.isDate(year: id.number(0..<2), month: month > 20 ? month - 20 : month, day: id.number(4..<6))
        else {
            return false
        }
        return id.count == 9 || id.number % 11 == 0 || (id.number(0..<9) % 11 == 10 && id.value(9) == 0)
    }

    /// Estonia and Lithuania.
    private static func isBaltic(_ id: Symbols) -> Bool {
        guard id.count == 11, (1...8).contains(id.value(0)), id.isDate(yearAt: 1, monthAt: 3, dayAt: 5) else {
            return false
        }
        var check = id.sum([1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11
        if check == 10 { check = id.sum([3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10 }
        return check == id.value(10)
    }
}
