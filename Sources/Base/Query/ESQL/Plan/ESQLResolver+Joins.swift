import Events

extension ESQLResolver {
    mutating func enrich(
        _ name: ESQLName, on field: ESQLName?, with renamings: [ESQLRenaming], _ span: SourceSpan
    ) throws(QueryError) {
        // `_coordinator:policy` says where the work is done, which is here.
        let policyName = name.text.split(separator: ":").last.map(String.init) ?? name.text
        guard let policy = catalog.policy(named: policyName) else {
            let near = Nearness.nearest(to: policyName, among: catalog.policyNames)
            throw error(
                "cannot find enrich policy [\(policyName)]" + (near.map { ", did you mean [\($0)]?" } ?? ""),
                at: name.span)
        }
        let match = field?.text ?? policy.matchField
        let column = try resolved(column: match, at: field?.span ?? span)
        var columns: [(place: Int, number: Int)] = []
        var shown: [ESQLColumn] = []
        let wanted =
            renamings.isEmpty
            ? policy.enrichFields.map { ($0, $0, span) } : renamings.map { ($0.old.text, $0.new.text, $0.old.span) }
        for (old, new, place) in wanted {
            guard policy.enrichFields.contains(old),
                let index = policy.table.columns.firstIndex(where: { $0.name == old })
            else {
                let near = Nearness.nearest(to: old, among: policy.enrichFields)
                throw error(
                    "Enrich field [\(old)] not found in enrich policy [\(policyName)]"
                        + (near.map { ", did you mean [\($0)]?" } ?? ""), at: place)
            }
            let made = self.column(new, policy.table.columns[index].type, mayBeMany: true)
            columns.append((index, made.number))
            shown.append(made)
        }
        guard let place = policy.table.columns.firstIndex(where: { $0.name == policy.matchField }) else { return }
        let term = ESQLTerm(.column(column.number), column.type, mayBeMany: column.mayBeMany, at: field?.span ?? span)
        steps.append(
            .join(
                ESQLJoin(
                    kind: .enrich, table: policy.table, keys: [(term, place)], matchesNetworks: policy.isRange,
                    columns: columns, condition: nil, span: span)))
        scope.append(shown)
    }

    mutating func lookupJoin(
        _ index: ESQLSource, _ conditions: [ESQLExpression], _ span: SourceSpan
    ) throws(QueryError) {
        guard case .pattern(let name, _) = index.form else {
            throw error("LOOKUP JOIN takes one index", at: index.span)
        }
        guard let table = catalog.lookup(named: name) else {
            let near = Nearness.nearest(to: name, among: catalog.lookupNames)
            throw error("Unknown index [\(name)]" + (near.map { ", did you mean [\($0)]?" } ?? ""), at: index.span)
        }
        var keys: [(term: ESQLTerm, place: Int)] = []
        var sameNames: Set<String> = []
        var others: [ESQLExpression] = []
        for condition in conditions.flatMap(\.conjuncts) {
            guard let (left, right) = keyNames(of: condition, in: table) else {
                others.append(condition)
                continue
            }
            guard let place = table.columns.firstIndex(where: { $0.name == right.text }) else {
                let near = Nearness.nearest(to: right.text, among: table.columns.map(\.name))
                throw error(
                    "Unknown column [\(right.text)] in right side of join"
                        + (near.map { ", did you mean [\($0)]?" } ?? ""), at: right.span)
            }
            let column = try resolved(column: left.text, at: left.span)
            let type = table.columns[place].type
            guard column.type.joined(with: type) != nil else {
                throw error(
                    "JOIN left field [\(left.text)] of type [\(column.type.rawValue.uppercased())] is incompatible with "
                        + "right field [\(right.text)] of type [\(type.rawValue.uppercased())]", at: condition.span)
            }
            let term = ESQLTerm(.column(column.number), column.type, mayBeMany: column.mayBeMany, at: left.span)
            keys.append((term, place))
            if left.text == right.text { sameNames.insert(left.text) }
        }
        var columns: [(place: Int, number: Int)] = []
        var shown: [ESQLColumn] = []
        for (place, known) in table.columns.enumerated() where !sameNames.contains(known.name) {
            let column = column(known.name, known.type, mayBeMany: known.mayBeMany)
            columns.append((place, column.number))
            shown.append(column)
        }
        // A join that joins nothing leaves the order as it is.
        let joinsNothing = keys.contains { context.settled($0.term).constant?.isNull == true }
        if let lastSort, !joinsNothing, !lostSorts.contains(lastSort) { lostSorts.append(lastSort) }
        scope.append(shown)
        let condition = try condition(of: others)
        steps.append(
            .join(
                ESQLJoin(
                    kind: .lookup, table: table, keys: keys, matchesNetworks: false, columns: columns,
                    condition: condition, span: span)))
    }

    /// All conditions of a join that are no plain keys, as one.
    private mutating func condition(of parts: [ESQLExpression]) throws(QueryError) -> ESQLTerm? {
        guard let first = parts.first else { return nil }
        var terms: [ESQLTerm] = []
        for part in parts {
            if case .column = part.form {
                throw error(
                    "LOOKUP JOIN joins on fields", at: part.span,
                    hint: "write `ON field`, or `ON left == right AND left >= right`")
            }
            terms.append(try condition(part))
        }
        return terms.count == 1 ? terms[0] : ESQLTerm(.all(terms), .boolean, at: first.span)
    }

    /// `field`, or `left == right`, in any order.
    private func keyNames(of condition: ESQLExpression, in table: ESQLLookup) -> (ESQLName, ESQLName)? {
        switch condition.form {
        case .column(let name):
            let name = ESQLName(text: name, span: condition.span)
            return (name, name)
        case .comparison(.equal, let left, let right):
            guard case .column(let leftName) = left.form, case .column(let rightName) = right.form else { return nil }
            let (one, other) = (
                ESQLName(text: leftName, span: left.span), ESQLName(text: rightName, span: right.span)
            )
            let names = Set(table.columns.map(\.name))
            if !names.contains(other.text), names.contains(one.text) { return (other, one) }
            return (one, other)
        default: return nil
        }
    }
}

extension ESQLExpression {
    /// The parts that all have to hold.
    fileprivate var conjuncts: [ESQLExpression] {
        if case .all(let parts) = form { parts.flatMap(\.conjuncts) } else { [self] }
    }
}
