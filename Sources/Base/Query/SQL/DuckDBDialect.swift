import Platform

/// SQL for DuckDB, over one column for each field of the schema and one map for all open attributes.
///
/// - Shape: a column has the name of its field. keyword, text and ip are `VARCHAR` (an address in its one
///   canonical text), long is `BIGINT`, double `DOUBLE`, boolean `BOOLEAN`, date as ``DateColumn`` says. A
///   multi-valued field is a list of these. Open attributes are in `rest`, a `MAP(VARCHAR, VARCHAR)` from the
///   full dotted name to JSON text: a scalar or an array of scalars.
/// - Guarantee: true exactly where ``Filter/matches(_:)`` is.
public struct DuckDBDialect: SQLDialect {
    /// How a date is stored: the one place to change it.
    public enum DateColumn: Sendable {
        /// `TIMESTAMP_NS`
        case timestamp
        /// `BIGINT`, nanoseconds since 1970.
        case integer
    }

    private let searchable: [Field]
    private let dates: DateColumn

    /// - Parameter schema: the fields that free text looks into.
    public init(schema: FieldSchema, dates: DateColumn = .timestamp) {
        searchable = schema.fields.filter(\.type.isSearchable)
        self.dates = dates
    }

    public func sql(_ field: FieldReference, _ test: FieldTest, _ builder: inout SQLBuilder) -> String {
        switch field {
        case .column(let column):
            let name = SQLBuilder.identifier(column.name)
            return column.isMultiValued
                ? any(of: name, test, &builder) : sql(test, of: Operand(text: name, isOpen: false), &builder)
        case .attribute(let name):
            let texts = "docket_texts(\"rest\"[\(builder.bind(.text(name)))])"
            return any(of: texts, isOpen: true, test, &builder)
        case .attributes(let pattern):
            let fits = glob(pattern, of: Operand(text: "entry.key", isOpen: true), &builder)
            let texts = "[docket_texts(entry.value) for entry in map_entries(\"rest\") if \(fits)]"
            return any(of: "flatten(\(texts))", isOpen: true, test, &builder)
        }
    }

    public func sql(anywhere test: TextTest, _ builder: inout SQLBuilder) -> String {
        var parts: [String] = []
        for field in searchable { parts.append(sql(.column(field), .text(test), &builder)) }
        let texts = "flatten([docket_texts(value) for value in map_values(\"rest\")])"
        parts.append(any(of: texts, isOpen: true, .text(test), &builder))
        return parts.joined(separator: " OR ")
    }

    // MARK: Values

    /// An expression for one value.
    private struct Operand: CustomStringConvertible {
        let text: String
        /// Whether it is the value of an open attribute: text that may be a number.
        let isOpen: Bool
        var description: String { text }
        var lowercased: Operand { Operand(text: "lower(\(text))", isOpen: isOpen) }
    }

    /// The test for one of the values of a list.
    private func any(
        of list: String, isOpen: Bool = false, _ test: FieldTest, _ builder: inout SQLBuilder
    ) -> String {
        if case .isPresent = test { return "list_count(\(list)) > 0" }
        if case .equals(let values, .exact) = test, let texts = values.texts {
            return texts.count == 1
                ? "list_contains(\(list), \(builder.bind(.text(texts[0]))))"
                : "list_has_any(\(list), \(builder.bind(.textList(texts))))"
        }
        let item = Operand(text: "item", isOpen: isOpen)
        return "len([item for item in \(list) if \(sql(test, of: item, &builder))]) > 0"
    }

    private func sql(_ test: FieldTest, of value: Operand, _ builder: inout SQLBuilder) -> String {
        switch test {
        case .isPresent: return "\(value) IS NOT NULL"
        case .equals(let wanted, .exact): return equals(wanted, of: value, &builder)
        case .equals(let wanted, .ignored):
            return equals(wanted.map { .text(Words.lowercased($0.text)) }, of: value.lowercased, &builder)
        case .text(let test): return sql(test, of: value, &builder)
        case .isWithin(let range): return sql(range, of: value, &builder)
        case .isInNetwork(let network):
            let lowest = builder.bind(.text(network.lowest.sortableText))
            let highest = builder.bind(.text(network.highest.sortableText))
            return "docket_ip(\(value)) BETWEEN \(lowest) AND \(highest)"
        }
    }

