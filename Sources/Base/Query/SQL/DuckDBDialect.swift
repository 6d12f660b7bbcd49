import Events
import Platform

/// SQL for DuckDB, over one column for each field of the schema and one map for all open attributes.
///
/// - Shape: a column has the name of its field. keyword, text and ip are `VARCHAR` (an address in its one
///   canonical text), long is `BIGINT`, double `DOUBLE`, boolean `BOOLEAN`, date as ``DateColumn`` says. A
///   multi-valued field is a list of these. A flattened field is a `VARCHAR` with the JSON text of its object.
///   Open attributes are in `rest`, a `MAP(VARCHAR, VARCHAR)` from the full dotted name to JSON text. Values
///   that do not suit the column of their field are there too, under the name of the field.
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
    private let flattened: [Field]
    private let columns: Set<String>
    private let misfits: Set<String>
    private let dates: DateColumn

    /// - Parameter schema: the fields that have a column. Free text looks into them.
    /// - Parameter misfits: fields with values in `rest`. What is asked of them is asked there too.
    public init(schema: FieldSchema, misfits: Set<String> = [], dates: DateColumn = .timestamp) {
        searchable = schema.fields.filter(\.type.isSearchable)
        flattened = schema.fields.filter { $0.type == .flattened }
        columns = Set(schema.fields.map(\.name))
        self.misfits = misfits
        self.dates = dates
    }

    public func sql(_ field: FieldReference, _ test: FieldTest, _ builder: inout SQLBuilder) -> String {
        switch field {
        case .column(let column):
            guard misfits.contains(column.name) else { return sql(column, test, &builder) }
            let name = builder.bind(.text(column.name))
            let pattern = NamePattern(name: column.name)
            let texts = members("\"rest\"[\(name)]", of: column, pattern, &builder)
            let other = any(of: texts, isOpen: true, test, &builder)
            return columns.contains(column.name) ? "\(sql(column, test, &builder)) OR \(other)" : other
        case .member(let column, let name): return sql(NamePattern(name: name), below: column, test, &builder)
        case .members(let column, let pattern): return sql(NamePattern(pattern), below: column, test, &builder)
        case .attribute(let name):
            return any(of: attributes(NamePattern(name: name), &builder), isOpen: true, test, &builder)
        case .attributes(let pattern):
            return any(of: attributes(NamePattern(pattern), &builder), isOpen: true, test, &builder)
        }
    }

    public func sql(anywhere test: TextTest, _ builder: inout SQLBuilder) -> String {
        var parts: [String] = []
        for field in searchable { parts.append(sql(field, .text(test), &builder)) }
        for field in flattened {
            let texts = members(SQLBuilder.identifier(field.name), of: field, .all, &builder)
            parts.append(any(of: texts, isOpen: true, .text(test), &builder))
        }
        parts.append(any(of: attributes(.all, &builder), isOpen: true, .text(test), &builder))
        return parts.joined(separator: " OR ")
    }

    public func sql(_ path: ObjectPath, holding filter: Filter, _ builder: inout SQLBuilder) -> String {
        var lists: [String] = []
        if case .member(let field, let name) = path, columns.contains(field.name) || !misfits.contains(field.name) {
            lists.append(
                DuckDBObject.list(SQLBuilder.identifier(field.name), called: field.name, at: name, &builder))
        }
        switch path {
        case .member(let field, _) where !misfits.contains(field.name): break
        case .member, .attribute:
            let name = builder.bind(.text(path.name))
            lists.append("\(Native.attributeObjects.rawValue)(\"rest\", \(name))")
        }
        let list = lists.count == 1 ? lists[0] : "flatten([\(lists.joined(separator: ", "))])"
        return DuckDBObject.sql(filter, forOneOf: list, depth: 0, values: self, &builder)
    }

    // MARK: Where values are

    /// All values of members or open attributes, as a list of texts.
    public func values(of field: FieldReference, _ builder: inout SQLBuilder) -> String {
        switch field {
        case .column(let column): SQLBuilder.identifier(column.name)
        case .member(let column, let name): list(NamePattern(name: name), below: column, &builder)
        case .members(let column, let pattern): list(NamePattern(pattern), below: column, &builder)
        case .attribute(let name): attributes(NamePattern(name: name), &builder)
        case .attributes(let pattern): attributes(NamePattern(pattern), &builder)
        }
    }

    private func sql(_ column: Field, _ test: FieldTest, _ builder: inout SQLBuilder) -> String {
        let name = SQLBuilder.identifier(column.name)
        return column.isMultiValued
            ? any(of: name, test, &builder) : sql(test, of: Operand(text: name, isOpen: false), &builder)
    }

    private func sql(
        _ pattern: NamePattern, below column: Field, _ test: FieldTest, _ builder: inout SQLBuilder
    ) -> String {
        any(of: list(pattern, below: column, &builder), isOpen: true, test, &builder)
    }

    private func list(_ pattern: NamePattern, below column: Field, _ builder: inout SQLBuilder) -> String {
        var lists: [String] = []
        if columns.contains(column.name) {
            lists.append(members(SQLBuilder.identifier(column.name), of: column, pattern, &builder))
        }
        if misfits.contains(column.name) {
            let name = builder.bind(.text(column.name))
            lists.append(members("\"rest\"[\(name)]", of: column, pattern, &builder))
            // Members that came one by one. A wildcard over names is asked of all open attributes anyway.
            let single = pattern == .all ? NamePattern(.prefix(column.name + ".")) : pattern
            lists.append(attributes(single, &builder))
        }
        switch lists.count {
        case 0: return "CAST(NULL AS VARCHAR[])"
        case 1: return lists[0]
        default: return "flatten([\(lists.joined(separator: ", "))])"
        }
    }

    private func members(
        _ json: String, of field: Field, _ pattern: NamePattern, _ builder: inout SQLBuilder
    ) -> String {
        let name = builder.bind(.text(field.name))
        return "\(Native.members.rawValue)(\(json), \(name), \(builder.bind(.text(pattern.text))))"
    }

    private func attributes(_ pattern: NamePattern, _ builder: inout SQLBuilder) -> String {
        "\(Native.attributes.rawValue)(\"rest\", \(builder.bind(.text(pattern.text))))"
    }

    // MARK: Values

    /// An expression for one value.
    private struct Operand: CustomStringConvertible {
        let text: String
        /// Whether it is a value without a type: text that may be a number, a date or an address.
        let isOpen: Bool
        var description: String { text }
        var lowercased: Operand { Operand(text: "lower(\(text))", isOpen: isOpen) }
    }

    /// The test for one of the values of a list.
    func any(
        of list: String, isOpen: Bool = false, _ test: FieldTest, _ builder: inout SQLBuilder
    ) -> String {
        if case .isPresent = test { return "list_count(\(list)) > 0" }
        if case .equals(let values, .exact) = test, let texts = values.texts(isOpen: isOpen) {
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
            return "\(Native.address.rawValue)(\(value)) BETWEEN \(lowest) AND \(highest)"
        }
    }

    private func equals(_ wanted: [FieldValue], of value: Operand, _ builder: inout SQLBuilder) -> String {
        var operand = "\(value)"
        var names: [String] = []
        for wanted in wanted {
            let (side, name) = sides(value, wanted, &builder)
            operand = side
            names.append(name)
        }
        return names.count == 1 ? "\(operand) = \(names[0])" : "\(operand) IN (\(names.joined(separator: ", ")))"
    }

    private func sql(_ range: ValueRange, of value: Operand, _ builder: inout SQLBuilder) -> String {
        var parts: [String] = []
        for (bound, sign) in [(range.lower, ">"), (range.upper, "<")] {
            guard let bound else { continue }
            let comparison = sign + (bound.isInclusive ? "=" : "")
            // The order of addresses is not the order of their texts.
            if case .ip(let address) = bound.value {
                let digits = builder.bind(.text(address.sortableText))
                parts.append("\(Native.address.rawValue)(\(value)) \(comparison) \(digits)")
            } else {
                let (side, name) = sides(value, bound.value, &builder)
                parts.append("\(side) \(comparison) \(name)")
            }
        }
        return parts.joined(separator: " AND ")
    }

    /// The two sides of a comparison. A value without a type is first read as what it is compared with.
    private func sides(
        _ value: Operand, _ wanted: FieldValue, _ builder: inout SQLBuilder
    ) -> (value: String, wanted: String) {
        guard value.isOpen else { return ("\(value)", builder.bind(parameter(wanted))) }
        switch wanted {
        case .text(let text): return ("\(value)", builder.bind(.text(text)))
        case .boolean(let flag): return ("\(value)", builder.bind(.text(String(flag))))
        case .integer(let number): return ("\(Native.number.rawValue)(\(value))", builder.bind(.double(Double(number))))
        case .double(let number): return ("\(Native.number.rawValue)(\(value))", builder.bind(.double(number)))
        case .date(let moment): return ("\(Native.moment.rawValue)(\(value))", builder.bind(.timestamp(moment)))
        case .ip(let address):
            return ("\(Native.address.rawValue)(\(value))", builder.bind(.text(address.sortableText)))
        }
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
        case .glob(let pattern, .exact): return Self.glob(pattern, of: value.text, &builder)
        case .glob(let pattern, .ignored): return Self.glob(pattern.lowercased, of: value.lowercased.text, &builder)
        case .phrase(let words):
            return "contains(docket_words(\(value)), \(builder.bind(.text(Words.spaced(words)))))"
        case .word(let pattern):
            let words = "string_split(docket_words(\(value)), ' ')"
            let fits = Self.glob(pattern, of: "word", &builder)
            return "len([word for word in \(words) if \(fits)]) > 0"
        }
    }

    /// The three common shapes have a function of their own, which is quicker; the rest is a `LIKE`.
    private static func glob(_ pattern: Wildcard, of value: String, _ builder: inout SQLBuilder) -> String {
        let pieces = pattern.pieces
        func bound(_ text: String) -> String { builder.bind(.text(text)) }
        switch (pieces.count, pieces[0].isEmpty, pieces[pieces.count - 1].isEmpty) {
        case (2, false, true): return "starts_with(\(value), \(bound(pieces[0])))"
        case (2, true, false): return "ends_with(\(value), \(bound(pieces[1])))"
        case (3, true, true): return "contains(\(value), \(bound(pieces[1])))"
        default:
            let like = pieces.map(escapedForLike).joined(separator: "%")
            return "\(value) LIKE \(bound(like)) ESCAPE '\\'"
        }
    }

    /// The same for a pattern that may ask for single characters.
    static func like(_ pattern: LikePattern, of value: String, _ builder: inout SQLBuilder) -> String {
        var pieces = [""]
        var hasOne = false
        var text = ""
        for piece in pattern.pieces {
            switch piece {
            case .text(let plain):
                pieces[pieces.count - 1] += plain
                text += escapedForLike(plain)
            case .run:
                pieces.append("")
                text += "%"
            case .one:
                hasOne = true
                text += "_"
            }
        }
        if hasOne { return "\(value) LIKE \(builder.bind(.text(text))) ESCAPE '\\'" }
        if pieces.count == 1 { return "\(value) = \(builder.bind(.text(pieces[0])))" }
        return glob(Wildcard(pieces), of: value, &builder)
    }

    private static func escapedForLike(_ text: String) -> String {
        ["\\", "%", "_"].reduce(text) { $0.replacing($1, with: "\\" + $1) }
    }
}

extension NamePattern {
    fileprivate static let all = NamePattern(Wildcard(["", ""]))
}

extension [FieldValue] {
    /// The values as texts, if they are stored as texts.
    fileprivate func texts(isOpen: Bool) -> [String]? {
        var texts: [String] = []
        for value in self {
            switch value {
            case .text: texts.append(value.text)
            case .ip where !isOpen: texts.append(value.text)
            default: return nil
            }
        }
        return texts
    }
}
