/// Versions of software in their order: `1.2.9` before `1.2.10`, `2.0.0-rc1` before `2.0.0`.
///
/// - Source: Semantic Versioning 2.0.0, section 11; texts that are no version stand behind all that are.
enum ESQLVersion {
    static func order(_ left: String, _ right: String) -> Int {
        switch (parts(left), parts(right)) {
        case (nil, nil): return ByteText.order(left, right)
        case (nil, _): return 1
        case (_, nil): return -1
        case (let first?, let second?):
            for place in 0..<max(first.numbers.count, second.numbers.count) {
                let (a, b) = (
                    place < first.numbers.count ? first.numbers[place] : "0",
                    place < second.numbers.count ? second.numbers[place] : "0"
                )
                let order = numeric(a, b)
                if order != 0 { return order }
            }
            if first.numbers.count != second.numbers.count {
                return first.numbers.count < second.numbers.count ? -1 : 1
            }
            let order = early(first.early, second.early)
            return order != 0 ? order : ByteText.order(first.build, second.build)
        }
    }

    private static func early(_ left: [Substring], _ right: [Substring]) -> Int {
        if left.isEmpty || right.isEmpty { return left.isEmpty == right.isEmpty ? 0 : left.isEmpty ? 1 : -1 }
        for (a, b) in zip(left, right) {
            let (aIsNumber, bIsNumber) = (isNumber(a), isNumber(b))
            if aIsNumber != bIsNumber { return aIsNumber ? -1 : 1 }
            let order = aIsNumber ? numeric(a, b) : ByteText.order(String(a), String(b))
            if order != 0 { return order }
        }
        return left.count == right.count ? 0 : left.count < right.count ? -1 : 1
    }

    private static func numeric(_ left: Substring, _ right: Substring) -> Int {
        let (left, right) = (left.drop { $0 == "0" }, right.drop { $0 == "0" })
        if left.count != right.count { return left.count < right.count ? -1 : 1 }
        return ByteText.order(String(left), String(right))
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    private static func parts(_ text: String) -> (numbers: [Substring], early: [Substring], build: String)? {
        let whole = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        guard let core = whole.first else { return nil }
        let halves = core.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let main = halves.first else { return nil }
        let numbers = main.split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.allSatisfy(isNumber) else { return nil }
        let early = halves.count > 1 ? halves[1].split(separator: ".", omittingEmptySubsequences: false) : []
        return (numbers, early, whole.count > 1 ? String(whole[1]) : "")
    }
}
