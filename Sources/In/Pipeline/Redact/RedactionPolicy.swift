import Codecs
public import Detect
public import Integrity

/// What is looked for, where, and what becomes of it.
///
/// - Shape: `docs/guides/redaction.md`.
public struct RedactionPolicy: Sendable {
    /// One of the rules of a policy. What it does not name, it holds for all of.
    struct Rule: Sendable, Equatable {
        var tenant: String?
        var source: String?
        var field: String?
        /// Ids of detectors and names of groups.
        var detectors: [String] = []
        var action: Detector.Action?
        var treatment: FieldTreatment?

        func covers(_ detector: Detector) -> Bool {
            detectors.isEmpty || detectors.contains(detector.id) || detectors.contains(detector.group.rawValue)
        }
    }

    public let set: DetectorSet
    let rules: [Rule]
    /// Whether anything is looked for. If not, all content is withheld.
    public let isOn: Bool
    let keptFields = KeptFields.all
    /// Names detectors and rules together.
    public let digest: Digest

    /// Without rules: each detector does what it says itself.
    public init(_ set: DetectorSet = .standard, isOn: Bool = true) {
        self.init(set, rules: [], text: [], isOn: isOn)
    }

    private init(_ set: DetectorSet, rules: [Rule], text: [UInt8], isOn: Bool) {
        self.set = set
        self.rules = rules
        self.isOn = isOn
        var digest = SHA256()
        digest.update(set.digest.bytes)
        digest.update(isOn ? 1 : 0)
        for name in keptFields {
            let bytes = Array("\(name)\n".utf8)
            unsafe digest.update(bytes.span.bytes)
        }
        unsafe digest.update(text.span.bytes)
        self.digest = digest.finish()
    }

    /// - Parameter file: how errors call it.
    public init(
        parsing text: [UInt8], file: String, set: DetectorSet = .standard, isOn: Bool = true
    ) throws(DetectorError) {
        let root: YAMLNode
        do throws(YAMLError) {
            root = try YAMLParser.parse(text)
        } catch {
            throw DetectorError(file: file, line: error.line, column: error.column, message: error.message)
        }
        guard case .mapping(let pairs) = root.content else {
            throw DetectorError(
                file: file, line: root.line, column: root.column, message: "a policy has one key, `rules`")
        }
        var rules: [Rule] = []
        for (key, value) in pairs {
            guard key.text == "rules", case .sequence(let nodes) = value.content else {
                throw DetectorError(
                    file: file, line: key.line, column: key.column, message: "a policy has one key, `rules`, a list")
            }
            let reader = RuleReader(file: file, set: set)
            for node in nodes { rules.append(try reader.rule(node)) }
        }
        self.init(set, rules: rules, text: text, isOn: isOn)
    }

    /// The same rules with nothing looked for, so that all content is withheld.
    var switchedOff: RedactionPolicy { RedactionPolicy(set, rules: rules, text: [], isOn: false) }

    /// The first 16 bytes of the digest: what leaves of the log and documents call the rules by.
    public var version: [UInt8] { Array(digest.array.prefix(16)) }
}

/// Reads one rule of a policy.
private struct RuleReader {
    let file: String
    let set: DetectorSet

    func rule(_ node: YAMLNode) throws(DetectorError) -> RedactionPolicy.Rule {
        guard case .mapping(let pairs) = node.content else { throw error(node, "a rule has keys and values") }
        var rule = RedactionPolicy.Rule()
        for (key, value) in pairs {
            switch key.text {
            case "tenant": rule.tenant = try text(key, value)
            case "source": rule.source = try text(key, value)
            case "field": rule.field = try field(key, value)
            case "attribute": rule.field = try text(key, value)
            case "detectors": rule.detectors = try detectors(value)
            case "action": rule.action = try choice(key, value)
            case "treatment": rule.treatment = try choice(key, value)
            default:
                throw error(
                    key,
                    "there is no key `\(key.text ?? "")`; there are tenant, source, field, attribute, detectors, action, "
                        + "treatment"
                )
            }
        }
        guard rule.action != nil || rule.treatment != nil else {
            throw error(node, "a rule says an `action` for what is found, or the `treatment` of a `field`")
        }
        guard rule.treatment == nil || rule.field != nil else {
            throw error(node, "`treatment` needs a `field` or an `attribute`")
        }
        for id in rule.detectors {
            guard let action = rule.action, action == .keep || action == .partial else { break }
            let isAlways = set.detectors.contains { ($0.id == id || $0.group.rawValue == id) && $0.isAlways }
            if isAlways { throw error(node, "`\(id)` is always masked; use mask, token or drop") }
        }
        return rule
    }

    private func detectors(_ node: YAMLNode) throws(DetectorError) -> [String] {
        let nodes: [YAMLNode] = if case .sequence(let nodes) = node.content { nodes } else { [node] }
        var names: [String] = []
        for node in nodes {
            let name = node.text ?? ""
            guard set.detector(name) != nil || Detector.Group(rawValue: name) != nil else {
                throw error(
                    node,
                    "there is no detector `\(name)`; `docket redact list` lists them, and the groups are "
                        + Detector.Group.allCases.map(\.rawValue).joined(separator: ", "))
            }
            names.append(name)
        }
        return names
    }

    private func field(_ key: YAMLNode, _ value: YAMLNode) throws(DetectorError) -> String {
        let name = try text(key, value)
        guard !KnownFields.hold(name) else { return name }
        let near = KnownFields.meant(by: name).map { "; \($0)" } ?? "."
        throw error(
            value,
            "no source has a field `\(name)`\(near) One that a sender of your own has is written `attribute: \(name)`")
    }

    private func text(_ key: YAMLNode, _ value: YAMLNode) throws(DetectorError) -> String {
        guard let text = value.text, !text.isEmpty else { throw error(value, "`\(key.text ?? "")` must be a name") }
        return text
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: YAMLNode, _ value: YAMLNode
    ) throws(DetectorError) -> Choice where Choice.RawValue == String {
        guard let choice = value.text.flatMap(Choice.init(rawValue:)) else {
            throw error(
                value,
                "`\(key.text ?? "")` cannot be `\(value.text ?? "")`; it is one of "
                    + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    private func error(_ node: YAMLNode, _ message: String) -> DetectorError {
        DetectorError(file: file, line: node.line, column: node.column, message: message)
    }
}
