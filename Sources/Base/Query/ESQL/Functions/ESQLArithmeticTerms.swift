/// `+ - * / %` on numbers, dates and lengths of time.
extension ESQLContext {
    func arithmetic(
        _ sign: Arithmetic, _ left: ESQLTerm, _ right: ESQLTerm, at span: SourceSpan
    ) throws(QueryError) -> ESQLTerm {
        var (left, right) = (left, right)
        if sign == .add || sign == .subtract {
            if left.type.isDate, let span = try converted(right, to: .span) { right = span }
            if right.type.isDate, let span = try converted(left, to: .span) { left = span }
            if right.type.isSpan, let date = try converted(left, to: .date) { left = date }
            if left.type.isSpan, let date = try converted(right, to: .date) { right = date }
            for (one, other) in [(left, right), (right, left)] where one.type.isDate && other.type == .null {
                return ESQLTerm(.constant(.null), one.type, at: span)
            }
            if left.type.isSpan || right.type.isSpan { return try moved(sign, left, right, at: span) }
        }
        let text = source.text(span)
        for (term, which) in [(left, "first"), (right, "second")] where !ESQLTypes.number.holds(term.type) {
            if left.type.isDate, right.type.isDate { throw notMoved(sign, left, right, span) }
            throw QueryError(
                "\(which) argument of [\(text)] must be [\(sign == .add || sign == .subtract ? "date_nanos, datetime or numeric" : "numeric")], "
                    + "found value [\(source.text(term.span))] type [\(term.type.messageName)]",
                at: span, in: source, hint: castHint(term.type, .number))
        }
        guard let type = left.type.joined(with: right.type) else { throw mixed(left, right, text, span) }
        if type == .null { return ESQLTerm(.constant(.null), .null, at: span) }
        let kernel: ESQLKernel.Two =
            switch type {
            case .integer: Self.whole(sign, as: Int32.self, "integer")
            case .long: Self.whole(sign, as: Int64.self, "long")
            case .unsignedLong: Self.unsigned(sign)
            default: Self.real(sign)
            }
        return operated(sign.rawValue, .two(kernel), [left, right], type, at: span)
    }

    func mixed(_ left: ESQLTerm, _ right: ESQLTerm, _ text: String, _ span: SourceSpan) -> QueryError {
        QueryError(
            "first argument of [\(text)] is [\(left.type.messageName)] and second is [\(right.type.messageName)]. "
                + "[unsigned_long] can only be operated on together with another [unsigned_long]",
            at: span, in: source, hint: "convert one of them with `::unsigned_long` or `::double`")
    }

    /// An operator has its sign as its name.
    func operated(
        _ name: String, _ kernel: ESQLKernel, _ arguments: [ESQLTerm], _ type: ESQLType, at span: SourceSpan
    ) -> ESQLTerm {
        let call = ESQLCall(name: name, reach: .single, kernel: kernel, arguments: arguments)
        return folded(ESQLTerm(.call(call), type, at: span))
    }

    // MARK: Dates

    private func moved(
        _ sign: Arithmetic, _ left: ESQLTerm, _ right: ESQLTerm, at span: SourceSpan
    ) throws(QueryError) -> ESQLTerm {
        if left.type.isSpan, right.type.isSpan {
            guard let first = left.constant, let second = right.constant, case .span(let first) = first,
                case .span(let second) = second
            else { throw notMoved(sign, left, right, span) }
            let sum = first + (sign == .add ? second : second.negated)
            return ESQLTerm(.constant(.span(sum)), sum.isPeriod ? .datePeriod : .timeDuration, at: span)
        }
        let (date, length) = left.type.isSpan ? (right, left) : (left, right)
        if sign == .subtract, left.type.isSpan, date.type.isDate {
            throw QueryError(
                "[-] arguments are in unsupported order: cannot subtract a [\(date.type.messageName.uppercased())] value "
                    + "[\(source.text(date.span))] from a [\(length.type.rawValue.uppercased())] amount "
                    + "[\(source.text(length.span))]", at: span, in: source)
        }
        if date.type.isDate, length.constant?.isNull == true {
            return ESQLTerm(.constant(.null), date.type, at: span)
        }
        guard date.type.isDate || date.type == .null, !(sign == .subtract && left.type.isSpan),
            case .span(var amount) = length.constant ?? .null
        else { throw notMoved(sign, left, right, span) }
        if date.type == .null { return ESQLTerm(.constant(.null), .null, at: span) }
        if sign == .subtract { amount = amount.negated }
        let unit: Int64 = date.type == .date ? 1 : 1_000_000
        let kernel: ESQLKernel.One = { [amount] (value) throws(ESQLProblem) in
            let moment = value.whole
            let milliseconds = moment.flooredDivision(by: unit)
            let sum = Int128(try ESQLMoment.adding(amount, to: milliseconds))
            guard let result = Int64(exactly: (sum - Int128(milliseconds)) * Int128(unit) + Int128(moment)) else {
                throw .longOverflow
            }
            return .integer(result)
        }
        return operated(sign.rawValue, .one(kernel), [date, length], date.type, at: span)
    }

