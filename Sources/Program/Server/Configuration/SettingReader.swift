import Codecs
import Events
import Intake
import Platform
import Query

/// Reads values by the table of settings. What the table does not name stops the start.
struct SettingReader {
    /// A value and where it stood.
    struct Value {
        let node: YAMLNode
        let setting: Setting
    }

    let file: String
    /// By path, with the numbers of list elements: `feeds.0.url`.
    private(set) var values: [String: Value] = [:]
    private(set) var counts: [String: Int] = [:]

    init(file: String, root: YAMLNode) throws(ConfigurationError) {
        self.file = file
        if root.isNull { return }
        try read(root, path: "", pattern: "")
    }

    private mutating func read(_ node: YAMLNode, path: String, pattern: String) throws(ConfigurationError) {
        if let setting = Setting.all.first(where: { $0.path == pattern }) {
            values[path] = Value(node: node, setting: setting)
            return
        }
        let isList = Setting.all.contains { $0.path.hasPrefix(pattern + ".*") }
        switch node.content {
        case .mapping(let members) where !isList:
            for (key, value) in members {
                let name = key.text ?? ""
                let pattern = pattern.isEmpty ? name : "\(pattern).\(name)"
                guard Setting.all.contains(where: { $0.path == pattern || $0.path.hasPrefix(pattern + ".") }) else {
                    throw error(key, unknown(name, at: pattern))
                }
                try read(value, path: path.isEmpty ? name : "\(path).\(name)", pattern: pattern)
            }
        case .sequence(let elements) where isList:
            counts[path] = elements.count
            for (place, element) in elements.enumerated() {
                try read(element, path: "\(path).\(place)", pattern: "\(pattern).*")
            }
        default:
            if node.isNull { return }
            throw error(node, "`\(pattern)` must be \(isList ? "a list" : "a table of keys")")
        }
    }

    private func unknown(_ name: String, at pattern: String) -> String {
        let parent = pattern.contains(".") ? String(pattern[..<pattern.lastIndex(of: ".")!]) : ""
        let prefix = parent.isEmpty ? "" : parent + "."
        let siblings = Set(
            Setting.all.filter { $0.path.hasPrefix(prefix) }.compactMap {
                $0.path.dropFirst(prefix.count).split(separator: ".").first.map(String.init)
            })
        let place = parent.isEmpty ? "here" : "of `\(parent)`"
        if let near = Nearness.nearest(to: name, among: siblings.sorted()) {
            return "`\(name)` is not a key \(place); did you mean `\(near)`?"
        }
        return
            "`\(name)` is not a key \(place); there are \(siblings.sorted().map { "`\($0)`" }.joined(separator: ", "))"
    }

    func error(_ node: YAMLNode, _ message: String) -> ConfigurationError {
        ConfigurationError(file: file, line: node.line, column: node.column, message: message)
    }

    /// Where the value stands or, when it is missing, the first of its neighbors.
    func error(at path: String, _ message: String) -> ConfigurationError {
        if let value = values[path] { return error(value.node, message) }
        let parent = path.lastIndex(of: ".").map { path[...$0] } ?? "."
        let neighbors = values.filter { $0.key.hasPrefix(parent) }.map(\.value.node)
        let first = neighbors.min { ($0.line, $0.column) < ($1.line, $1.column) }
        return ConfigurationError(file: file, line: first?.line ?? 1, column: first?.column ?? 1, message: message)
    }

    // MARK: Values

    private func wrong(_ value: Value) -> ConfigurationError {
        error(value.node, "`\(value.setting.path)` must be \(value.setting.kind.words)")
    }

    func text(_ path: String) throws(ConfigurationError) -> String? {
        guard let value = values[path] else { return nil }
        guard let text = value.node.text else { throw wrong(value) }
        if case .choice(let words) = value.setting.kind, !words.contains(text) { throw wrong(value) }
        return text
    }

    /// The value of a key that is `true` or `false`.
    func flag(_ path: String) throws(ConfigurationError) -> Bool? {
        guard let word = try text(path) else { return nil }
        guard word == "true" || word == "false" else {
            throw error(at: path, "`\(path)` must be `true` or `false`")
        }
        return word == "true"
    }

