import Codecs

/// Short texts that the mapping writes again and again, kept as bytes and referred to by a number.
struct Labels: Sendable {
    /// A text of the list.
    struct Label: Sendable, Hashable { fileprivate let index: Int }

    private var text: [UInt8] = []
    private var ranges: [ByteRange] = []
    private var known: [String: Label] = [:]

    /// The label of a text; the same for the same text.
    mutating func label(_ name: String) -> Label {
        if let label = known[name] { return label }
        let label = Label(index: ranges.count)
        ranges.append(ByteRange(start: text.count, count: name.utf8.count))
        text += name.utf8
        known[name] = label
        return label
    }

    subscript(label: Label) -> RawSpan {
        @_lifetime(borrow self)
        get {
            let all = unsafe text.span.bytes
            return all[ranges[label.index]]
        }
    }
}
