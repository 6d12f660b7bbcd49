import Codecs

/// The single values inside a JSON value, each under its dotted name.
///
/// `{"host.arch": "arm64"}` and `{"host": {"arch": "arm64"}}` name the same value, and the objects of a list
/// share their names: `[{"type": "a"}, {"type": "b"}]` has two values called `type`.
///
/// - Shape: a text is itself, a number or boolean its JSON text, null and what is empty no value.
/// - Again: one reader for many values keeps its memory.
public struct LeafReader: ~Copyable {
    private var path = ByteBuffer()
    private var text = ByteBuffer()

    public init() {}

    /// Calls `body` with each value whose full name fits.
    ///
    /// - Parameter json: what is no JSON, or is nested too deeply, ends the reading there.
    /// - Parameter name: of the whole value; the names inside follow behind a dot.
    public mutating func read(
        _ json: RawSpan, name: RawSpan, where pattern: borrowing NamePattern, _ body: (RawSpan) -> Void
    ) {
        path.removeAll()
        path.append(name)
        var cursor = JSONCursor(json)
        _ = try? walk(&cursor, json, pattern, 0, body)
    }

    private mutating func walk(
        _ cursor: inout JSONCursor, _ bytes: RawSpan, _ pattern: borrowing NamePattern, _ depth: Int,
        _ body: (RawSpan) -> Void
    ) throws(JSONError) {
        switch try cursor.kind(in: bytes) {
        case .object:
            guard depth < JSONCursor.depthLimit, pattern.mayFit(below: path.bytes) else {
                try cursor.skip(in: bytes)
                return
            }
            var isFirst = true
            try cursor.enterObject(in: bytes)
            let end = path.count
            while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
                path.append(UInt8(ascii: "."))
                key.isEscaped
                    ? JSONText.appendUnescaped(bytes[key.range], to: &path) : path.append(bytes[key.range])
                try walk(&cursor, bytes, pattern, depth + 1, body)
                path.truncate(to: end)
            }
        case .array:
            guard depth < JSONCursor.depthLimit else { throw JSONError(.tooDeep, at: cursor.place) }
            var isFirst = true
            try cursor.enterArray(in: bytes)
            while try cursor.nextElement(in: bytes, isFirst: &isFirst) {
                try walk(&cursor, bytes, pattern, depth + 1, body)
            }
        case .string:
            let value = try cursor.string(in: bytes)
            guard pattern.matches(path.bytes) else { return }
            guard value.isEscaped else { return body(bytes[value.range]) }
            text.removeAll()
            JSONText.appendUnescaped(bytes[value.range], to: &text)
            body(text.bytes)
        case .null: _ = try cursor.word(in: bytes)
        case .number, .true, .false:
            let range = try cursor.skip(in: bytes)
            if pattern.matches(path.bytes) { body(bytes[range]) }
        }
    }
}
