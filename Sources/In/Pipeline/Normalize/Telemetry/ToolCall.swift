import Codecs

/// What the JSON text of `tool_parameters` and `tool_input` says, as places in that text.
struct ToolCall {
    enum Part { case parameters, input }

    enum Found {
        /// The attribute is not there, or is empty.
        case nothing
        /// It is JSON, and not just `{}`.
        case value
        case empty
        case bad
    }

    /// A member that says something: neither null nor an empty text.
    struct Member {
        var kind: JSONCursor.Kind
        /// Between the quotes for a string, else the value.
        var range: ByteRange
        var isEscaped = false
    }

    struct Places {
        var filePath: Member?
        var path: Member?
        var url: Member?
    }

    private(set) var command: Member?
    private(set) var server: Member?
    private(set) var serverTool: Member?
    private(set) var parameters = Places()
    private(set) var input = Places()

    /// file_path, else path.
    func path(_ part: Part) -> Member? {
        let places = part == .parameters ? parameters : input
        return places.filePath ?? places.path
    }

    /// Checks the text and remembers where the members of its object stand that rules ask for.
    mutating func parse(_ part: Part, _ json: RawSpan) -> Found {
        guard json.byteCount > 0 else { return .nothing }
        do throws(JSONError) {
            var check = JSONCursor(json)
            guard try check.kind(in: json) == .object else {
                try check.skip(in: json)
                try check.finish(in: json)
                return .value
            }
            var places = Places()
            var isEmpty = true
            var isFirst = true
            try check.enterObject(in: json)
            while let key = try check.nextMember(in: json, isFirst: &isFirst) {
                isEmpty = false
                guard let value = try Self.member(&check, json) else { continue }
                let name = json[key.range]
                if name.isEqual(to: "file_path") {
                    places.filePath = value
                } else if name.isEqual(to: "path") {
                    places.path = value
                } else if name.isEqual(to: "url") {
                    places.url = value
                } else if part == .parameters {
                    if name.isEqual(to: "full_command") {
                        command = value
                    } else if name.isEqual(to: "mcp_server_name") {
                        server = value
                    } else if name.isEqual(to: "mcp_tool_name") {
                        serverTool = value
                    }
                }
            }
            try check.finish(in: json)
            if part == .parameters { parameters = places } else { input = places }
            return isEmpty ? .empty : .value
        } catch {
            command = nil
            server = nil
            serverTool = nil
            return .bad
        }
    }

    private static func member(_ cursor: inout JSONCursor, _ json: RawSpan) throws(JSONError) -> Member? {
        let kind = try cursor.kind(in: json)
        guard kind == .string else {
            let range = try cursor.skip(in: json)
            return kind == .null ? nil : Member(kind: kind, range: range)
        }
        let text = try cursor.string(in: json)
        return text.range.isEmpty ? nil : Member(kind: kind, range: text.range, isEscaped: text.isEscaped)
    }

    /// Writes the checked JSON without what is empty.
    func appendPruned(_ json: RawSpan, to out: inout ByteBuffer) {
        var cursor = JSONCursor(json)
        // Checked by `parse`, so there is nothing to catch but nesting, which it checked too.
        _ = try? JSONPruner.append(&cursor, json, to: &out)
    }
}