    func number(_ path: String) throws(ConfigurationError) -> Int? {
        guard let value = values[path] else { return nil }
        guard let text = value.node.text, let number = Int(text), case .number(let range) = value.setting.kind,
            range.contains(number)
        else { throw wrong(value) }
        return number
    }

    func bytes(_ path: String) throws(ConfigurationError) -> Int? {
        guard let value = values[path] else { return nil }
        guard let text = value.node.text, let size = Self.size(text), case .bytes(let range) = value.setting.kind else {
            throw wrong(value)
        }
        guard range.contains(size) else {
            throw error(value.node, "`\(value.setting.path)` must be \(range.lowerBound) to \(range.upperBound) bytes")
        }
        return size
    }

    func duration(_ path: String) throws(ConfigurationError) -> Timestamp.Span? {
        guard let value = values[path] else { return nil }
        guard let text = value.node.text else { throw wrong(value) }
        if value.setting.kind == .durationOrZero, text == "0s" { return .seconds(0) }
        guard let span = Self.span(text) else { throw wrong(value) }
        if case .time(let shortest, let longest) = value.setting.kind,
            let shortest = Self.span(shortest), let longest = Self.span(longest)
        {
            guard (shortest...longest).contains(span) else { throw wrong(value) }
        }
        return span
    }

    func texts(_ path: String) throws(ConfigurationError) -> [String]? {
        guard let value = values[path] else { return nil }
        guard case .sequence(let elements) = value.node.content else { throw wrong(value) }
        var texts: [String] = []
        for element in elements {
            guard let text = element.text, value.setting.kind != .origins || CORS.isOrigin(text) else {
                throw wrong(value)
            }
            texts.append(text)
        }
        return texts
    }

    func address(_ path: String) throws(ConfigurationError) -> ListenAddress?? {
        guard let value = values[path] else { return nil }
        guard let text = value.node.text else { throw wrong(value) }
        if text == "off" { return .some(nil) }
        guard let address = ListenAddress(text) else { throw wrong(value) }
        return address
    }

    /// The text behind `{ file: … }` or `{ env: … }`.
    func secret(_ path: String, environment: [String: String]) throws(ConfigurationError) -> String? {
        guard let value = values[path] else { return nil }
        guard case .mapping(let members) = value.node.content, members.count == 1, let kind = members[0].key.text,
            let target = members[0].value.text
        else {
            throw error(
                value.node,
                "`\(value.setting.path)` must be \(value.setting.kind.words); a secret is never written here")
        }
        switch kind {
        case "env":
            guard let text = environment[target], !text.isEmpty else {
                throw error(members[0].value, "the environment has no `\(target)`")
            }
            return text
        case "file":
            let folder = target.lastIndex(of: "/").map { String(target[..<$0]) } ?? "."
            let name = target.split(separator: "/").last.map(String.init) ?? target
            do throws(DiskError) {
                let bytes = try FolderDisk(folder: folder.isEmpty ? "/" : folder).contents(of: name)
                let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline }
                guard !text.isEmpty else { throw DiskError("use", target, number: 61) }
                return text
            } catch {
                throw self.error(members[0].value, "\(error)")
            }
        default: throw error(members[0].key, "`\(kind)` is not a key here; there are `env`, `file`")
        }
    }

    static func size(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        let units = [
            "": 1, "B": 1, "kB": 1_000, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000, "KiB": 1 << 10,
            "MiB": 1 << 20, "GiB": 1 << 30,
        ]
        guard let unit = units[text.dropFirst(digits.count).filter { $0 != " " }] else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow ? nil : product
    }

    static func span(_ text: String) -> Timestamp.Span? { Timestamp.Span(text) }
}

/// A numeric address and a port to listen at.
public struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    public let address: String
    public let port: Int

    init(address: String, port: Int) {
        self.address = address
        self.port = port
    }

    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var address = text[..<colon]
        if address.hasPrefix("["), address.hasSuffix("]") { address = address.dropFirst().dropLast() }
        guard IPAddress(String(address)) != nil else { return nil }
        self.init(address: String(address), port: port)
    }

    public var description: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }

    /// Whether only this machine can reach it.
    var isLoopback: Bool { address.hasPrefix("127.") || address == "::1" }
}
