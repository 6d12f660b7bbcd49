extension EQLPlan {
    /// What the conditions, their keys and the order look at.
    public var references: Set<FieldReference> {
        let order = [order?.timestamp, order?.tiebreaker].compactMap(\.self)
        return conditions.reduce(into: Set(order)) { found, condition in
            condition.test.collect(into: &found)
            for key in condition.keys { key.node.collect(into: &found) }
        }
    }
}

extension EQLTest {
    fileprivate func collect(into found: inout Set<FieldReference>) {
        switch self {
        case .constant: break
        case .all(let parts), .any(let parts): for part in parts { part.collect(into: &found) }
        case .not(let part): part.collect(into: &found)
        case .isNull(let node), .holds(let node, _), .matches(let node, _): node.collect(into: &found)
        }
    }
}

extension EQLNode {
    fileprivate func collect(into found: inout Set<FieldReference>) {
        switch self {
        case .constant: break
        case .field(let reference): found.insert(reference)
        case .call(_, _, let arguments): for argument in arguments { argument.collect(into: &found) }
        case .negative(let inner), .folded(let inner): inner.collect(into: &found)
        case .arithmetic(_, let left, let right):
            left.collect(into: &found)
            right.collect(into: &found)
        case .test(let test): test.collect(into: &found)
        }
    }
}
