public import Events

/// What a column of ES|QL holds.
public enum ESQLType: String, Sendable, Hashable, CaseIterable {
    case null, boolean, integer, long
    case unsignedLong = "unsigned_long"
    case double, keyword, text
    /// Milliseconds since 1970.
    case date
    case dateNanos = "date_nanos"
    case ip, version
    case geoPoint = "geo_point"
    /// Days, months and years, whose length the calendar knows.
    case datePeriod = "date_period"
    /// Hours and shorter.
    case timeDuration = "time_duration"

    /// What a field of the catalog is as a column. A flattened one is the JSON text of its object.
    public init(_ type: FieldType) {
        self =
            switch type {
            case .keyword, .flattened: .keyword
            case .text: .text
            case .long: .long
            case .double: .double
            case .boolean: .boolean
            case .date: .date
            case .ip: .ip
            case .geoPoint: .geoPoint
            }
    }

    /// - Parameter name: as behind `::`, in any case.
    init?(cast name: String) {
        switch name.lowercased() {
        case "int": self = .integer
        case "string": self = .keyword
        case "bool": self = .boolean
        case "datetime": self = .date
        case "ul", "ulong": self = .unsignedLong
        case "null": return nil
        case let name: self.init(rawValue: name)
        }
    }

    /// The name in messages, where a date is called otherwise than in a table.
    var messageName: String { self == .date ? "datetime" : rawValue }

    var isText: Bool { self == .keyword || self == .text }
    var isNumber: Bool { self == .integer || self == .long || self == .unsignedLong || self == .double }
    var isDate: Bool { self == .date || self == .dateNanos }
    var isSpan: Bool { self == .datePeriod || self == .timeDuration }

    /// The order of two single values: negative, zero or positive.
    var order: @Sendable (ESQLValue, ESQLValue) -> Int {
        if self == .version { return { ESQLVersion.order($0.string, $1.string) } }
        return { $0.order(against: $1) }
    }

    /// The same of values that may be several: the first that differs decides, then how many there are.
    var orderOfSeveral: @Sendable (ESQLValue, ESQLValue) -> Int {
        let order = order
        return { left, right in
            let (left, right) = (left.elements, right.elements)
            for (one, other) in zip(left, right) {
                let distance = order(one, other)
                if distance != 0 { return distance }
            }
            return left.count - right.count
        }
    }

    /// A value computed from a text is a keyword.
    var computed: ESQLType { self == .text ? .keyword : self }

    /// What holds the values of both; `nil` if nothing does.
    func joined(with other: ESQLType) -> ESQLType? {
        if self == other { return self }
        if self == .null { return other }
        if other == .null { return self }
        if isText, other.isText { return .keyword }
        if isDate, other.isDate { return .dateNanos }
        switch (self, other) {
        case (.double, .integer), (.double, .long), (.integer, .double), (.long, .double): return .double
        case (.integer, .long), (.long, .integer): return .long
        default: return nil
        }
    }

    /// What a literal list of both holds: numbers of any kind stand in one.
    func joined(inList other: ESQLType) -> ESQLType? {
        guard isNumber, other.isNumber, (self == .unsignedLong) != (other == .unsignedLong) else {
            return joined(with: other)
        }
        return self == .double || other == .double ? .double : .unsignedLong
    }
}

/// The types that an argument may have.
struct ESQLTypes: OptionSet, Sendable {
    let rawValue: UInt32
    init(rawValue: UInt32) { self.rawValue = rawValue }
    init(_ type: ESQLType) { self.init(rawValue: 1 << UInt32(ESQLType.allCases.firstIndex(of: type) ?? 31)) }

    static let boolean = ESQLTypes(.boolean)
    static let integer = ESQLTypes(.integer)
    static let long = ESQLTypes(.long)
    static let unsignedLong = ESQLTypes(.unsignedLong)
    static let double = ESQLTypes(.double)
    static let ip = ESQLTypes(.ip)
    static let version = ESQLTypes(.version)
    static let point = ESQLTypes(.geoPoint)
    static let span: ESQLTypes = [ESQLTypes(.datePeriod), ESQLTypes(.timeDuration)]
    static let string: ESQLTypes = [ESQLTypes(.keyword), ESQLTypes(.text)]
    static let whole: ESQLTypes = [.integer, .long]
    static let number: ESQLTypes = [.integer, .long, .unsignedLong, .double]
    static let date: ESQLTypes = [ESQLTypes(.date), ESQLTypes(.dateNanos)]
    /// All that a column may hold.
    static let anything: ESQLTypes = [.boolean, .number, .string, .date, .ip, .version, .point]

    func holds(_ type: ESQLType) -> Bool { type == .null || contains(ESQLTypes(type)) }

    /// For messages, as Elasticsearch says it.
    var names: String {
        switch self {
        case .string: "string"
        case .number: "numeric"
        case .whole: "whole number except unsigned_long or counter types"
        case .date: "datetime or date_nanos"
        case .anything: "any type except counter types"
        default:
            ESQLType.allCases.filter { contains(ESQLTypes($0)) && $0 != .text }.map(\.rawValue)
                .joined(separator: ", ")
        }
    }
}
