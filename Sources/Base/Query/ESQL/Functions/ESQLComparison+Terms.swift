/// `== != < <= > >=`, `IN`, `LIKE`, `RLIKE`, `IS NULL`, `AND`, `OR` and `NOT`.
extension ESQLContext {
    func comparison(
        _ sign: ESQLComparison, _ left: ESQLTerm, _ right: ESQLTerm, at span: SourceSpan
    ) throws(QueryError) -> ESQLTerm {
        var (left, right) = (left, right)
        try unify(&left, &right)
        let isEquality = sign == .equal || sign == .notEqual
        let allowed: ESQLTypes = isEquality ? .anything : [.number, .string, .date, .ip, .version]
        let text = source.text(span)
        for (term, which) in [(left, "first"), (right, "second")] where !allowed.holds(term.type) {
            throw QueryError(
                "\(which) argument of [\(text)] must be [\(isEquality ? "boolean, " : "")numeric, date, keyword, ip or version], "
                    + "found value [\(source.text(term.span))] type [\(term.type.messageName)]",
                at: span, in: source)
        }
        try agree(left, right, text, span)
        let kernel = Self.kernel(sign, isVersion: left.type == .version, left.type, right.type)
        return operated(sign.rawValue, .two(kernel), [left, right], .boolean, at: span)
    }

    /// A constant text beside a date, an address, a version or a boolean becomes one.
    private func unify(_ left: inout ESQLTerm, _ right: inout ESQLTerm) throws(QueryError) {
        if let converted = try converted(left, toTypeOf: right) { left = converted }
        if let converted = try converted(right, toTypeOf: left) { right = converted }
    }

    private func converted(_ term: ESQLTerm, toTypeOf other: ESQLTerm) throws(QueryError) -> ESQLTerm? {
        switch other.type {
        case .date, .dateNanos, .ip, .version, .boolean: try converted(term, to: ESQLTypes(other.type))
        default: nil
        }
    }

    private func agree(
        _ left: ESQLTerm, _ right: ESQLTerm, _ text: String, _ span: SourceSpan
    ) throws(QueryError) {
        if left.type.isNumber, right.type.isNumber, (left.type == .unsignedLong) != (right.type == .unsignedLong) {
            throw mixed(left, right, text, span)
        }
        guard left.type.joined(with: right.type) == nil else { return }
        let wanted = left.type.isNumber ? "numeric" : left.type.isText ? "keyword" : left.type.messageName
        throw QueryError(
            "first argument of [\(text)] is [\(left.type.isNumber ? "numeric" : left.type.computed.messageName)] so second argument must also be [\(wanted)] "
                + "but was [\(right.type.messageName)]", at: span, in: source,
            hint: castHint(right.type, left.type.isText ? .string : left.type.isNumber ? .number : ESQLTypes(left.type))
        )
    }

    private static func kernel(
        _ sign: ESQLComparison, isVersion: Bool, _ left: ESQLType, _ right: ESQLType
    ) -> ESQLKernel.Two {
        let order: @Sendable (ESQLValue, ESQLValue) -> Int
        if isVersion {
            order = { ESQLVersion.order($0.string, $1.string) }
        } else if left.isDate, right.isDate, left != right {
            order = { first, second in
                let first = Int128(first.whole) * (left == .date ? 1_000_000 : 1)
                let second = Int128(second.whole) * (right == .date ? 1_000_000 : 1)
                return first < second ? -1 : first == second ? 0 : 1
            }
        } else {
            order = { $0.order(against: $1) }
        }
        return switch sign {
        case .equal where !isVersion && left == right: { .boolean($0 == $1) }
        case .notEqual where !isVersion && left == right: { .boolean($0 != $1) }
        case .equal, .insensitiveEqual: { .boolean(order($0, $1) == 0) }
        case .notEqual: { .boolean(order($0, $1) != 0) }
        case .less: { .boolean(order($0, $1) < 0) }
        case .atMost: { .boolean(order($0, $1) <= 0) }
        case .greater: { .boolean(order($0, $1) > 0) }
        case .atLeast: { .boolean(order($0, $1) >= 0) }
        }
    }

    // MARK: Lists

    func isIn(_ term: ESQLTerm, _ list: [ESQLTerm], at span: SourceSpan) throws(QueryError) -> ESQLTerm {
        var term = term
        var parts: [ESQLTerm] = []
        if term.type == .keyword, term.constant != nil {
            if let typed = list.first(where: { $0.type != .keyword && $0.type != .null }) {
                var typed = typed
                try unify(&term, &typed)
            }
        }
        for (place, part) in list.enumerated() {
            var part = part
            try unify(&term, &part)
            guard term.type.joined(with: part.type) != nil else {
                throw QueryError(
                    "\(Self.ordinal(place + 1)) argument of [\(source.text(span))] must be [\(term.type.messageName)], "
                        + "found value [\(source.text(part.span))] type [\(part.type.messageName)]", at: span,
                    in: source)
            }
            parts.append(part)
        }
        // Numbers of different types are not the same value, so all of them become the widest.
        let type = parts.reduce(term.type) { $0.joined(with: $1.type) ?? $0 }
        if type == .double || type == .dateNanos || type == .version {
            term = widened(term, to: type)
            parts = parts.map { widened($0, to: type) }
        }
        if term.type == .null { return ESQLTerm(.constant(.null), .boolean, at: span) }
        return folded(ESQLTerm(.isIn(term, parts), .boolean, at: span))
    }

