/// Sets that Unicode defines. Each is made when it is first asked for, which takes some milliseconds.
extension CodePoints {
    /// With the small and the capital form of each of its letters.
    ///
    /// - Source: the simple mappings of the Unicode Character Database: no letter becomes two.
    var ignoringCase: CodePoints {
        var more: [ClosedRange<UInt32>] = []
        for range in ranges {
            let cases = range.upperBound < 0x80 ? Self.asciiCases : Self.cases
            var place = cases.partitioned { $0.letter < range.lowerBound }
            while place < cases.count, cases[place].letter <= range.upperBound {
                more.append(cases[place].other...cases[place].other)
                place += 1
            }
        }
        return more.isEmpty ? self : CodePoints(ranges + more)
    }

    private typealias Case = (letter: UInt32, other: UInt32)

    private static let asciiCases = cases(in: 0..<0x80)
    /// Letters with two forms end with those of Adlam.
    private static let cases = cases(in: 0..<0x1_EA00)

    private static func cases(in range: Range<UInt32>) -> [Case] {
        var cases: [Case] = []
        for value in range {
            guard let scalar = Unicode.Scalar(value), scalar.properties.isCased else { continue }
            for text in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
                let forms = text.unicodeScalars
                // What is no letter of ASCII never stands for one: `k` is not the sign of Kelvin.
                guard forms.count == 1, let form = forms.first, form != scalar, form.isASCII == scalar.isASCII
                else { continue }
                cases.append((value, form.value))
            }
        }
        return cases
    }

    /// `\w` of Oniguruma: letters, marks, digits and what connects them.
    static let unicodeWords = having {
        switch $0.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .connectorPunctuation:
            true
        default: $0.isAlphabetic
        }
    }
    static let unicodeLetters = having { $0.isAlphabetic }
    static let unicodeDigits = having { $0.generalCategory == .decimalNumber }
    static let unicodeSpaces = having { $0.isWhitespace }
    static let unicodeSmall = having { $0.isLowercase }
    static let unicodeCapital = having { $0.isUppercase }

    private static func having(_ isMember: (Unicode.Scalar.Properties) -> Bool) -> CodePoints {
        var ranges: [ClosedRange<UInt32>] = []
        var start: UInt32?
        // Planes 4 to 13 are not assigned, 15 and 16 are for private use; plane 14 ends with its selectors.
        for value in [UInt32(0)..<0x3_4000, 0xE_0000..<0xE_0200].joined() {
            let isIn = Unicode.Scalar(value).map { isMember($0.properties) } ?? false
            if isIn, start == nil { start = value }
            if !isIn, let first = start {
                ranges.append(first...(value - 1))
                start = nil
            }
        }
        return CodePoints(ranges)
    }
}

extension Array {
    /// The first place for which the condition does not hold. It holds for a front part of the array and no other.
    func partitioned(_ isFront: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isFront(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
