public import Codecs

/// An event that a filter can be asked about without a store.
public protocol FilterDocument {
    /// The values of a field, or of the members and open attributes that the reference names.
    ///
    /// - Shape: null is no value. Values of members and of open attributes are texts, as ``LeafReader`` gives
    ///   them, and so are those that do not suit the type of their field.
    func values(of field: FieldReference) -> [FieldValue]

    /// Every value that free text looks at: of keyword, text and ip fields, of flattened fields, and of open
    /// attributes.
    func searchableTexts() -> [String]

    /// The objects that are kept whole there.
    func objects(at path: ObjectPath) -> [JSONValue]
}

extension FilterDocument {
    /// A document of values alone keeps none.
    public func objects(at path: ObjectPath) -> [JSONValue] { [] }
}

extension Filter {
    /// Whether the filter holds for a document. The same answer as the SQL of a dialect gives.
    public func matches(_ document: some FilterDocument) -> Bool {
        switch self {
        case .everything: true
        case .nothing: false
        case .all(let parts): parts.allSatisfy { $0.matches(document) }
        case .any(let parts): parts.contains { $0.matches(document) }
        case .not(let part): !part.matches(document)
        case .field(let field, let test): document.values(of: field).contains { test.holds(for: $0) }
        case .object(let path, let inner):
            document.objects(at: path).contains { inner.matches(ObjectDocument(object: $0)) }
        case .anywhere(let test): document.searchableTexts().contains { test.holds(for: $0) }
        }
    }
}

extension FieldTest {
    func holds(for value: FieldValue) -> Bool {
        switch self {
        case .isPresent: return true
        case .equals(let wanted, .exact): return wanted.contains { value.order(against: $0) == 0 }
        case .equals(let wanted, .ignored):
            let lower = FieldValue.text(Words.lowercased(value.text))
            return wanted.contains { lower.order(against: .text(Words.lowercased($0.text))) == 0 }
        case .text(let test): return test.holds(for: value.text)
        case .isWithin(let range): return range.contains(value)
        case .isInNetwork(let network): return value.address.map(network.contains) ?? false
        }
    }
}

extension TextTest {
    func holds(for text: String) -> Bool {
        switch self {
        case .glob(let pattern, .exact): pattern.matches(text)
        case .glob(let pattern, .ignored): pattern.lowercased.matches(Words.lowercased(text))
        case .phrase(let words): Wildcard(["", Words.spaced(words), ""]).matches(Words.spaced(Words.split(text)))
        case .word(let pattern): Words.split(text).contains { pattern.matches($0) }
        }
    }
}

extension ValueRange {
    func contains(_ value: FieldValue) -> Bool {
        if let lower {
            guard let order = value.order(against: lower.value), order > 0 || (order == 0 && lower.isInclusive)
            else { return false }
        }
        if let upper {
            guard let order = value.order(against: upper.value), order < 0 || (order == 0 && upper.isInclusive)
            else { return false }
        }
        return true
    }
}
