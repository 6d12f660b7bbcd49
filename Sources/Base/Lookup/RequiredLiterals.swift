/// What a text must hold for a regular expression to match it: one of some stretches of text, without regard to case.
///
/// Most of a thousand patterns can be passed over for a text that has none of their words, and words are found much
/// faster than patterns. The reader knows less of the language than PCRE2 and errs on one side only: where it
/// does not understand, it demands nothing.
struct RequiredLiterals {
    /// Shorter stretches are in every text.
    static let shortest = 3

    /// Different texts that are told apart before they count as anything.
    private static let exactLimit = 32
    private static let depthLimit = 40

    /// All that a part of a pattern can be, or what it must hold.
    private struct Part {
        /// Every text that the part matches, in small letters.
        var exact: [[UInt8]]?
        /// One of these is in every text that the part matches; `nil` when nothing is known.
        var needed: [[UInt8]]?

        static let anything = Part(exact: nil, needed: nil)

        /// What it demands, however that is known.
        var demand: [[UInt8]]? {
            guard let exact else { return needed }
            return exact.allSatisfy { $0.count >= shortest } ? exact : nil
        }
    }

    private let bytes: [UInt8]
    private var place = 0
    private var depth = 0
    private var isUnknown = false

    private init(_ pattern: String) { bytes = Array(pattern.utf8) }

    /// - Returns: stretches in small letters, of which a text must have one; `nil` when any text may match.
    static func of(_ pattern: String) -> [[UInt8]]? {
        var reader = RequiredLiterals(pattern)
        let part = reader.alternation()
        guard !reader.isUnknown, reader.place == reader.bytes.count else { return nil }
        return part.demand
    }

    // MARK: Parts

    private mutating func alternation() -> Part {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthLimit { isUnknown = true }
        var branches = [sequence()]
        while !isUnknown, peek() == UInt8(ascii: "|") {
            place += 1
            branches.append(sequence())
        }
        if branches.count == 1 { return branches[0] }
        let exact = branches.reduce(into: [[UInt8]]?([])) { all, branch in
            if let more = branch.exact { all?.append(contentsOf: more) } else { all = nil }
        }
        if let exact = exact.map(Self.unique), exact.count <= Self.exactLimit { return Part(exact: exact) }
        let needed = branches.reduce(into: [[UInt8]]?([])) { all, branch in
            if let more = branch.demand { all?.append(contentsOf: more) } else { all = nil }
        }
        return Part(exact: nil, needed: needed.map(Self.unique))
    }

