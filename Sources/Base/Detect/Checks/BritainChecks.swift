extension Check {
    static let britain = [
        Check("gb_nino", symbols: isNINO),
        Check("gb_nhs", symbols: isNHS),
        Check(
            "gb_utr",
            symbols: { id in
                let rest = id.sum([6, 7, 8, 9, 10, 5, 4, 3, 2], from: 1) % 11
                return id.count == 10 && [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1][rest] == id.value(0)
            }),
        Check("gb_driver", symbols: isDriver),
        Check("ie_pps", symbols: isPPS),
    ]

    /// - Source: HMRC, *National Insurance Manual*, NIM39110.
    private static func isNINO(_ id: Symbols) -> Bool {
        let never: [StaticString] = ["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"]
        let first = Array("DFIQUV".utf8)
        return id.count == 9 && !first.contains(id[0]) && !first.contains(id[1]) && id[1] != UInt8(ascii: "O")
            && !never.contains { id.isEqual(0, $0) }
    }

    private static func isNHS(_ id: Symbols) -> Bool {
        let check = (11 - id.sum([10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11
        return id.count == 10 && check < 10 && check == id.value(9) && !id.isUniform
    }

    /// Surname, decade, month (women plus 50), day, year, initials, and three of the authority.
    private static func isDriver(_ id: Symbols) -> Bool {
        let month = id.number(6..<8) % 50
        return id.count == 16 && (1...12).contains(month) && (1...31).contains(id.number(8..<10))
    }

    private static func isPPS(_ id: Symbols) -> Bool {
        guard id.count == 8 || id.count == 9 else { return false }
        let second = id.count == 9 && id[8] != UInt8(ascii: "W") ? id.value(8) - 9 : 0
        let rest = (id.sum([8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23
        return id[7] == (rest == 0 ? UInt8(ascii: "W") : UInt8(64 + rest))
    }
}
