import CContent
import Codecs
import Lookup

/// The patterns of uap-core: three lists, of each of which the first that matches decides.
///
/// - Source: uap-core, *ua-parser Specification* 0.2, and its `regexes.yaml`.
struct UserAgentRules: Sendable {
    /// What a list tells.
    enum Topic: Int, CaseIterable {
        case agent, system, device

        fileprivate var section: String {
            switch self {
            case .agent: "user_agent_parsers"
            case .system: "os_parsers"
            case .device: "device_parsers"
            }
        }

        /// What stands for the name and the numbers of a version, where not the groups do.
        fileprivate var replacements: [String] {
            switch self {
            case .agent: ["family_replacement", "v1_replacement", "v2_replacement", "v3_replacement", "v4_replacement"]
            case .system:
                [
                    "os_replacement", "os_v1_replacement", "os_v2_replacement", "os_v3_replacement",
                    "os_v4_replacement",
                ]
            case .device: ["device_replacement"]
            }
        }
    }

    /// What a match becomes.
    struct Rule: Sendable {
        var name: [UInt8]?
        /// Major, minor, patch, build.
        var numbers: [[UInt8]?]
        /// Whether groups that have no replacement are numbers of a version.
        let hasVersion: Bool
    }

    let patterns: PatternSet
    /// Of each pattern.
    let rules: [Rule]
    /// The patterns of each topic.
    private let ranges: [Range<Int>]

    func range(of topic: Topic) -> Range<Int> { ranges[topic.rawValue] }

    /// Those that the program carries.
    static let standard: UserAgentRules = {
        do {
            return try unsafe UserAgentRules(parsing: docket_content_user_agents().bytes)
        } catch {
            preconditionFailure("regexes.yaml: \(error)")
        }
    }()

    /// Reads the file. A test reads it too, so a flaw never reaches a user.
    init(parsing text: [UInt8]) throws(UserAgentRulesError) {
        let root: YAMLNode
        do throws(YAMLError) {
            root = try YAMLParser.parse(text)
        } catch {
            throw UserAgentRulesError(line: error.line, message: error.message)
        }
        var patterns: [(pattern: Pattern, text: String)] = []
        var rules: [Rule] = []
        var ranges: [Range<Int>] = []
        for topic in Topic.allCases {
            let start = patterns.count
            for node in try Self.elements(of: topic.section, root) {
                let values = try Self.values(node)
                guard let text = values["regex"] else {
                    throw UserAgentRulesError(line: node.line, message: "a rule without `regex`")
                }
                do throws(PatternError) {
                    patterns.append((try Pattern(text, ignoresCase: values["regex_flag"] == "i"), text))
                } catch {
                    throw UserAgentRulesError(line: node.line, message: "\(error)")
                }
                let replacements = topic.replacements.map { values[$0].map { Array($0.utf8) } }
                rules.append(
                    Rule(name: replacements[0], numbers: Array(replacements[1...]), hasVersion: topic != .device))
            }
            ranges.append(start..<patterns.count)
        }
        self.patterns = PatternSet(patterns)
        self.rules = rules
        self.ranges = ranges
    }

    private static func elements(of section: String, _ root: YAMLNode) throws(UserAgentRulesError) -> [YAMLNode] {
        guard case .mapping(let members) = root.content,
            let list = members.first(where: { $0.key.text == section })?.value
        else { throw UserAgentRulesError(line: root.line, message: "there is no list `\(section)`") }
        guard case .sequence(let elements) = list.content else {
            throw UserAgentRulesError(line: list.line, message: "`\(section)` must be a list")
        }
        return elements
    }

    private static func values(_ node: YAMLNode) throws(UserAgentRulesError) -> [String: String] {
        guard case .mapping(let members) = node.content else {
            throw UserAgentRulesError(line: node.line, message: "a rule must be a table of keys")
        }
        var values: [String: String] = [:]
        for (key, value) in members {
            guard let name = key.text, case .scalar(let text, _) = value.content else { continue }
            values[name] = text
        }
        return values
    }
}

/// Why a file of patterns cannot be used.
struct UserAgentRulesError: Error, Equatable, CustomStringConvertible {
    let line: Int
    let message: String
    var description: String { "line \(line): \(message)" }
}
