import Events

extension EQLTest {
    /// A filter for the store that lets through every event for which this holds, and perhaps some more.
    var filter: Filter { bounds.above }

    /// Above: at least the events for which this holds. Below: none for which it is false.
    ///
    /// Below a `not` the two change places, so that what no filter can say makes the result larger, never smaller.
    private var bounds: (above: Filter, below: Filter) {
        switch self {
        case .constant(let answer):
            // What is neither true nor false does not hold, and neither does its opposite.
            return (answer == true ? .everything : .nothing, answer == false ? .nothing : .everything)
        case .all(let parts):
            return (.allOf(parts.map(\.bounds.above)), .allOf(parts.map(\.bounds.below)))
        case .any(let parts):
            return (.anyOf(parts.map(\.bounds.above)), .anyOf(parts.map(\.bounds.below)))
        case .not(let part):
            let inner = part.bounds
            return (.notOf(inner.below), .notOf(inner.above))
        case .isNull(.field(let reference)):
            let missing = Filter.notOf(.field(reference, .isPresent))
            return (missing, missing)
        case .holds(.field(let reference), let test) where Self.isExact(reference, test):
            return (.field(reference, test), .field(reference, test))
        case .matches(.field(let reference), .globs(let globs)) where Self.hasTexts(reference):
            return (.anyOf(globs.map { .field(reference, $0.wider) }), .nothing)
        case .holds, .matches, .isNull: return (.everything, .nothing)
        }
    }

    /// Whether the store answers it as the evaluator does.
    private static func isExact(_ reference: FieldReference, _ test: FieldTest) -> Bool {
        switch test {
        case .isPresent: true
        case .text: hasTexts(reference)
        case .equals(let values, let letters):
            letters == .ignored ? hasTexts(reference) : values.allSatisfy { fits($0, reference) }
        case .isWithin(let range):
            [range.lower, range.upper].allSatisfy { bound in bound.map { fits($0.value, reference) } ?? true }
        case .isInNetwork: true
        }
    }

    /// Whether a value can be compared with those of a field as they are kept. SQL would change the one into the other.
    private static func fits(_ value: FieldValue, _ reference: FieldReference) -> Bool {
        guard case .column(let field) = reference else { return true }
        return switch (field.type, value) {
        case (.keyword, .text), (.text, .text), (.boolean, .boolean), (.date, .date), (.ip, .ip): true
        case (.long, .integer), (.long, .double), (.double, .integer), (.double, .double): true
        default: false
        }
    }

    /// Whether the values of a field are kept as texts.
    private static func hasTexts(_ reference: FieldReference) -> Bool {
        guard case .column(let field) = reference else { return true }
        return field.type == .keyword || field.type == .text || field.type == .ip
    }
}
