/// What a field of GROK is read as.
public enum GrokType: String, Sendable, CaseIterable {
    case keyword, int, long, float, double, boolean

    /// - Parameter name: what stands behind the field; nothing means a text.
    init?(named name: String?) {
        guard let type = GrokType(rawValue: name == "string" ? "keyword" : name ?? "keyword") else { return nil }
        self = type
    }
}

public enum GrokValue: Sendable, Hashable {
    case text(String)
    case integer(Int)
    case double(Double)
    case boolean(Bool)

    /// - Returns: `nil` when the text says no such thing.
    init?(_ text: String, _ type: GrokType) {
        switch type {
        case .keyword: self = .text(text)
        case .int:
            guard let number = Int32(text) else { return nil }
            self = .integer(Int(number))
        case .long:
            guard let number = Int(text) else { return nil }
            self = .integer(number)
        case .float:
            guard let number = Float(text) else { return nil }
            self = .double(Double(number))
        case .double:
            guard let number = Double(text) else { return nil }
            self = .double(number)
        case .boolean: self = .boolean(text.lowercased() == "true")
        }
    }
}

/// One pattern of `GROK`: a regular expression with names for its parts.
///
/// `%{NAME}` stands for a pattern of ``GrokLibrary`` and keeps nothing, `%{NAME:field}` and `(?<field>…)` keep what they
/// match, `%{NAME:field:type}` as a number or a truth. The pattern may match anywhere in a text.
///
/// - Cost: linear in the text.
/// - Threads: any.
public struct Grok: Sendable {
    /// Fields in the order in which they first stand in the pattern, each once.
    public let fields: [(name: String, type: GrokType)]
    /// The groups of each field.
    private let groups: [[Int]]
    private let regex: CaptureRegex

    public init(pattern: String) throws(RegexError) { try self.init(pattern: pattern, library: .standard) }

    init(pattern: String, library: GrokLibrary) throws(RegexError) {
        var parser = try CaptureParser(
            pattern, .oniguruma, library: library, groups: [CaptureParser.Group(name: nil)], depth: 0)
        let node = try parser.pattern()
        var fields: [(name: String, type: GrokType)] = []
        var groups: [[Int]] = []
        for (number, group) in parser.groups.enumerated() {
            guard let name = group.name else { continue }
            let type = group.type ?? .keyword
            guard let known = fields.firstIndex(where: { $0.name == name }) else {
                fields.append((name, type))
                groups.append([number])
                continue
            }
            guard fields[known].type == type else {
                throw RegexError(
                    "the field `\(name)` is `\(fields[known].type.rawValue)` and `\(type.rawValue)`; write one type",
                    at: group.offset)
            }
            groups[known].append(number)
        }
        self.fields = fields
        self.groups = groups
        regex = try CaptureRegex(node, names: parser.groups.map(\.name))
    }

    /// The values of each field, in the order of ``fields``: none for a field whose part did not match or says no such
    /// value, several for one that stands in the pattern more than once.
    ///
    /// - Returns: `nil` when the pattern matches nowhere.
    public func match(_ text: String) -> [[GrokValue]]? {
        let bytes = text.utf8.span
        guard let captures = regex.captures(in: bytes) else { return nil }
        return zip(fields, groups).map { field, groups in
            groups.compactMap { group in
                captures[group].flatMap { GrokValue(text.text(at: $0), field.type) }
            }
        }
    }

    /// Steps that each character of a text may cost.
    public var size: Int { regex.size }
}

extension String {
    /// - Parameter range: bytes; it begins and ends between characters.
    func text(at range: Range<Int>) -> String {
        let view = utf8
        let start = view.index(view.startIndex, offsetBy: range.lowerBound)
        return String(self[start..<view.index(start, offsetBy: range.count)])
    }
}
