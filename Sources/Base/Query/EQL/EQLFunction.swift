import Events

/// The functions of EQL.
enum EQLFunction: String, Sendable, CaseIterable {
    case add, between, cidrMatch, concat, divide, endsWith, indexOf, length, modulo, multiply, number, startsWith
    case string, stringContains, substring, subtract

    /// Names are the same in any case of letters.
    init?(named name: String) {
        guard let found = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else {
            return nil
        }
        self = found
    }

    /// Whether a `~` behind the name makes it look over the case of letters.
    var comparesLetters: Bool {
        switch self {
        case .between, .endsWith, .indexOf, .startsWith, .stringContains: true
        default: false
        }
    }

    /// What the arguments are; those that may be left out stand last.
    var arguments: (kinds: [EQLKind], least: Int, repeats: Bool) {
        switch self {
        case .add, .divide, .modulo, .multiply, .subtract: ([.number, .number], 2, false)
        case .between: ([.text, .text, .text, .boolean], 3, false)
        case .cidrMatch: ([.address, .text], 2, true)
        case .concat: ([.any], 1, true)
        case .endsWith, .startsWith, .stringContains: ([.text, .text], 2, false)
        case .indexOf: ([.text, .text, .number], 2, false)
        case .length: ([.text], 1, false)
        case .number: ([.text, .number], 1, false)
        case .string: ([.any], 1, false)
        case .substring: ([.text, .number, .number], 2, false)
        }
    }

    var result: EQLKind {
        switch self {
        case .add, .divide, .indexOf, .length, .modulo, .multiply, .number, .subtract: .number
        case .between, .concat, .string, .substring: .text
        case .cidrMatch, .endsWith, .startsWith, .stringContains: .boolean
        }
    }

    /// What a null in this place means: for two functions as much as if it were left out.
    private func mayBeNull(_ place: Int) -> Bool { self == .number && place == 1 || self == .substring && place == 2 }

    /// - Returns: `nil` for null.
    func value(_ letters: LetterCase, _ arguments: [FieldValue?]) -> FieldValue? {
        for (place, argument) in arguments.enumerated() where argument == nil && !mayBeNull(place) { return nil }
        let first = arguments[0]
        func text(_ place: Int) -> String { arguments.count > place ? arguments[place]?.text ?? "" : "" }
        func whole(_ place: Int) -> Int? {
            guard arguments.count > place, let number = arguments[place]?.numeric else { return nil }
            if case .integer(let count) = number { return Int(count) }
            return nil
        }
        switch self {
        case .add: return Arithmetic.add.value(arguments[0], arguments[1])
        case .subtract: return Arithmetic.subtract.value(arguments[0], arguments[1])
        case .multiply: return Arithmetic.multiply.value(arguments[0], arguments[1])
        case .divide: return Arithmetic.divide.value(arguments[0], arguments[1])
        case .modulo: return Arithmetic.modulo.value(arguments[0], arguments[1])
        case .string: return first.map { .text($0.text) }
        case .concat: return .text(arguments.map { $0?.text ?? "" }.joined())
        case .length: return .integer(Int64(text(0).unicodeScalars.count))
        case .number: return Self.number(text(0), base: arguments.count > 1 ? arguments[1] : nil)
        case .cidrMatch:
            guard let address = first?.address else { return .boolean(false) }
            return .boolean(
                arguments.dropFirst().contains { IPNetwork($0?.text ?? "")?.contains(address) ?? false })
        case .startsWith, .endsWith, .stringContains:
            return .boolean(TextTest.glob(Wildcard(around(text(1))), letters).holds(for: text(0)))
        case .indexOf: return Self.index(of: text(1), in: text(0), from: arguments.count > 2 ? whole(2) : 0, letters)
        case .substring:
            guard let start = whole(1) else { return nil }
            return .text(Self.part(of: text(0), start, whole(2)))
        case .between:
            let isGreedy = arguments.count > 3 && arguments[3] == .boolean(true)
            return .text(Self.between(text(0), text(1), text(2), isGreedy: isGreedy, letters))
        }
    }

    /// The pieces of the wildcard that asks what the function asks.
    func around(_ text: String) -> [String] {
        switch self {
        case .startsWith: [text, ""]
        case .endsWith: ["", text]
        default: ["", text, ""]
        }
    }

    // MARK: Texts, in characters

