import Codecs

extension Check {
    static let americas = [
        Check(
            "br_cpf",
            symbols: { id in
                id.count == 11 && !id.isUniform && mod11([10, 9, 8, 7, 6, 5, 4, 3, 2], id) == id.value(9)
                    && mod11([11, 10, 9, 8, 7, 6, 5, 4, 3, 2], id) == id.value(10)
            }),
        Check("br_cnpj", symbols: isCNPJ),
        Check("mx_curp", symbols: isCURP),
        Check("mx_rfc", symbols: isRFC),
        Check(
            "ar_cuit",
            symbols: { id in
                let check = (11 - id.sum([5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11
                return id.count == 11 && [20, 23, 24, 25, 26, 27, 30, 33, 34, 50, 51, 55].contains(id.number(0..<2))
                    && (check == 10 ? 9 : check) == id.value(10)
            }),
        Check("cl_rut", symbols: isRUT),
        Check(
            "co_nit",
            symbols: { id in
                let weights = [41, 37, 29, 23, 19, 17, 13, 7, 3]
                let rest = id.sum(Array(weights.suffix(id.count - 1))) % 11
                return (9...10).contains(id.count) && (rest < 2 ? rest : 11 - rest) == id.value(id.count - 1)
            }),
        Check(
            "za_id",
            symbols: { $0.count == 13 && $0.isLuhn && $0.isDate(yearAt: 0, monthAt: 2, dayAt: 4) && $0.value(10) < 3 }),
        Check(
            "tr_tckn",
            symbols: { id in
                let tenth = (7 * id.sum([1, 0, 1, 0, 1, 0, 1, 0, 1]) - id.sum([0, 1, 0, 1, 0, 1, 0, 1])) % 10
                return id.count == 11 && id.value(0) > 0 && (tenth + 10) % 10 == id.value(9)
                    && id.sum([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]) % 10 == id.value(10)
            }),
        Check(
            "eg_nid",
            symbols: { id in
                let place = id.number(7..<9)
                let isPlace = (1...4).contains(place) || (11...35).contains(place) || place == 88
                return id.count == 14 && id.isDate(yearAt: 1, monthAt: 3, dayAt: 5) && isPlace
            }),
        Check("mrz", bytes: isMRZ),
    ]

    private static func mod11(_ weights: [Int], _ id: Symbols) -> Int {
        let rest = id.sum(weights) % 11
        return rest < 2 ? 0 : 11 - rest
    }

    /// Letters are worth their ASCII code less 48.
    ///
    /// - Source: Instrução Normativa RFB 2.229/2024.
    private static func isCNPJ(_ id: Symbols) -> Bool {
        guard id.count == 14, !id.isUniform, id.isDigit(12), id.isDigit(13) else { return false }
        func check(_ weights: [Int]) -> Int {
            let sum = weights.enumerated().reduce(0) { $0 + $1.element * (Int(id[$1.offset]) - 48) }
            return sum % 11 < 2 ? 0 : 11 - sum % 11
        }
        return check([5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) == id.value(12)
            && check([6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) == id.value(13)
    }

    /// The alphabet has Ñ behind N.
    private static func isCURP(_ id: Symbols) -> Bool {
        guard id.count == 18, id.isDate(yearAt: 4, monthAt: 6, dayAt: 8) else { return false }
        var sum = 0
        for place in 0..<17 {
            let value = id.value(place)
            sum += (18 - place) * (value > 23 ? value + 1 : value)
        }
        return (10 - sum % 10) % 10 == id.value(17)
    }

    private static func isRFC(_ id: Symbols) -> Bool {
        guard id.count == 12 || id.count == 13,
            id.isDate(yearAt: id.count - 9, monthAt: id.count - 7, dayAt: id.count - 5)
        else { return false }
        // A company has three letters, and a blank in front, which counts 37.
        var sum = id.count == 12 ? 37 * 13 : 0
        for place in 0..<id.count - 1 {
            let value = id.value(place)
            sum += (id.count - place) * (value > 23 ? value + 1 : value)
        }
        let check = (11 - sum % 11) % 11
        return check
            == (id.isDigit(id.count - 1) ? id.value(id.count - 1) : id[id.count - 1] == UInt8(ascii: "A") ? 10 : -1)
    }

    private static func isRUT(_ id: Symbols) -> Bool {
        guard id.count == 8 || id.count == 9 else { return false }
        var sum = 0
        for (index, place) in (0..<id.count - 1).reversed().enumerated() {
            guard id.isDigit(place) else { return false }
            sum += id.value(place) * (2 + index % 6)
        }
        let check = (11 - sum % 11) % 11
        return check == 10
            ? id[id.count - 1] == UInt8(ascii: "K") : id.isDigit(id.count - 1) && check == id.value(id.count - 1)
    }

    /// Two lines of 44, or the first line of three of 30 with the second.
    ///
    /// - Source: ICAO Doc 9303, parts 4 and 5.
    private static func isMRZ(_ text: RawSpan) -> Bool {
        var signs: [UInt8] = []
        for place in 0..<text.byteCount where ![0x0A, 0x0D, 0x20].contains(text[place]) { signs.append(text[place]) }
        func value(_ place: Int) -> Int {
            switch signs[place] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(signs[place]) - 48
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(signs[place]) - 55
            default: 0
            }
        }
        func holds(_ range: Range<Int>) -> Bool {
            let sum = range.enumerated().reduce(0) { $0 + value($1.element) * [7, 3, 1][$1.offset % 3] }
            return sum % 10 == value(range.upperBound)
        }
        switch signs.count {
        // Number, birth and expiry of the second line.
        case 88: return holds(44..<53) && holds(57..<63) && holds(65..<71)
        case 90: return holds(5..<14) && holds(30..<36) && holds(38..<44)
        default: return false
        }
    }
}
