import Codecs

extension Check {
    static let contacts = [
        Check("email", bytes: isEmail),
        Check("phone", symbols: isPhone),
        Check("nanp", symbols: isNANP),
        Check("ipv4", bytes: isIPv4),
        Check("ipv6", bytes: isIPv6),
    ]

    /// The last label is a domain that exists, and neither part begins or ends with a dot.
    private static func isEmail(_ text: RawSpan) -> Bool {
        var at = 0
        while at < text.byteCount, text[at] != UInt8(ascii: "@") { at += 1 }
        guard at > 0, at + 3 < text.byteCount, text[0] != UInt8(ascii: "."), text[at - 1] != UInt8(ascii: ".") else {
            return false
        }
        // What programs call the other end of a connection to a repository.
        guard !text.extracting(0..<at).isEqual(to: "git") else { return false }
        var dot = text.byteCount - 1
        while dot > at, text[dot] != UInt8(ascii: ".") { dot -= 1 }
        guard dot > at + 1 else { return false }
        var label: [UInt8] = []
        for place in dot + 1..<text.byteCount { label.append(text[place] | 0x20) }
        return TopLevelDomains.contains(label)
    }

    /// E.164: a country code that is given, and as many digits as there can be.
    private static func isPhone(_ number: Symbols) -> Bool {
        guard (8...15).contains(number.count), !number.isUniform else { return false }
        return countryCodes.contains(number.value(0)) || countryCodes.contains(number.number(0..<2))
            || countryCodes.contains(number.number(0..<3))
    }

    private static let countryCodes: Set<Int> = {
        let two = [
            20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60,
            61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
        ]
        let three = [
            211...213, 216...216, 218...218, 220...269, 290...299, 350...359, 370...389, 420...423, 500...509,
            590...599, 670...692, 800...800, 808...808, 850...856, 870...888, 960...979, 992...998,
        ]
        return Set([1, 7] + two + three.flatMap { Array($0) })
    }()

    /// Area and exchange begin with 2 to 9 and are no service codes; 555-01xx is for films.
    private static func isNANP(_ number: Symbols) -> Bool {
        let start = number.count - 10
        guard start == 0 || (start == 1 && number.value(0) == 1) else { return false }
        return number.value(start) > 1 && number.value(start + 3) > 1 && number.number(start + 1..<start + 3) != 11
            && number.number(start + 4..<start + 6) != 11
    }

    /// Addresses of the open network: what is private, or for documentation, tells nothing of a person.
    private static func isIPv4(_ text: RawSpan) -> Bool {
        var parts: [Int] = [0]
        for place in 0..<text.byteCount {
            if text[place] == UInt8(ascii: ".") {
                parts.append(0)
            } else {
                parts[parts.count - 1] = parts[parts.count - 1] * 10 + Int(text[place] - 48)
            }
        }
        guard parts.count == 4, parts.allSatisfy({ $0 < 256 }) else { return false }
        switch (parts[0], parts[1]) {
        case (0, _), (10, _), (127, _), (224..., _), (169, 254), (172, 16...31), (192, 168), (192, 0), (198, 18...19):
            return false
        case (198, 51), (203, 0): return false
        default: return true
        }
    }

    private static func isIPv6(_ text: RawSpan) -> Bool {
        var groups = 0
        var digits = 0
        var gaps = 0
        var place = 0
        while place < text.byteCount {
            if text[place] == UInt8(ascii: ":") {
                if place + 1 < text.byteCount, text[place + 1] == UInt8(ascii: ":") {
                    gaps += 1
                    place += 1
                }
                digits = 0
            } else {
                if digits == 0 { groups += 1 }
                digits += 1
                guard digits <= 4 else { return false }
            }
            place += 1
        }
        return gaps == 1 ? (2...7).contains(groups) : gaps == 0 && groups == 8
    }
}

/// Domains of the first level.
///
/// - Source: IANA's root zone: all of countries, and of the others those that mail is seen from.
enum TopLevelDomains {
    static func contains(_ label: [UInt8]) -> Bool { all.contains(label) }

    private static let all: Set<[UInt8]> = Set(
        """
        ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc \
        cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga \
        gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo \
        jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr \
        ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw qa re ro \
        ru rw sa sb sc sd se sg si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw \
        tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw academy agency app art asia bank biz blog business \
        capital care cat center chat city cloud club codes coffee com community company consulting cool design dev \
        digital direct earth edu education email energy engineering eu events example expert family finance foundation \
        fund gallery global gmbh gov group guru health help host house inc info ink insure int international invalid jobs law \
        legal life link live llc local ltd management market media mil mobi money museum name net network news ngo one online \
        onl org partners photo plus press pro productions realty red rocks school science services shop site social \
        software solutions space store studio support systems tax team tech technology tel test today tools top tours town \
        trade training travel tv university ventures vip wiki work works world xyz zone
        """.split(separator: " ").map { Array($0.utf8) })
}
