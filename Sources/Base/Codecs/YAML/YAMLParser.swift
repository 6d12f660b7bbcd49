import CYAML

/// Reads YAML 1.1 by libyaml into nodes with places.
///
/// One document; no aliases and no tags, which a configuration has no use for and which are how a small
/// file becomes a large one. Equal keys in one mapping are an error.
public enum YAMLParser {
    /// Levels within one another.
    public static let depthLimit = 32

    public static func parse(_ text: [UInt8]) throws(YAMLError) -> YAMLNode {
        let parser = Handle()
        return try parser.withInput(text) { () throws(YAMLError) -> YAMLNode in
            var reader = Reader(parser: parser)
            return try reader.document()
        }
    }

    /// The parser's memory, freed when its owner lets go.
    @safe fileprivate final class Handle {
        let pointer: UnsafeMutablePointer<yaml_parser_t>

        init() {
            unsafe pointer = .allocate(capacity: 1)
            unsafe pointer.initialize(to: yaml_parser_t())
            // Fails only when memory is out.
            precondition(unsafe yaml_parser_initialize(pointer) == 1)
        }

        deinit {
            unsafe yaml_parser_delete(pointer)
            unsafe pointer.deallocate()
        }

        func withInput<Result>(_ text: [UInt8], _ body: () throws(YAMLError) -> Result) throws(YAMLError) -> Result {
            let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(text.count, 1))
            unsafe _ = copy.initialize(from: text)
            defer { unsafe copy.deallocate() }
            unsafe yaml_parser_set_input_string(pointer, copy.baseAddress, text.count)
            return try body()
        }
    }

    private struct Event {
        enum Kind {
            case scalar(String, isPlain: Bool)
            case sequenceStart, sequenceEnd, mappingStart, mappingEnd, documentStart, documentEnd, streamStart,
                streamEnd
        }
        let kind: Kind
        let line: Int
        let column: Int
    }

    private struct Reader {
        let parser: Handle
        var depth = 0

        mutating func document() throws(YAMLError) -> YAMLNode {
            _ = try next()
            let first = try next()
            guard case .documentStart = first.kind else {
                return YAMLNode(.mapping([]), line: 1, column: 1)
            }
            let root = try node(try next())
            _ = try next()
            let last = try next()
            guard case .streamEnd = last.kind else {
                throw YAMLError("the file holds a second document", line: last.line, column: last.column)
            }
            return root
        }

        mutating func node(_ event: Event) throws(YAMLError) -> YAMLNode {
            depth += 1
            defer { depth -= 1 }
            guard depth <= YAMLParser.depthLimit else {
                throw YAMLError("nested too deeply", line: event.line, column: event.column)
            }
            switch event.kind {
            case .scalar(let text, let isPlain):
                return YAMLNode(.scalar(text, isPlain: isPlain), line: event.line, column: event.column)
            case .sequenceStart:
                var elements: [YAMLNode] = []
                while true {
                    let event = try next()
                    if case .sequenceEnd = event.kind { break }
                    elements.append(try node(event))
                }
                return YAMLNode(.sequence(elements), line: event.line, column: event.column)
            case .mappingStart:
                return YAMLNode(.mapping(try members()), line: event.line, column: event.column)
            default:
                throw YAMLError("unexpected structure", line: event.line, column: event.column)
            }
        }

        private mutating func members() throws(YAMLError) -> [(key: YAMLNode, value: YAMLNode)] {
            var members: [(key: YAMLNode, value: YAMLNode)] = []
            var seen: Set<String> = []
            while true {
                let event = try next()
                if case .mappingEnd = event.kind { return members }
                let key = try node(event)
                guard case .scalar(let name, _) = key.content else {
                    throw YAMLError("a key must be a word", line: key.line, column: key.column)
                }
                guard seen.insert(name).inserted else {
                    throw YAMLError("`\(name)` stands here twice", line: key.line, column: key.column)
                }
                members.append((key, try node(try next())))
            }
        }

        private func next() throws(YAMLError) -> Event {
            var event = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(parser.pointer, &event) == 1 else { throw failure() }
            defer { unsafe yaml_event_delete(&event) }
            let line = unsafe Int(event.start_mark.line) + 1
            let column = unsafe Int(event.start_mark.column) + 1
            return Event(kind: try unsafe kind(of: event, line: line, column: column), line: line, column: column)
        }

        private func kind(of event: yaml_event_t, line: Int, column: Int) throws(YAMLError) -> Event.Kind {
            switch unsafe event.type {
            case YAML_SCALAR_EVENT:
                let scalar = unsafe event.data.scalar
                let text = unsafe String(
                    decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
                return .scalar(text, isPlain: unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE)
            case YAML_SEQUENCE_START_EVENT: return .sequenceStart
            case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
            case YAML_MAPPING_START_EVENT: return .mappingStart
            case YAML_MAPPING_END_EVENT: return .mappingEnd
            case YAML_DOCUMENT_START_EVENT: return .documentStart
            case YAML_DOCUMENT_END_EVENT: return .documentEnd
            case YAML_STREAM_START_EVENT: return .streamStart
            case YAML_STREAM_END_EVENT: return .streamEnd
            case YAML_ALIAS_EVENT: throw YAMLError("aliases are not supported", line: line, column: column)
            default: throw YAMLError("unexpected structure", line: line, column: column)
            }
        }

        private func failure() -> YAMLError {
            let problem = unsafe parser.pointer.pointee.problem.map { unsafe String(cString: $0) } ?? "cannot be read"
            let mark = unsafe parser.pointer.pointee.problem_mark
            return YAMLError(problem, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
        }
    }
}
