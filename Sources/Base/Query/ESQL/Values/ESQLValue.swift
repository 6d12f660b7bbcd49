/// What stands in one cell: nothing, a value, or several.
///
/// The type of a column says which of the cases its cells have: integers, longs and dates are whole numbers, texts and
/// versions are texts.
public enum ESQLValue: Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case double(Double)
    case text(String)
    case address(IPAddress)
    /// Longitude, latitude.
    case point(Double, Double)
    case span(ESQLSpan)
    /// - Shape: two or more, none of them null or many.
    case many([ESQLValue])

    /// - Parameter values: none is null; nulls in it are left out.
    init(_ values: [ESQLValue]) {
        switch values.count {
        case 0: self = .null
        case 1: self = values[0]
        default: self = .many(values)
        }
    }

    var isNull: Bool { if case .null = self { true } else { false } }
    var isMany: Bool { if case .many = self { true } else { false } }

    /// The single values, in order.
    var elements: [ESQLValue] {
        switch self {
        case .null: []
        case .many(let values): values
        default: [self]
        }
    }

    var count: Int {
        switch self {
        case .null: 0
        case .many(let values): values.count
        default: 1
        }
    }

    /// The single values in their order.
    public var inOrder: ESQLValue { ESQLValue(elements.sorted { $0.order(against: $1) < 0 }) }

    /// Each single value changed; what becomes null is left out.
    func mapped<Failure: Error>(_ body: (ESQLValue) throws(Failure) -> ESQLValue) throws(Failure) -> ESQLValue {
        guard case .many(let values) = self else { return isNull ? .null : try body(self) }
        var results: [ESQLValue] = []
        results.reserveCapacity(values.count)
        for value in values {
            let result = try body(value)
            if !result.isNull { results.append(result) }
        }
        return ESQLValue(results)
    }
}

extension ESQLValue {
    var string: String { if case .text(let text) = self { text } else { "" } }
    var bool: Bool? { if case .boolean(let flag) = self { flag } else { nil } }
    var whole: Int64 { if case .integer(let number) = self { number } else { 0 } }

    /// Any number, as a double.
    var number: Double {
        switch self {
        case .integer(let number): Double(number)
        case .unsigned(let number): Double(number)
        case .double(let number): number
        default: 0
        }
    }
}

extension ESQLValue: Hashable {
    /// Texts are the same if their bytes are: Swift's own equality follows Unicode equivalence.
    public static func == (left: ESQLValue, right: ESQLValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.boolean(let left), .boolean(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.unsigned(let left), .unsigned(let right)): left == right
        case (.double(let left), .double(let right)): left == right
        case (.text(let left), .text(let right)): ByteText.areEqual(left, right)
        case (.address(let left), .address(let right)): left == right
        case (.point(let leftX, let leftY), .point(let rightX, let rightY)): leftX == rightX && leftY == rightY
        case (.span(let left), .span(let right)): left == right
        case (.many(let left), .many(let right)): left == right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .boolean(let flag): hasher.combine(flag)
        case .integer(let number): hasher.combine(number)
        case .unsigned(let number): hasher.combine(number)
        case .double(let number): hasher.combine(number)
        case .text(let text): ByteText.hash(text, into: &hasher)
        case .address(let address): hasher.combine(address)
        case .point(let x, let y):
            hasher.combine(x)
            hasher.combine(y)
        case .span(let span): hasher.combine(span)
        case .many(let values): hasher.combine(values)
        }
    }

    /// The order of two single values of one type; numbers of different types are compared as numbers.
    ///
    /// - Returns: negative, zero or positive.
    func order(against other: ESQLValue) -> Int {
        switch (self, other) {
        case (.boolean(let left), .boolean(let right)): left == right ? 0 : left ? 1 : -1
        case (.integer(let left), .integer(let right)): left < right ? -1 : left == right ? 0 : 1
        case (.unsigned(let left), .unsigned(let right)): left < right ? -1 : left == right ? 0 : 1
        case (.text(let left), .text(let right)): ByteText.order(left, right)
        case (.address(let left), .address(let right)): left < right ? -1 : left == right ? 0 : 1
        default: number < other.number ? -1 : number == other.number ? 0 : 1
        }
    }
}

/// Texts as the bytes they are.
enum ByteText {
    static func areEqual(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
    }

    static func order(_ left: String, _ right: String) -> Int {
        var left = left.utf8.makeIterator()
        var right = right.utf8.makeIterator()
        while true {
            switch (left.next(), right.next()) {
            case (nil, nil): return 0
            case (nil, _): return -1
            case (_, nil): return 1
            case (let first?, let second?): if first != second { return first < second ? -1 : 1 }
            }
        }
    }

    static func hash(_ text: String, into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// A length of time, part of it as the calendar has it.
public struct ESQLSpan: Sendable, Hashable {
    public var months = 0
    public var days = 0
    public var milliseconds: Int64 = 0

    init(months: Int = 0, days: Int = 0, milliseconds: Int64 = 0) {
        self.months = months
        self.days = days
        self.milliseconds = milliseconds
    }

    /// - Returns: `nil` for days, months or years whose number does not fit into 32 bits.
    init?(_ count: Int64, _ unit: ESQLTimeUnit) {
        let factor = Int64(unit.factor)
        guard !unit.isDuration else {
            milliseconds = Self.bounded(count.multipliedReportingOverflow(by: factor), isNegative: count < 0)
            return
        }
        let (number, isOver) = count.multipliedReportingOverflow(by: factor)
        // Years are counted by themselves there, and are months here.
        guard !isOver, Int32(exactly: unit == .year ? count : number) != nil else { return nil }
        if unit == .day || unit == .week { days = Int(number) } else { months = Int(number) }
    }

    /// A number of milliseconds, or one that no date can be moved by where it would be too large.
    private static func bounded(_ result: (partialValue: Int64, overflow: Bool), isNegative: Bool) -> Int64 {
        if result.overflow { return isNegative ? -.max : .max }
        return max(result.partialValue, -.max)
    }

    var isPeriod: Bool { months != 0 || days != 0 }

    var negated: ESQLSpan { ESQLSpan(months: -months, days: -days, milliseconds: -milliseconds) }

    static func + (left: ESQLSpan, right: ESQLSpan) -> ESQLSpan {
        ESQLSpan(
            months: left.months + right.months, days: left.days + right.days,
            milliseconds: bounded(
                left.milliseconds.addingReportingOverflow(right.milliseconds), isNegative: left.milliseconds < 0))
    }
}
