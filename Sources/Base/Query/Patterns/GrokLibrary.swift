import CContent
import Events

/// What `%{NAME}` stands for.
struct GrokLibrary: Sendable {
    /// A row of the file.
    struct Definition: Sendable {
        let name: String
        let pattern: String
        /// A text that the pattern fits, and one that it does not; for tests.
        let example: String
        let counterexample: String?
    }

    let definitions: [Definition]
    private let places: [String: Int]

    /// - Source: `Content/grok.tsv`, carried inside the program.
    static let standard: GrokLibrary = {
        let content = unsafe docket_content_grok()
        return GrokLibrary(
            unsafe String(decoding: UnsafeBufferPointer(start: content.start, count: content.count), as: UTF8.self))
    }()

    /// - Parameter table: rows of four cells between tabs; `#` begins a remark.
    init(_ table: String) {
        definitions = table.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            precondition(cells.count == 4, "a row of Content/grok.tsv has four cells")
            return Definition(
                name: cells[0], pattern: cells[1], example: cells[2],
                counterexample: cells[3].isEmpty ? nil : cells[3])
        }
        places = Dictionary(uniqueKeysWithValues: zip(definitions.map(\.name), definitions.indices))
    }

    func pattern(of name: String) -> String? { places[name].map { definitions[$0].pattern } }

    /// The name that was probably meant.
    func nearest(to name: String) -> String? {
        Nearness.nearest(to: name.uppercased(), among: definitions.map(\.name))
    }
}

extension CaptureParser {
    /// `{NAME}`, `{NAME:field}` or `{NAME:field:type}`: what is behind a `%`.
    mutating func reference(from start: Int) throws(RegexError) -> RegexNode {
        guard let library, reader.take("{") else { return .nothing }
        let name = reader.take { CodePoints.words.contains($0.value) || $0 == "-" }
        var field: String?
        var type: String?
        if reader.take(":") {
            field = reader.take { $0 != ":" && $0 != "}" }
            if reader.take(":") { type = reader.take { $0 != "}" } }
        }
        guard reader.take("}"), !name.isEmpty, field.map(Self.isName) != false else {
            throw RegexError("write `%{NAME}`, `%{NAME:field}` or `%{NAME:field:type}`", at: start)
        }
        guard let definition = library.pattern(of: name) else {
            let remedy = library.nearest(to: name).map { "did you mean `\($0)`?" } ?? "write it out in parentheses"
            throw RegexError("there is no pattern `\(name)`; \(remedy)", at: start)
        }
        var number: Int?
        if let field {
            guard let type = GrokType(named: type) else {
                let types = GrokType.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                throw RegexError("there is no type `\(type ?? "")`; there are \(types)", at: start)
            }
            number = try opened(Group(name: field, type: type), at: start)
        }
        guard depth < RegexLimits.depth else {
            throw RegexError("patterns may lie \(RegexLimits.depth) deep at most", at: start)
        }
        var inner: CaptureParser
        let node: RegexNode
        do throws(RegexError) {
            inner = try CaptureParser(definition, dialect, library: library, groups: groups, depth: depth + 1)
            inner.switches = switches
            node = try inner.pattern()
        } catch {
            throw RegexError(error.message, at: start)
        }
        for group in inner.groups.dropFirst(groups.count) {
            groups.append(Group(name: group.name, type: group.type, offset: start))
        }
        return number.map { .group(node, number: $0) } ?? node
    }
}