    private func equals(_ wanted: [FieldValue], of value: Operand, _ builder: inout SQLBuilder) -> String {
        var names: [String] = []
        for value in wanted { names.append(builder.bind(parameter(value))) }
        return names.count == 1 ? "\(value) = \(names[0])" : "\(value) IN (\(names.joined(separator: ", ")))"
    }

    private func sql(_ range: ValueRange, of value: Operand, _ builder: inout SQLBuilder) -> String {
        var parts: [String] = []
        for (bound, sign) in [(range.lower, ">"), (range.upper, "<")] {
            guard let bound else { continue }
            let comparison = sign + (bound.isInclusive ? "=" : "")
            switch bound.value {
            case .ip(let address):
                parts.append("docket_ip(\(value)) \(comparison) \(builder.bind(.text(address.sortableText)))")
            case .double where value.isOpen:
                parts.append("docket_number(\(value)) \(comparison) \(builder.bind(parameter(bound.value)))")
            default: parts.append("\(value) \(comparison) \(builder.bind(parameter(bound.value)))")
            }
        }
        return parts.joined(separator: " AND ")
    }

    private func parameter(_ value: FieldValue) -> Parameter {
        switch value {
        case .text(let text): .text(text)
        case .integer(let number): .integer(number)
        case .double(let number): .double(number)
        case .boolean(let flag): .boolean(flag)
        case .date(let moment): dates == .timestamp ? .timestamp(moment) : .integer(moment.nanoseconds)
        case .ip(let address): .text(address.description)
        }
    }

    // MARK: Text

    private func sql(_ test: TextTest, of value: Operand, _ builder: inout SQLBuilder) -> String {
        switch test {
        case .glob(let pattern, .exact): return glob(pattern, of: value, &builder)
        case .glob(let pattern, .ignored): return glob(pattern.lowercased, of: value.lowercased, &builder)
        case .phrase(let words):
            return "contains(docket_words(\(value)), \(builder.bind(.text(Words.spaced(words)))))"
        case .word(let pattern):
            let words = "string_split(docket_words(\(value)), ' ')"
            let fits = glob(pattern, of: Operand(text: "word", isOpen: false), &builder)
            return "len([word for word in \(words) if \(fits)]) > 0"
        }
    }

    /// The three common shapes have a function of their own, which is quicker; the rest is a `LIKE`.
    private func glob(_ pattern: Wildcard, of value: Operand, _ builder: inout SQLBuilder) -> String {
        let pieces = pattern.pieces
        func bound(_ text: String) -> String { builder.bind(.text(text)) }
        switch (pieces.count, pieces[0].isEmpty, pieces[pieces.count - 1].isEmpty) {
        case (2, false, true): return "starts_with(\(value), \(bound(pieces[0])))"
        case (2, true, false): return "ends_with(\(value), \(bound(pieces[1])))"
        case (3, true, true): return "contains(\(value), \(bound(pieces[1])))"
        default:
            let like = pieces.map(Self.escapedForLike).joined(separator: "%")
            return "\(value) LIKE \(bound(like)) ESCAPE '\\'"
        }
    }

    private static func escapedForLike(_ text: String) -> String {
        ["\\", "%", "_"].reduce(text) { $0.replacing($1, with: "\\" + $1) }
    }
}

extension [FieldValue] {
    /// The values as texts, if they are stored as texts.
    fileprivate var texts: [String]? {
        var texts: [String] = []
        for value in self {
            switch value {
            case .text, .ip: texts.append(value.text)
            default: return nil
            }
        }
        return texts
    }
}