    private static func ordinal(_ number: Int) -> String {
        let ending =
            switch (number % 100, number % 10) {
            case (11...13, _): "th"
            case (_, 1): "st"
            case (_, 2): "nd"
            case (_, 3): "rd"
            default: "th"
            }
        return "\(number)\(ending)"
    }

    /// Numbers and dates in the form of a wider type.
    func widened(_ term: ESQLTerm, to type: ESQLType) -> ESQLTerm {
        guard term.type != type, term.type != .null else { return term }
        let kernel: ESQLKernel.One
        switch (term.type, type) {
        case (.integer, .double), (.long, .double): kernel = { .double($0.number) }
        case (.date, .dateNanos):
            kernel = { .integer($0.whole.multipliedReportingOverflow(by: 1_000_000).partialValue) }
        default: return ESQLTerm(term.form, type, mayBeMany: term.mayBeMany, at: term.span)
        }
        let call = ESQLCall(
            name: "TO_\(type.rawValue.uppercased())", reach: .each, kernel: .one(kernel), arguments: [term])
        return folded(ESQLTerm(.call(call), type, mayBeMany: term.mayBeMany, at: term.span))
    }

    // MARK: Patterns

    func like(
        _ term: ESQLTerm, _ patterns: [ESQLTerm], isRegular: Bool, at span: SourceSpan
    ) throws(QueryError) -> ESQLTerm {
        guard ESQLTypes.string.holds(term.type) else {
            throw QueryError(
                "argument of [\(source.text(span))] must be [string], found value [\(source.text(term.span))] type "
                    + "[\(term.type.messageName)]", at: span, in: source, hint: castHint(term.type, .string))
        }
        var matchers: [ESQLMatcher] = []
        for pattern in patterns {
            guard case .text(let text) = pattern.constant ?? .null else {
                throw QueryError(
                    "a pattern of \(isRegular ? "RLIKE" : "LIKE") is a constant text, found [\(source.text(pattern.span))]",
                    at: pattern.span, in: source)
            }
            matchers.append(try isRegular ? .regular(text, pattern.span, source) : .like(text, pattern.span, source))
        }
        if term.type == .null { return ESQLTerm(.constant(.null), .boolean, at: span) }
        let kernel: ESQLKernel.One = { [matchers] value in
            .boolean(matchers.contains { $0.matches(value.string) })
        }
        return operated(isRegular ? "RLIKE" : "LIKE", .one(kernel), [term] + patterns, .boolean, at: span)
    }

    /// Whether a constant pattern fits every text.
    func fitsAll(_ pattern: ESQLTerm, isRegular: Bool) -> Bool {
        guard case .text(let text) = pattern.constant ?? .null else { return false }
        return isRegular ? text == ".*" : !text.isEmpty && text.utf8.allSatisfy { $0 == UInt8(ascii: "*") }
    }

    // MARK: Logic

    /// A part of `AND`, `OR`, `NOT` or a `WHERE`.
    func condition(_ term: ESQLTerm) throws(QueryError) -> ESQLTerm {
        if term.type == .boolean || term.type == .null { return term }
        throw QueryError(
            "Condition expression needs to be boolean, found [\(term.type.rawValue.uppercased())]", at: term.span,
            in: source)
    }

    /// Parts of `AND`, `OR` and `NOT`.
    ///
    /// - Parameter span: of all of it.
    func operands(_ parts: [ESQLTerm], at span: SourceSpan) throws(QueryError) -> [ESQLTerm] {
        var terms: [ESQLTerm] = []
        for (place, part) in parts.enumerated() {
            if part.type == .boolean || part.type == .null {
                terms.append(part)
            } else if let converted = try converted(part, to: .boolean) {
                terms.append(converted)
            } else {
                // Two at a time, from the left, as they are read.
                let text = parts.count > 2 ? parts[0].span.joined(with: parts[max(1, place)].span) : span
                let which = parts.count == 1 ? "" : place == 0 ? "first " : "second "
                throw QueryError(
                    "\(which)argument of [\(source.text(text))] must be [boolean], found value "
                        + "[\(source.text(part.span))] type [\(part.type.messageName)]", at: span, in: source)
            }
        }
        return terms
    }
}

/// A pattern of `LIKE` or `RLIKE`.
enum ESQLMatcher: Sendable {
    case wildcard(LikePattern)
    case expression(LuceneRegex)

    static func like(_ text: String, _ span: SourceSpan, _ source: SourceText) throws(QueryError) -> ESQLMatcher {
        do throws(RegexError) {
            return .wildcard(try LikePattern(text))
        } catch {
            throw QueryError("[LIKE] pattern: \(error.message)", at: span, in: source)
        }
    }

    static func regular(_ text: String, _ span: SourceSpan, _ source: SourceText) throws(QueryError) -> ESQLMatcher {
        do throws(RegexError) {
            return .expression(try LuceneRegex(text))
        } catch {
            throw QueryError("[RLIKE] pattern: \(error.message)", at: span, in: source)
        }
    }

    func matches(_ text: String) -> Bool {
        switch self {
        case .wildcard(let pattern): pattern.matches(text)
        case .expression(let pattern): pattern.matches(text)
        }
    }
}
