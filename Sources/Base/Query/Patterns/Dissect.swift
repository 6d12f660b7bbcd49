/// A pattern of `DISSECT`: keys, and between them the texts that separate their values.
///
///     %{client} %{} [%{@timestamp}] "%{verb} %{request}" %{status}
///
/// A value goes on to the next separator. `%{}` and `%{?name}` are passed over, `%{+name}` is put behind the values of
/// the same name, `%{+name/2}` at that place among them, and behind `%{name->}` the separator may stand many times.
///
/// Where a separator stands twice in a row the keys after it are empty, as many as there are separators too much. That
/// the second of two keys may end with another separator does not matter, as in Elasticsearch.
///
/// - Cost: linear in the text, for each separator of the pattern.
/// - Threads: any.
public struct Dissect: Sendable {
    private struct Key: Sendable {
        /// Which of ``names``; `nil` for what is passed over.
        let name: Int?
        /// Its place among the values of its name, where it has one.
        let order: Int?
        let isPadded: Bool
        /// What stands behind the value; nothing at the end of a pattern.
        let separator: ByteSearch
    }

    /// The keys that are kept, in the order in which they first stand in the pattern.
    public let names: [String]
    private let start: ByteSearch
    private let keys: [Key]
    /// For each name whether its values are put together.
    private let isAppended: [Bool]
    private let appendSeparator: String

    /// - Parameter appendSeparator: stands between values of one name that are put together.
    public init(pattern: String, appendSeparator: String = "") throws(RegexError) {
        var reader = try DissectReader(pattern)
        start = ByteSearch(reader.separator())
        var names: [String] = []
        var appended: Set<Int> = []
        var keys: [Key] = []
        while let key = try reader.key() {
            var place: Int?
            if let name = key.name {
                place = names.firstIndex(of: name) ?? names.count
                if place == names.count { names.append(name) }
                if key.isAppended, let place { appended.insert(place) }
            }
            keys.append(
                Key(
                    name: place, order: key.order, isPadded: key.isPadded, separator: ByteSearch(reader.separator())))
        }
        guard !keys.isEmpty else {
            throw RegexError("a pattern of DISSECT has a key; write `%{name}` where a value is", at: 0)
        }
        self.names = names
        self.keys = keys
        self.appendSeparator = appendSeparator
        isAppended = names.indices.map { appended.contains($0) }
    }

    /// The values in the order of ``names``.
    ///
    /// - Returns: `nil` when the text is not as the pattern says.
    public func match(_ text: String) -> [String]? {
        let bytes = text.utf8.span
        guard let values = values(in: bytes) else { return nil }
        var found = [[(order: Int, range: Range<Int>)]](repeating: [], count: names.count)
        for (key, range) in zip(keys, values) {
            guard let name = key.name else { continue }
            // What has no place stands behind what has one.
            let order = key.order ?? Int.max
            if !isAppended[name] { found[name] = [] }
            let place = found[name].firstIndex { $0.order > order } ?? found[name].count
            found[name].insert((order, range), at: place)
        }
        return found.map { $0.map { text.text(at: $0.range) }.joined(separator: appendSeparator) }
    }

    /// Where the value of each key stands.
    private func values(in text: borrowing Span<UInt8>) -> [Range<Int>]? {
        guard text.count > start.count, start.stands(at: 0, in: text) else { return nil }
        var values: [Range<Int>] = []
        var place = start.count
        while values.count < keys.count {
            let separator = keys[values.count].separator
            guard separator.count > 0 else {
                values.append(place..<text.count)
                break
            }
            guard let end = separator.place(in: text, place..<text.count) else { return nil }
            values.append(place..<end)
            place = end + separator.count
            while values.count < keys.count, separator.stands(at: place, in: text) {
                place += separator.count
                if !keys[values.count - 1].isPadded { values.append(place..<place) }
            }
        }
        return values.count == keys.count ? values : nil
    }
}

/// Takes keys and separators off the front of a pattern of `DISSECT`.
private struct DissectReader {
    struct Key {
        /// `nil` for what is passed over.
        let name: String?
        var order: Int?
        var isAppended = false
        let isPadded: Bool
    }

    private var reader: RegexReader

    init(_ pattern: String) throws(RegexError) { reader = try RegexReader(pattern) }

    /// What stands in front of the next key, or the end.
    mutating func separator() -> String {
        var text = String.UnicodeScalarView()
        while let sign = reader.peek(), !(sign == "%" && reader.peek(1) == "{") {
            text.append(sign)
            _ = reader.next()
        }
        return String(text)
    }

    mutating func key() throws(RegexError) -> Key? {
        let offset = reader.offset
        guard reader.take("%{") else { return nil }
        var name = reader.take { $0 != "}" }
        guard reader.take("}") else {
            throw RegexError("this `%{` is not closed; write `}` behind the key", at: offset)
        }
        guard reader.isAtEnd || reader.peek() != "%" || reader.peek(1) != "{" else {
            throw RegexError(
                "nothing stands between two keys; write the text that separates their values", at: reader.offset)
        }
        let isPadded = name.hasSuffix("->")
        if isPadded { name.removeLast(2) }
        switch name.unicodeScalars.first {
        case nil, "?": return Key(name: nil, isPadded: isPadded)
        case "*", "&":
            throw RegexError(
                "`%{\(name)}` is a reference, which ES|QL does not have; write `%{\(name.dropFirst())}`", at: offset)
        case "+":
            name.unicodeScalars.removeFirst()
            var order: Int?
            if let slash = name.unicodeScalars.lastIndex(of: "/") {
                let digits = name.unicodeScalars[name.unicodeScalars.index(after: slash)...]
                guard let number = Int(String(digits)), number >= 0 else {
                    throw RegexError("behind `/` stands a number, as in `%{+name/2}`", at: offset)
                }
                order = number
                name = String(name.unicodeScalars[..<slash])
            }
            guard !name.isEmpty else { throw RegexError("a key that is appended has a name: `%{+name}`", at: offset) }
            return Key(name: name, order: order, isAppended: true, isPadded: isPadded)
        default: return Key(name: name, isPadded: isPadded)
        }
    }
}
