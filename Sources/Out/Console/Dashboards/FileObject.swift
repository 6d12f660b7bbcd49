import Codecs

/// What is wrong with a file of a dashboard: where, what, and what to do.
public struct DashboardError: Error, Sendable, Equatable, CustomStringConvertible {
    public let file: String
    /// `sections[0].panels[3].mark`; empty for the whole file.
    public let key: String
    public let message: String

    public var description: String { key.isEmpty ? "\(file): \(message)" : "\(file): `\(key)`: \(message)" }
}

/// An object of a file that is read member by member, so that one which nobody reads is found.
struct FileObject {
    let file: String
    let path: String
    private let members: [JSONValue.Member]
    private var taken: Set<String> = []

    init(_ value: JSONValue, file: String, path: String) throws(DashboardError) {
        guard let members = value.members else {
            throw DashboardError(file: file, key: path, message: "must be an object")
        }
        self.file = file
        self.path = path
        self.members = members
        for (place, member) in members.enumerated() where members[..<place].contains(where: { $0.key == member.key }) {
            throw error(member.key, "stands here twice")
        }
    }

    func error(_ key: String, _ message: String) -> DashboardError {
        DashboardError(file: file, key: path.isEmpty ? key : "\(path).\(key)", message: message)
    }

    mutating func value(_ key: String) -> JSONValue? {
        taken.insert(key)
        return members.last { $0.key == key }?.value
    }

    func has(_ key: String) -> Bool { members.contains { $0.key == key } }

    // MARK: Kinds

    mutating func text(_ key: String) throws(DashboardError) -> String {
        guard let text = try optionalText(key) else { throw error(key, "is missing; a text belongs here") }
        return text
    }

    mutating func optionalText(_ key: String) throws(DashboardError) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string, !text.isEmpty else { throw error(key, "must be a text that is not empty") }
        return text
    }

    mutating func flag(_ key: String) throws(DashboardError) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.bool else { throw error(key, "must be true or false") }
        return flag
    }

    mutating func number(_ key: String, in range: ClosedRange<Int>) throws(DashboardError) -> Int? {
        guard let value = value(key) else { return nil }
        guard let number = value.integer, let number = Int(exactly: number), range.contains(number) else {
            throw error(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func decimal(_ key: String) throws(DashboardError) -> Double {
        switch value(key) {
        case .integer(let number): Double(number)
        case .double(let number) where number.isFinite: number
        default: throw error(key, "must be a number")
        }
    }

    /// A word of a list of words.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, _: Choice.Type
    ) throws(DashboardError) -> Choice where Choice.RawValue == String {
        let word = try text(key)
        guard let choice = Choice(rawValue: word) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw error(key, "`\(word)` is none of: \(known)")
        }
        return choice
    }

    mutating func texts(_ key: String) throws(DashboardError) -> [String]? {
        guard let value = value(key) else { return nil }
        let texts = value.array?.compactMap(\.string) ?? []
        guard !texts.isEmpty, texts.count == value.array?.count, !texts.contains("") else {
            throw error(key, "must be a list of texts with at least one of them")
        }
        return texts
    }

    /// Objects of a list; none where the key is not there.
    mutating func objects(_ key: String) throws(DashboardError) -> [FileObject] {
        guard let value = value(key) else { return [] }
        guard let elements = value.array else { throw error(key, "must be a list of objects") }
        var objects: [FileObject] = []
        for (place, element) in elements.enumerated() {
            objects.append(try FileObject(element, file: file, path: error("\(key)[\(place)]", "").key))
        }
        return objects
    }

    /// Names and what they stand for, in their order.
    mutating func pairs(_ key: String) throws(DashboardError) -> [(name: String, value: JSONValue)] {
        guard let value = value(key) else { return [] }
        guard let members = value.members else { throw error(key, "must be an object") }
        return members.map { ($0.key, $0.value) }
    }

    /// Names and texts, in their order.
    ///
    /// - Parameter orNone: whether a text may be empty.
    mutating func textPairs(_ key: String, orNone: Bool = false) throws(DashboardError) -> [(
        name: String, text: String
    )] {
        var pairs: [(name: String, text: String)] = []
        for (name, value) in try self.pairs(key) {
            guard let text = value.string, orNone || !text.isEmpty else {
                throw error("\(key).\(name)", "must be a text")
            }
            pairs.append((name, text))
        }
        return pairs
    }

    /// Part of an address: small letters, digits and hyphens.
    mutating func id(_ key: String) throws(DashboardError) -> String {
        let id = try text(key)
        let isPlain = id.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        guard isPlain, id.utf8.count <= 64 else {
            throw error(key, "`\(id)` must be small letters, digits and hyphens, 64 at most")
        }
        return id
    }

    func end() throws(DashboardError) {
        if let unknown = members.first(where: { !taken.contains($0.key) }) {
            let known = taken.sorted().joined(separator: ", ")
            throw error(unknown.key, "is not known here; there are: \(known)")
        }
    }
}
