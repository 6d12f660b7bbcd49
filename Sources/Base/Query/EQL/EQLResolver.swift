import Events
public import Platform

extension EQLQuery {
    /// What the query asks of the fields of a schema.
    ///
    /// - Parameter now: what `now` means in dates.
    /// - Throws: a field that nobody knows, or a value that its type cannot hold.
    public func resolved(
        schema: FieldSchema, now: Timestamp, _ options: EQLOptions = .init()
    ) throws(QueryError) -> EQLPlan {
        var resolver = EQLResolver(source: source, schema: schema, now: now, options: options)
        let form = try resolver.form(form)
        return EQLPlan(
            text: description, form: form, pipes: pipes, order: try resolver.order(), warnings: resolver.warnings)
    }
}

/// Turns a tree of EQL into a plan: finds the fields, works out the constants, and says what does not suit.
struct EQLResolver {
    let source: SourceText
    let schema: FieldSchema
    let now: Timestamp
    let options: EQLOptions
    private(set) var warnings: [QueryError] = []

    init(source: SourceText, schema: FieldSchema, now: Timestamp, options: EQLOptions) {
        self.source = source
        self.schema = schema
        self.now = now
        self.options = options
    }

    /// The order by fields of its own that was asked for.
    func order() throws(QueryError) -> EQLOrder? {
        guard options.timestampField != nil || options.tiebreakerField != nil else { return nil }
        return EQLOrder(
            timestamp: try options.timestampField.map { (name) throws(QueryError) in
                try reference(to: name, "timestamp_field", holding: [.date])
            },
            tiebreaker: try options.tiebreakerField.map { (name) throws(QueryError) in
                try reference(to: name, "tiebreaker_field", holding: [.date, .number, .text, .address, .boolean])
            })
    }

    private func reference(
        to name: String, _ option: String, holding kinds: Set<EQLKind>
    ) throws(QueryError) -> FieldReference {
        guard let known = schema.reference(to: name) else {
            throw error(
                "no field is called `\(name)`, as `\(option)` says", at: SourceSpan(0, 0),
                hint: schema.nearestName(to: name).map { "did you mean `\($0)`?" })
        }
        guard kinds.contains(EQLKind(known.type)) else {
            throw error("`\(name)` gives events no order, as `\(option)` wants", at: SourceSpan(0, 0))
        }
        return known.reference
    }

    // MARK: Forms

    mutating func form(_ form: EQLQuery.Form) throws(QueryError) -> EQLPlan.Form {
        switch form {
        case .event(let filter): return .event(EQLCondition(test: try test(filter), keys: []))
        case .sample(let keys, let terms):
            var conditions: [EQLCondition] = []
            for term in terms { conditions.append(try condition(term, keys)) }
            try checkKeys(terms)
            return .sample(conditions)
        case .sequence(let sequence): return .sequence(try self.sequence(sequence))
        }
    }

    private mutating func sequence(_ form: EQLSequenceForm) throws(QueryError) -> EQLSequence {
        var conditions: [EQLCondition] = []
        var terms: [(condition: Int, isMissing: Bool)] = []
        for term in form.terms {
            conditions.append(try condition(term, form.keys))
            for _ in 0..<term.runs { terms.append((conditions.count - 1, term.isMissing)) }
        }
        if let until = form.until { conditions.append(try condition(until, form.keys)) }
        try checkKeys(form.terms + [form.until].compactMap(\.self))
        return EQLSequence(
            conditions: conditions, terms: terms, until: form.until.map { _ in conditions.count - 1 },
            maxspan: form.maxspan)
    }

    private mutating func condition(_ term: EQLTerm, _ shared: [EQLExpression]) throws(QueryError) -> EQLCondition {
        var keys: [EQLKey] = []
        for key in shared + term.keys {
            let (node, _) = try node(key)
            if node.constant != nil { throw error("all events share a constant", at: key.span, hint: "name a field") }
            let isOptional = if case .field(_, true) = key.form { true } else { false }
            keys.append(EQLKey(node: node, isOptional: isOptional))
        }
        return EQLCondition(test: try test(term.filter), keys: keys)
    }

    /// Values of different kinds are never the same key.
    private mutating func checkKeys(_ terms: [EQLTerm]) throws(QueryError) {
        guard let first = terms.first else { return }
        for term in terms.dropFirst() {
            for (key, expected) in zip(term.keys, first.keys) {
                let (kind, wanted) = (try node(key).kind, try node(expected).kind)
                guard !kind.suits(wanted), !wanted.suits(kind) else { continue }
                throw error(
                    "`\(key)` is a \(kind.rawValue) and `\(expected)` a \(wanted.rawValue), so no event has the key "
                        + "of another", at: key.span)
            }
        }
    }

    private mutating func test(_ filter: EQLEventFilter) throws(QueryError) -> EQLTest {
        let condition = try test(filter.condition)
        guard let category = filter.category else { return condition }
        guard let field = schema.reference(to: options.categoryField)?.reference else {
            throw error("no field `\(options.categoryField)` holds categories", at: filter.span, hint: "write `any`")
        }
        return .allOf([.holds(.field(field), .equals([.text(category)], options.letters)), condition])
    }

    mutating func warn(_ message: String, at span: SourceSpan, hint: String? = nil) {
        warnings.append(error(message, at: span, hint: hint))
    }

    func error(_ message: String, at span: SourceSpan, hint: String? = nil) -> QueryError {
        QueryError(message, at: span, in: source, hint: hint)
    }
}
