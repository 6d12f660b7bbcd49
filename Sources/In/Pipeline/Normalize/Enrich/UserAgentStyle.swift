import Codecs
import Lookup

/// How a match of a pattern becomes a name and a version.
enum UserAgentStyle: Sendable {
    /// As uap-core's specification says: `$1` to `$9` stand for groups everywhere, and space around them is nothing.
    case specification
    /// As Elasticsearch 8.19 and 9.1 do it: `$1` stands for its group in names, once. All other text stays as it
    /// is, so a device may be called `Samsung $2`.
    case elastic

    /// - Parameter group: the text of a group; `nil` when it took no part in the match.
    /// - Returns: `nil` when the match gives no name; then the next pattern is tried.
    func name(_ rule: UserAgentRules.Rule, _ group: (Int) -> [UInt8]?) -> VersionedName? {
        let name: [UInt8]?
        if let replacement = rule.name {
            name = self == .specification ? Self.fill(replacement, group) : Self.fillOnce(replacement, group)
        } else {
            name = group(1).map(text)
        }
        guard let name, !name.isEmpty || self == .elastic else { return nil }
        guard rule.hasVersion else { return VersionedName(name: name) }
        func number(_ place: Int) -> [UInt8]? {
            let number: [UInt8]?
            if let replacement = rule.numbers[place] {
                number = self == .specification ? Self.fill(replacement, group) : replacement
            } else {
                number = group(place + 2).map(text)
            }
            return number?.isEmpty == false ? number : nil
        }
        return VersionedName(
            name: name, major: number(0), minor: number(1), patch: number(2), build: number(3))
    }

    private func text(_ group: [UInt8]) -> [UInt8] { self == .specification ? Self.trimmed(group) : group }

    /// Puts groups in the place of `$1` to `$9`.
    private static func fill(_ replacement: [UInt8], _ group: (Int) -> [UInt8]?) -> [UInt8] {
        var out: [UInt8] = []
        var place = 0
        while place < replacement.count {
            let byte = replacement[place]
            if byte == UInt8(ascii: "$"), place + 1 < replacement.count, (49...57).contains(replacement[place + 1]) {
                out += group(Int(replacement[place + 1]) - 48) ?? []
                place += 2
            } else {
                out.append(byte)
                place += 1
            }
        }
        return trimmed(out)
    }

    /// Puts the first group in the place of the first `$1`.
    private static func fillOnce(_ replacement: [UInt8], _ group: (Int) -> [UInt8]?) -> [UInt8] {
        guard let text = group(1),
            let place = replacement.indices.dropLast().first(where: {
                replacement[$0] == UInt8(ascii: "$") && replacement[$0 + 1] == UInt8(ascii: "1")
            })
        else { return replacement }
        return replacement[..<place] + text + replacement[(place + 2)...]
    }

    private static func trimmed(_ text: [UInt8]) -> [UInt8] {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }
        guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) })
        else { return [] }
        return Array(text[first...last])
    }
}
