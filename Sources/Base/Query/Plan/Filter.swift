/// A question to one event that is answered by yes or no: what a KQL text means, free of its syntax and of
/// the engine that answers it.
///
/// - Any value: a field may have several values. A test holds if it holds for at least one of them, and
///   each test is asked alone: `f > 1 and f < 5` holds for the values 0 and 9.
/// - Missing: a field without values passes no test, so `not` of a test holds for it. There is no third
///   answer: of a filter and its `not`, exactly one holds for every event.
/// - Letters: keywords are compared byte by byte, words of text without regard to case.
public indirect enum Filter: Sendable, Hashable {
    case everything
    case nothing
    /// - Shape: two or more, none of them `all`, `everything` or `nothing`, if made by ``allOf(_:)``.
    case all([Filter])
    /// - Shape: two or more, none of them `any`, `everything` or `nothing`, if made by ``anyOf(_:)``.
    case any([Filter])
    case not(Filter)
    case field(FieldReference, FieldTest)
    /// One of the objects there is such that all of this holds for it. Names inside are relative, and refer to open
    /// attributes: nobody knows what objects hold.
    case object(ObjectPath, Filter)
    /// Free text: the test holds for a value of any keyword, text or ip field, or of any open attribute.
    case anywhere(TextTest)

    /// All of these hold, said in the shortest way.
    public static func allOf(_ parts: [Filter]) -> Filter {
        var kept: [Filter] = []
        for part in parts {
            switch part {
            case .everything: continue
            case .nothing: return .nothing
            case .all(let inner): kept += inner
            default: kept.append(part)
            }
        }
        return kept.isEmpty ? .everything : kept.count == 1 ? kept[0] : .all(kept)
    }

    /// One of these holds, said in the shortest way. Values that one field is compared with become one list.
    public static func anyOf(_ parts: [Filter]) -> Filter {
        var kept: [Filter] = []
        var lists: [FieldReference: Int] = [:]
        func keep(_ part: Filter) {
            guard case .field(let field, .equals(let values, let letters)) = part else { return kept.append(part) }
            if let place = lists[field], case .field(_, .equals(let known, letters)) = kept[place] {
                let new = values.filter { !known.contains($0) }
                kept[place] = .field(field, .equals(known + new, letters))
            } else {
                lists[field] = kept.count
                kept.append(part)
            }
        }
        for part in parts {
            switch part {
            case .nothing: continue
            case .everything: return .everything
            case .any(let inner): inner.forEach(keep)
            default: keep(part)
            }
        }
        return kept.isEmpty ? .nothing : kept.count == 1 ? kept[0] : .any(kept)
    }

    /// The opposite, said in the shortest way.
    public static func notOf(_ part: Filter) -> Filter {
        switch part {
        case .everything: .nothing
        case .nothing: .everything
        case .not(let inner): inner
        default: .not(part)
        }
    }
}
