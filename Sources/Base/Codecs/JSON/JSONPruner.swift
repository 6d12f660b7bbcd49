/// Copies JSON without what is empty: null, empty text, empty lists and objects, at any depth. `false` and
/// `0` stay, and so do the names and the order of members. What is nested more deeply than ``depthLimit`` stays as the
/// text that it is: a document that nobody's reader refuses, and nothing lost.
public enum JSONPruner {
    /// Arrays and objects within one another. Whoever reads the document has a limit, too, and there are objects
    /// around the value: Elasticsearch takes flattened fields twenty deep.
    public static let depthLimit = 20

    /// Copies the value at a cursor and moves behind it.
    ///
    /// - Returns: whether anything was left; if not, `out` is as it was.
    public static func append(
        _ cursor: inout JSONCursor, _ bytes: RawSpan, to out: inout ByteBuffer
    ) throws(JSONError) -> Bool {
        try append(&cursor, bytes, 0, &out)
    }

    private static func append(
        _ cursor: inout JSONCursor, _ bytes: RawSpan, _ depth: Int, _ out: inout ByteBuffer
    ) throws(JSONError) -> Bool {
        let kind = try cursor.kind(in: bytes)
        if depth == depthLimit, kind == .array || kind == .object {
            out.append(jsonString: bytes[try cursor.skip(in: bytes)])
            return true
        }
        switch kind {
        case .null:
            _ = try cursor.word(in: bytes)
            return false
        case .true, .false:
            try cursor.word(in: bytes) == .true
                ? out.append("true" as StaticString) : out.append("false" as StaticString)
            return true
        case .number:
            out.append(bytes[try cursor.number(in: bytes)])
            return true
        case .string:
            let text = try cursor.string(in: bytes)
            guard !text.range.isEmpty else { return false }
            out.append(UInt8(ascii: "\""))
            JSONText.appendRepaired(text, in: bytes, to: &out)
            out.append(UInt8(ascii: "\""))
            return true
        case .array:
            try cursor.enterArray(in: bytes)
            var list = JSONList("[", "]", &out)
            var isFirst = true
            while try cursor.nextElement(in: bytes, isFirst: &isFirst) {
                list.begin(&out)
                list.end(try append(&cursor, bytes, depth + 1, &out), &out)
            }
            return list.close(&out)
        case .object:
            try cursor.enterObject(in: bytes)
            var list = JSONList("{", "}", &out)
            var isFirst = true
            while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
                list.begin(&out)
                out.append(UInt8(ascii: "\""))
                JSONText.appendRepaired(key, in: bytes, to: &out)
                out.append("\":" as StaticString)
                list.end(try append(&cursor, bytes, depth + 1, &out), &out)
            }
            return list.close(&out)
        }
    }
}

/// A list or an object that is being written and takes back what turned out to be empty.
public struct JSONList {
    private let start: Int
    private let closing: UInt8
    private var mark: Int
    private var isEmpty = true

    public init(_ opening: Unicode.Scalar, _ closing: Unicode.Scalar, _ out: inout ByteBuffer) {
        start = out.count
        mark = out.count
        self.closing = UInt8(ascii: closing)
        out.append(UInt8(ascii: opening))
    }

    /// Before an element or a member, its key included.
    public mutating func begin(_ out: inout ByteBuffer) {
        mark = out.count
        if !isEmpty { out.append(UInt8(ascii: ",")) }
    }

    /// Behind it.
    public mutating func end(_ written: Bool, _ out: inout ByteBuffer) {
        if written { isEmpty = false } else { out.truncate(to: mark) }
    }

    /// - Returns: whether anything is in it; if not, nothing is left of it either.
    public func close(_ out: inout ByteBuffer) -> Bool {
        if isEmpty { out.truncate(to: start) } else { out.append(closing) }
        return !isEmpty
    }
}
