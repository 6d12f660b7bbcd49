public import Events

extension FieldType {
    /// Whether free text looks into it.
    var isSearchable: Bool { self == .keyword || self == .text || self == .ip }
}

/// A field that is known by name.
public struct Field: Sendable, Hashable {
    /// The full dotted name, which is also the name of the column.
    public let name: String
    public let type: FieldType
    public let isMultiValued: Bool
    /// Other names under which queries may ask for it.
    public let aliases: [String]
    /// The data streams that fill it.
    public let streams: [String]

    public init(
        _ name: String, _ type: FieldType, isMultiValued: Bool = false, aliases: [String] = [], streams: [String] = []
    ) {
        self.name = name
        self.type = type
        self.isMultiValued = isMultiValued
        self.aliases = aliases
        self.streams = streams
    }

    /// Whether its name, or one of its aliases, fits.
    func fits(_ pattern: Wildcard) -> Bool { pattern.matches(name) || aliases.contains { pattern.matches($0) } }
}

/// The fields that a query can name.
public struct FieldSchema: Sendable {
    /// In the order they were given, which is the order in which a wildcard finds them.
    public let fields: [Field]
    private let places: [String: Int]

    /// - Parameter fields: where two share a name or alias, a name wins over an alias, and the first wins.
    public init(_ fields: [Field]) {
        self.fields = fields
        var places: [String: Int] = [:]
        for (place, field) in fields.enumerated() where places[field.name] == nil { places[field.name] = place }
        for (place, field) in fields.enumerated() {
            for alias in field.aliases where places[alias] == nil { places[alias] = place }
        }
        self.places = places
    }

    /// All fields of a catalog.
    public init(_ catalog: FieldCatalog) {
        self.init(
            catalog.fields.map { field in
                Field(
                    field.name, field.type, isMultiValued: field.isMany, aliases: field.aliases,
                    streams: field.streams.map(\.text))
            })
    }

    /// The field with this name or alias.
    public func field(named name: String) -> Field? { places[name].map { fields[$0] } }

    /// The flattened field that this name lies in, and the rest of the name: `a.b` and `.c.d` for `a.b.c.d`.
    public func flattenedField(holding name: String) -> (field: Field, rest: Substring)? {
        var prefix = name[...]
        while let dot = prefix.lastIndex(of: ".") {
            prefix = prefix[..<dot]
            if let field = field(named: String(prefix)), field.type == .flattened { return (field, name[dot...]) }
        }
        return nil
    }

    /// The members of a flattened field that a wildcard over names asks for; `nil` if none can fit.
    func members(of field: Field, matching pattern: Wildcard) -> FieldReference? {
        if field.fits(pattern) { return .members(field, Wildcard(["", ""])) }
        let start = pattern.pieces[0]
        return start.hasPrefix(field.name + ".") || (field.name + ".").hasPrefix(start)
            ? .members(field, pattern) : nil
    }

    /// The known name that was probably meant: one with a small typing error, or one that ends like it.
    public func nearestName(to name: String) -> String? {
        if let near = Nearness.nearest(to: name, among: places.keys.sorted()) { return near }
        let endings = fields.filter { $0.name.hasSuffix(".\(name)") }
        return endings.count == 1 ? endings[0].name : nil
    }
}
