/// SQL about one object, which is JSON in a variable of a list comprehension.
///
/// - Guarantee: true exactly where the filter matches an ``ObjectDocument``.
struct DuckDBObject: SQLDialect {
    /// What stands in front of the names of members.
    private static let root = "o"
    private let variable: String
    private let depth: Int
    private let values: DuckDBDialect

    /// Whether the filter holds for one of a list of objects.
    ///
    /// - Parameter depth: objects around these, so that each has a variable of its own.
    static func sql(
        _ filter: Filter, forOneOf list: String, depth: Int, values: DuckDBDialect, _ builder: inout SQLBuilder
    ) -> String {
        let object = DuckDBObject(variable: "object\(depth)", depth: depth, values: values)
        let condition = object.sql(filter, &builder)
        return "len([\(object.variable) for \(object.variable) in \(list) if \(condition)]) > 0"
    }

    /// The objects of a value in JSON that lie under a name.
    static func list(_ json: String, called name: String, at path: String, _ builder: inout SQLBuilder) -> String {
        let name = builder.bind(.text(name))
        return "\(DuckDBDialect.Native.objects.rawValue)(\(json), \(name), \(builder.bind(.text(path))))"
    }

    func sql(_ field: FieldReference, _ test: FieldTest, _ builder: inout SQLBuilder) -> String {
        switch field {
        case .attribute(let name): any(NamePattern(name: "\(Self.root).\(name)"), test, &builder)
        case .attributes(let pattern):
            any(
                NamePattern(Wildcard(["\(Self.root).\(pattern.pieces[0])"] + pattern.pieces.dropFirst())), test,
                &builder)
        // An object has no fields that a schema knows.
        case .column, .member, .members: "false"
        }
    }

    func sql(_ path: ObjectPath, holding filter: Filter, _ builder: inout SQLBuilder) -> String {
        let list = Self.list(variable, called: Self.root, at: "\(Self.root).\(path.name)", &builder)
        return Self.sql(filter, forOneOf: list, depth: depth + 1, values: values, &builder)
    }

    func sql(anywhere test: TextTest, _ builder: inout SQLBuilder) -> String {
        any(NamePattern(.prefix("")), .text(test), &builder)
    }

    private func any(_ pattern: NamePattern, _ test: FieldTest, _ builder: inout SQLBuilder) -> String {
        let name = builder.bind(.text(Self.root))
        let members =
            "\(DuckDBDialect.Native.members.rawValue)(\(variable), \(name), \(builder.bind(.text(pattern.text))))"
        return values.any(of: members, isOpen: true, test, &builder)
    }
}