    private mutating func sequence() -> Part {
        var run: [[UInt8]] = [[]]
        var isExact = true
        var best: [[UInt8]]?
        func offer(_ list: [[UInt8]]?) {
            guard let list, let length = list.map(\.count).min(), length >= Self.shortest else { return }
            guard let known = best, let knownLength = known.map(\.count).min() else { return best = list }
            if (length, known.count) > (knownLength, list.count) { best = list }
        }
        while !isUnknown, let byte = peek(), byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            guard let part = item() else {
                // Nobody repeats what takes no room.
                if let byte = peek(), Self.quantifiers.contains(byte) { isUnknown = true }
                continue
            }
            let repeats = quantifier()
            var exact = part.exact
            if repeats == .maybe, let texts = exact { exact = Self.unique(texts + [[]]) }
            if let exact, repeats != .any, run.count * exact.count <= Self.exactLimit {
                run = Self.unique(run.flatMap { start in exact.map { start + $0 } })
                if repeats != .many { continue }
                offer(run)
            } else {
                offer(run)
                if repeats == .once || repeats == .many { offer(part.demand) }
            }
            isExact = false
            run = [[]]
        }
        if isExact { return Part(exact: run) }
        offer(run)
        return Part(exact: nil, needed: best)
    }

    /// - Returns: `nil` for what takes no room in the text.
    private mutating func item() -> Part? {
        let byte = bytes[place]
        place += 1
        switch byte {
        case UInt8(ascii: "^"), UInt8(ascii: "$"): return nil
        case UInt8(ascii: "."): return .anything
        case UInt8(ascii: "("): return group()
        case UInt8(ascii: "["): return characterClass()
        case UInt8(ascii: "\\"): return escape()
        default: return Self.letter(byte)
        }
    }

    private mutating func group() -> Part {
        if peek() == UInt8(ascii: "?") {
            // Only groups that do not capture; what looks ahead, names or switches is another language.
            guard place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: ":") else {
                isUnknown = true
                return .anything
            }
            place += 2
        } else if peek() == UInt8(ascii: "*") {
            isUnknown = true
        }
        let part = alternation()
        guard peek() == UInt8(ascii: ")") else {
            isUnknown = true
            return .anything
        }
        place += 1
        return part
    }

    private mutating func escape() -> Part? {
        guard let byte = peek() else {
            isUnknown = true
            return .anything
        }
        place += 1
        switch byte {
        case UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "A"), UInt8(ascii: "z"), UInt8(ascii: "Z"): return nil
        case UInt8(ascii: "d"), UInt8(ascii: "D"), UInt8(ascii: "w"), UInt8(ascii: "W"), UInt8(ascii: "s"),
            UInt8(ascii: "S"):
            return .anything
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            isUnknown = true
            return .anything
        default: return Self.letter(byte)
        }
    }

    private mutating func characterClass() -> Part {
        var members: [[UInt8]] = []
        var isSmall = true
        if peek() == UInt8(ascii: "^") {
            isSmall = false
            place += 1
        }
        var isFirst = true
        while let byte = peek(), isFirst || byte != UInt8(ascii: "]") {
            isFirst = false
            place += 1
            switch byte {
            case UInt8(ascii: "\\"):
                isSmall = false
                place += 1
            case UInt8(ascii: "-"): isSmall = isSmall && (members.isEmpty || peek() == UInt8(ascii: "]"))
            case UInt8(ascii: "["):
                isSmall = false
                // Named classes end otherwise.
                if peek() == UInt8(ascii: ":") { isUnknown = true }
            default: break
            }
            if let exact = Self.letter(byte).exact { members += exact } else { isSmall = false }
        }
        if peek() == nil { isUnknown = true }
        place += 1
        members = Self.unique(members)
        return isSmall && members.count <= 4 ? Part(exact: members) : .anything
    }

    // MARK: Repetition

    private enum Repetition {
        case once
        /// Not at all, or once.
        case maybe
        /// Once and more.
        case many
        /// Not at all and more.
        case any
    }

    private static let quantifiers = Array("?*+{".utf8)

    private mutating func quantifier() -> Repetition {
        var found = Repetition.once
        switch peek() {
        case UInt8(ascii: "?"): found = .maybe
        case UInt8(ascii: "*"): found = .any
        case UInt8(ascii: "+"): found = .many
        case UInt8(ascii: "{"):
            guard let end = bytes[place...].firstIndex(of: UInt8(ascii: "}")) else { return .once }
            let least = bytes[(place + 1)..<end].prefix { $0 >= 48 && $0 <= 57 }
            // Something else in braces is text, and nobody writes that.
            if least.isEmpty { isUnknown = true }
            found = least.allSatisfy { $0 == 48 } ? .any : .many
            place = end
        default: return .once
        }
        place += 1
        if peek() == UInt8(ascii: "?") || peek() == UInt8(ascii: "+") { place += 1 }
        return found
    }

    // MARK: Bytes

    private func peek() -> UInt8? { place < bytes.count ? bytes[place] : nil }

    private static func letter(_ byte: UInt8) -> Part {
        byte < 0x80 ? Part(exact: [[lowercased(byte)]]) : .anything
    }

    static func lowercased(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte | 0x20 : byte }

    private static func unique(_ texts: [[UInt8]]) -> [[UInt8]] {
        var seen: Set<[UInt8]> = []
        return texts.filter { seen.insert($0).inserted }
    }
}