    private func notMoved(
        _ sign: Arithmetic, _ left: ESQLTerm, _ right: ESQLTerm, _ span: SourceSpan
    ) -> QueryError {
        QueryError(
            "[\(sign.rawValue)] has arguments with incompatible types [\(left.type.messageName)] and "
                + "[\(right.type.messageName)]", at: span, in: source,
            hint: left.type.isDate && right.type.isDate
                ? "the time between two dates is `DATE_DIFF(\"seconds\", a, b)`"
                : "a length of time is added to a date or subtracted from one")
    }

    // MARK: Kernels

    private static func whole<Number: FixedWidthInteger & SignedInteger & Sendable>(
        _ sign: Arithmetic, as number: Number.Type, _ name: String
    ) -> ESQLKernel.Two {
        let overflow = ESQLProblem("\(name) overflow")
        return { (left, right) throws(ESQLProblem) in
            let left = Number(truncatingIfNeeded: left.whole)
            let right = Number(truncatingIfNeeded: right.whole)
            let (result, isOver) = sign.whole(left, right)
            if right == 0, sign.divides { throw ESQLProblem("/ by zero") }
            if isOver, sign == .modulo { return .integer(0) }
            if isOver { throw overflow }
            return .integer(Int64(result))
        }
    }

    private static func unsigned(_ sign: Arithmetic) -> ESQLKernel.Two {
        { (left, right) throws(ESQLProblem) in
            guard case .unsigned(let left) = left, case .unsigned(let right) = right else { return .null }
            let (result, isOver) = sign.whole(left, right)
            if right == 0, sign.divides { throw ESQLProblem("/ by zero") }
            if isOver { throw ESQLProblem("unsigned_long overflow") }
            return .unsigned(result)
        }
    }

    private static func real(_ sign: Arithmetic) -> ESQLKernel.Two {
        { (left, right) throws(ESQLProblem) in
            let (left, right) = (left.number, right.number)
            let result = sign.real(left, right)
            if right == 0, sign.divides { throw ESQLProblem("/ by zero") }
            guard result.isFinite else {
                throw ESQLProblem("not a finite double number: \(ESQLConversion.text(result))")
            }
            return .double(result)
        }
    }

    /// A sign in front.
    func negative(_ term: ESQLTerm, at span: SourceSpan) throws(QueryError) -> ESQLTerm {
        if case .span(let length) = term.constant ?? .null {
            return ESQLTerm(.constant(.span(length.negated)), term.type, at: span)
        }
        switch term.type {
        case .null: return ESQLTerm(.constant(.null), .null, at: span)
        case .integer, .long:
            let isInteger = term.type == .integer
            return operated(
                "NEG",
                .one { (value) throws(ESQLProblem) in
                    let (result, isOver) = Int64(0).subtractingReportingOverflow(value.whole)
                    if isOver || (isInteger && Int32(exactly: result) == nil) {
                        throw ESQLProblem("\(isInteger ? "integer" : "long") overflow")
                    }
                    return .integer(result)
                }, [term], term.type, at: span)
        case .double: return operated("NEG", .one { .double(-$0.number) }, [term], .double, at: span)
        default:
            throw QueryError(
                "argument of [\(source.text(span))] must be [numeric, date_period or time_duration], found value "
                    + "[\(source.text(term.span))] type [\(term.type.messageName)]", at: span, in: source)
        }
    }
}