    private static func scalars(_ text: String, _ letters: LetterCase) -> [Unicode.Scalar] {
        Array((letters == .ignored ? Words.lowercased(text) : text).unicodeScalars)
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// Where a text stands in another one, at this place or behind it.
    private static func find(_ part: [Unicode.Scalar], in text: [Unicode.Scalar], from start: Int) -> Int? {
        guard start + part.count <= text.count else { return nil }
        for place in start...(text.count - part.count)
        where text[place..<(place + part.count)].elementsEqual(part) {
            return place
        }
        return nil
    }

    private static func index(
        of part: String, in text: String, from start: Int?, _ letters: LetterCase
    ) -> FieldValue? {
        guard let start else { return nil }
        let place = find(scalars(part, letters), in: scalars(text, letters), from: max(start, 0))
        return place.map { .integer(Int64($0)) }
    }

    /// Negative places count from the end.
    private static func part(of text: String, _ start: Int, _ end: Int?) -> String {
        let scalars = Array(text.unicodeScalars)
        func place(_ wanted: Int) -> Int {
            wanted < 0 ? max(scalars.count &+ wanted, 0) : min(wanted, scalars.count)
        }
        let (lower, upper) = (place(start), place(end ?? scalars.count))
        return lower < upper ? Self.text(scalars[lower..<upper]) : ""
    }

    private static func between(
        _ source: String, _ left: String, _ right: String, isGreedy: Bool, _ letters: LetterCase
    ) -> String {
        let (source, folded) = (Array(source.unicodeScalars), scalars(source, letters))
        let (left, right) = (scalars(left, letters), scalars(right, letters))
        guard let before = find(left, in: folded, from: 0) else { return "" }
        let start = before + left.count
        guard var end = find(right, in: folded, from: start) else { return "" }
        while isGreedy, let next = find(right, in: folded, from: end + 1) { end = next }
        return text(source[start..<end])
    }

    /// - Parameter base: from 2 to 36; null for 10, or for 16 where the text begins with `0x`.
    private static func number(_ text: String, base: FieldValue?) -> FieldValue? {
        var digits = text[...]
        var radix = 10
        if let base {
            guard case .integer(let wanted) = base, (2...36).contains(wanted) else { return nil }
            radix = Int(wanted)
        }
        if digits.hasPrefix("0x"), base == nil || radix == 16 {
            digits = digits.dropFirst(2)
            radix = 16
        }
        guard digits.first != "+" else { return nil }
        if let whole = Int64(digits, radix: radix) { return .integer(whole) }
        return radix == 10 ? Numeral.double(String(digits)).map { .double($0) } : nil
    }
}

/// What an expression gives, as far as it is known before there is an event.
enum EQLKind: String, Sendable {
    case text, number, boolean, date
    case address = "IP address"
    /// A field that nobody knows the type of.
    case any = "value"

    init(_ type: FieldType?) {
        switch type {
        case .keyword, .text: self = .text
        case .long, .double: self = .number
        case .boolean: self = .boolean
        case .date: self = .date
        case .ip: self = .address
        case .geoPoint, .flattened, nil: self = .any
        }
    }

    init(_ value: FieldValue?) {
        switch value {
        case .text: self = .text
        case .integer, .double: self = .number
        case .boolean: self = .boolean
        case .date: self = .date
        case .ip: self = .address
        case nil: self = .any
        }
    }

    /// Whether a value of this kind may stand where the other is wanted.
    func suits(_ wanted: EQLKind) -> Bool {
        self == wanted || self == .any || wanted == .any || wanted == .address && self == .text
    }
}

extension Arithmetic {
    /// Whole numbers stay whole, so a quotient loses its fraction.
    ///
    /// - Returns: `nil` for null, for a division by zero, and for what is too large.
    func value(_ left: FieldValue?, _ right: FieldValue?) -> FieldValue? {
        guard let left = left?.numeric, let right = right?.numeric else { return nil }
        if case .integer(let left) = left, case .integer(let right) = right {
            let (result, isOver) = whole(left, right)
            return isOver ? nil : .integer(result)
        }
        let number = real(left.asDouble, right.asDouble)
        return number.isFinite ? .double(number) : nil
    }
}

extension FieldValue {
    /// The value as a number; a text that is one, too.
    var numeric: FieldValue? {
        switch self {
        case .integer, .double: self
        case .text(let text): Int64(text).map { .integer($0) } ?? Numeral.double(text).map { .double($0) }
        default: nil
        }
    }

    fileprivate var asDouble: Double {
        switch self {
        case .integer(let number): Double(number)
        case .double(let number): number
        default: .nan
        }
    }
}
