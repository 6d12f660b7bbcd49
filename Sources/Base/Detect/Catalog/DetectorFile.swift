import Codecs

/// Reads a file of detectors.
///
/// - Shape: `docs/formats/detectors.md`.
struct DetectorFile {
    private let file: String
    private(set) var detectors: [Detector] = []

    /// - Parameter file: how errors call it.
    init(_ text: [UInt8], file: String) throws(DetectorError) {
        self.file = file
        let root: YAMLNode
        do throws(YAMLError) {
            root = try YAMLParser.parse(text)
        } catch {
            throw DetectorError(file: file, line: error.line, column: error.column, message: error.message)
        }
        let members = try self.members(root, ["group", "detectors"])
        guard let groupNode = members["group"] else {
            throw error(root, "`group` is missing; \(Self.words(Detector.Group.self))")
        }
        let group: Detector.Group = try choice(groupNode, "group")
        guard let list = members["detectors"], case .sequence(let nodes) = list.content else {
            throw error(root, "`detectors` must be a list")
        }
        for node in nodes { detectors.append(try detector(node, group)) }
    }

    private static let keys = [
        "id", "name", "class", "action", "anchor", "ignore_case", "before", "pattern", "after", "boundary", "check",
        "context", "positive", "negative", "source",
    ]

    private func detector(_ node: YAMLNode, _ group: Detector.Group) throws(DetectorError) -> Detector {
        let members = try self.members(node, Self.keys)
        let id = try text(members, "id", node)
        guard !id.isEmpty, id.utf8.allSatisfy({ ByteSet("abcdefghijklmnopqrstuvwxyz0123456789_").contains($0) }) else {
            throw error(members["id"] ?? node, "`\(id)` is no id: small letters, digits and `_`")
        }
        let ignoresCase = members["ignore_case"]?.text == "true"
        let anchors = try texts(members, "anchor")
        for anchor in anchors where !(1...32).contains(anchor.utf8.count) {
            throw error(members["anchor"] ?? node, "`anchor` of `\(id)`: 1 to 32 bytes each")
        }
        let isBehind = members["after"] != nil
        guard isBehind != (members["pattern"] != nil) else {
            throw error(node, "`\(id)` needs a `pattern`, or behind an anchor `after`; one of them")
        }
        guard !isBehind || !anchors.isEmpty else { throw error(node, "`after` of `\(id)` needs an `anchor`") }
        let shape = try self.shape(members, isBehind ? "after" : "pattern", node, ignoresCase, isSplit: anchors.isEmpty)
        let before = try members["before"] == nil ? nil : self.shape(members, "before", node, ignoresCase)
        if let before, before.sequences.count != 1 || before.sequences[0].steps.count != 1 || anchors.isEmpty {
            throw error(
                members["before"] ?? node,
                "`before` of `\(id)` must be one set in front of an `anchor`, such as `[a-z]{1,64}`")
        }
        let check = try check(members, id)
        let context = try texts(members, "context").map { ContextWindow.normalized(Array($0.lowercased().utf8)) }
        let strength: Detector.Strength = try choice(members, "class", id, node)
        if context.isEmpty, anchors.isEmpty, strength == .context {
            throw error(node, "`\(id)` of class C is only found near a word; `context` lists them, or `anchor`")
        }
        let positive = try texts(members, "positive")
        guard !positive.isEmpty else { throw error(node, "`positive` of `\(id)` must have an example") }
        let action: Detector.Action = members["action"] == nil ? .mask : try choice(members, "action", id, node)
        return Detector(
            id: id, group: group, strength: strength, action: action, label: id.uppercased(),
            name: try text(members, "name", node), source: members["source"]?.text ?? "", positive: positive,
            negative: try texts(members, "negative"),
            anchors: anchors.map { LiteralSet.Literal(bytes: Array($0.utf8), ignoresCase: ignoresCase) },
            before: before?.sequences[0].steps[0], isBehindAnchor: isBehind, shape: shape,
            boundary: members["boundary"] == nil ? .both : try choice(members, "boundary", id, node), check: check,
            context: context)
    }

    private func check(_ members: [String: YAMLNode], _ id: String) throws(DetectorError) -> Check? {
        guard let node = members["check"] else { return nil }
        guard let name = node.text, let check = Check.all[name] else {
            throw error(
                node,
                "`check` of `\(id)`: there is no check `\(node.text ?? "")`; there are \(Check.all.keys.sorted().joined(separator: ", "))"
            )
        }
        return check
    }

    private func shape(
        _ members: [String: YAMLNode], _ key: String, _ node: YAMLNode, _ ignoresCase: Bool, isSplit: Bool = false
    ) throws(DetectorError) -> Shape {
        let pattern = try text(members, key, node)
        do throws(ShapeError) {
            return try Shape(pattern, ignoresCase: ignoresCase, isSplit: isSplit)
        } catch {
            throw self.error(
                members[key] ?? node, "`\(key)`: \(error.message) (behind byte \(error.place) of `\(pattern)`)")
        }
    }

    // MARK: Values

    private func error(_ node: YAMLNode, _ message: String) -> DetectorError {
        DetectorError(file: file, line: node.line, column: node.column, message: message)
    }

    private func members(_ node: YAMLNode, _ known: [String]) throws(DetectorError) -> [String: YAMLNode] {
        guard case .mapping(let pairs) = node.content else { throw error(node, "this must have keys and values") }
        var members: [String: YAMLNode] = [:]
        for (key, value) in pairs {
            guard let name = key.text, known.contains(name) else {
                throw error(key, "there is no key `\(key.text ?? "")`; there are \(known.joined(separator: ", "))")
            }
            members[name] = value
        }
        return members
    }

    private func text(_ members: [String: YAMLNode], _ key: String, _ node: YAMLNode) throws(DetectorError) -> String {
        guard let value = members[key] else { throw error(node, "`\(key)` is missing") }
        guard let text = value.text else { throw error(value, "`\(key)` must be a text") }
        return text
    }

    /// One text or a list.
    private func texts(_ members: [String: YAMLNode], _ key: String) throws(DetectorError) -> [String] {
        guard let value = members[key] else { return [] }
        if let text = value.text { return [text] }
        guard case .sequence(let nodes) = value.content else { throw error(value, "`\(key)` must be a list of texts") }
        var texts: [String] = []
        for node in nodes {
            guard let text = node.text else { throw error(node, "`\(key)` must be a list of texts") }
            texts.append(text)
        }
        return texts
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ members: [String: YAMLNode], _ key: String, _ id: String, _ node: YAMLNode
    ) throws(DetectorError) -> Choice where Choice.RawValue == String {
        guard let value = members[key] else {
            throw error(node, "`\(key)` of `\(id)` is missing; \(Self.words(Choice.self))")
        }
        return try choice(value, "\(key)` of `\(id)")
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: YAMLNode, _ key: String
    ) throws(DetectorError) -> Choice where Choice.RawValue == String {
        guard let choice = node.text.flatMap(Choice.init(rawValue:)) else {
            throw error(node, "`\(key)` cannot be `\(node.text ?? "")`; \(Self.words(Choice.self))")
        }
        return choice
    }

    private static func words<Choice: RawRepresentable & CaseIterable>(_ choice: Choice.Type) -> String
    where Choice.RawValue == String {
        "it is one of " + Choice.allCases.map(\.rawValue).joined(separator: ", ")
    }
}
