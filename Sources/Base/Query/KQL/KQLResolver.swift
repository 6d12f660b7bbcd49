import Events
import Platform

/// Turns a tree of KQL into a filter: finds the fields, and leaves what is asked of them to ``KQLTest``.
struct KQLResolver {
    let source: SourceText
    let schema: FieldSchema
    let now: Timestamp
    let options: KQLOptions
    private(set) var warnings: [QueryError] = []
    /// Whether names are those of an object.
    private var isInObject = false

    init(source: SourceText, schema: FieldSchema, now: Timestamp, options: KQLOptions) {
        self.source = source
        self.schema = schema
        self.now = now
        self.options = options
    }

    mutating func filter(for expression: KQLExpression) throws(QueryError) -> Filter {
        switch expression.form {
        case .everything: return .everything
        case .all(let parts): return .allOf(try filters(for: parts))
        case .any(let parts): return .anyOf(try filters(for: parts))
        case .not(let part): return .notOf(try filter(for: part))
        case .object(let path, let inner): return try object(path, inner, expression.span)
        case .match(let field, let value): return try test(field, .match, value)
        case .compare(let field, let comparison, let value): return try test(field, .compare(comparison), value)
        case .freeText(let value): return freeText(value)
        }
    }

    private mutating func filters(for parts: [KQLExpression]) throws(QueryError) -> [Filter] {
        var filters: [Filter] = []
        for part in parts { filters.append(try filter(for: part)) }
        return filters
    }

    /// Objects are kept where values are kept as JSON. Elsewhere braces find nothing, as in Elastic on a field that is
    /// not `nested`.
    private mutating func object(
        _ path: KQLLiteral, _ inner: KQLExpression, _ span: SourceSpan
    ) throws(QueryError) -> Filter {
        guard let place = objectPath(path) else {
            let remark = QueryError(
                "`\(path.text)` holds no objects of its own, so braces find nothing", at: span, in: source,
                hint: "write `\(path.text).name: value`")
            guard options.dialect == .kibana else { throw remark }
            warnings.append(remark)
            return .nothing
        }
        let wasInObject = isInObject
        isInObject = true
        defer { isInObject = wasInObject }
        let filter = try filter(for: inner)
        return filter == .nothing ? .nothing : .object(place, filter)
    }

    private func objectPath(_ path: KQLLiteral) -> ObjectPath? {
        if case .pattern = path.form { return nil }
        return isInObject
            ? .attribute(path.text) : schema.objectPath(path.text, isOpen: options.dialect == .kibana)
    }

    private mutating func test(
        _ field: KQLLiteral, _ question: KQLTest.Question, _ value: KQLLiteral
    ) throws(QueryError) -> Filter {
        if case .pattern(let pattern) = field.form {
            if pattern.isEverything, question == .match { return freeText(value) }
            return tests(on: pattern, question, value)
        }
        let (reference, type) = resolve(field)
        if case .null = value.form {
            warn("`null` does not find missing values", value, hint: "write `not \(field.text): *`")
        }
        let test = KQLTest(type: type, question: question, value: value, options: options, now: now)
        switch test.resolved() {
        case .success(.always(let isTrue)): return isTrue ? .field(reference, .isPresent) : .nothing
        case .success(.anyOf(let tests)): return .anyOf(tests.map { .field(reference, $0) })
        case .failure(let problem):
            throw QueryError(problem.message(field: field.text), at: value.span, in: source, hint: problem.hint)
        }
    }

    /// A wildcard in the name asks all fields that fit. Those that cannot hold the value are passed over.
    private func tests(on names: Wildcard, _ question: KQLTest.Question, _ value: KQLLiteral) -> Filter {
        var references: [(FieldReference, FieldType?)] = []
        for field in schema.fields where !isInObject {
            if field.type == .flattened {
                if let members = schema.members(of: field, matching: names) { references.append((members, nil)) }
            } else if field.fits(names) {
                references.append((.column(field), field.type))
            }
        }
        references.append((.attributes(names), nil))
        var parts: [Filter] = []
        for (reference, type) in references {
            let test = KQLTest(type: type, question: question, value: value, options: options, now: now)
            switch test.resolved() {
            case .success(.always(true)): parts.append(.field(reference, .isPresent))
            case .success(.anyOf(let tests)): parts += tests.map { .field(reference, $0) }
            case .success(.always(false)), .failure: continue
            }
        }
        return .anyOf(parts)
    }

    private mutating func freeText(_ value: KQLLiteral) -> Filter {
        switch value.form {
        case .pattern(let pattern): pattern.isEverything ? .everything : .anyOf(pattern.textTests.map(Filter.anywhere))
        case .quoted(let text):
            Words.split(text).isEmpty ? .nothing : .anywhere(.phrase(Words.split(text)))
        default:
            // Split at spaces alone: who looks for `someone@example.com` does not mean everybody at example.com.
            .anyOf(
                value.text.split(whereSeparator: \.isWhitespace).map { Words.split(String($0)) }
                    .filter { !$0.isEmpty }.map { .anywhere(.phrase($0)) })
        }
    }

    /// - Returns: no type for an open attribute.
    private mutating func resolve(_ field: KQLLiteral) -> (FieldReference, FieldType?) {
        let name = field.text
        if isInObject { return (.attribute(name), nil) }
        if let known = schema.reference(to: name) { return known }
        if let near = schema.nearestName(to: name) {
            warn("no field is called `\(name)`", field, hint: "did you mean `\(near)`?")
        }
        return (.attribute(name), nil)
    }

    private mutating func warn(_ message: String, _ literal: KQLLiteral, hint: String) {
        warnings.append(QueryError(message, at: literal.span, in: source, hint: hint))
    }
}
