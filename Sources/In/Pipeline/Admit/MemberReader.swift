import Codecs
import Events
import Integrity
import Platform

/// What in a file is wrong, and where.
struct BookFlaw: Error {
    let place: String
    let problem: String
}

/// Takes the members of one line of a book, each checked.
struct MemberReader {
    typealias Flaw = BookFlaw

    let value: JSONValue
    let place: String

    /// A member that is not known is a flaw: `revokd` must not leave a credential in force.
    init(_ value: JSONValue, at place: String, _ known: Set<String>) throws(Flaw) {
        guard let members = value.members else { throw Flaw(place: place, problem: "must be an object") }
        self.value = value
        self.place = place
        var names = known
        for member in members where names.remove(member.key) == nil {
            throw flaw(member.key, "is no member here, or stands twice")
        }
    }

    /// The lines of a book of one version.
    static func lines(
        of bytes: [UInt8], named name: String, version: Int64, most: Int
    ) throws(Flaw) -> [JSONValue] {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONValue(parsing: bytes)
        } catch {
            throw Flaw(place: "the file", problem: "is no JSON: \(error)")
        }
        guard root["version"]?.integer == version else {
            throw Flaw(place: "version", problem: "must be \(version)")
        }
        guard let items = root[name]?.array, items.count <= most else {
            throw Flaw(place: name, problem: "must be a list of at most \(most)")
        }
        return items
    }

    func flaw(_ name: String, _ problem: String) -> Flaw { Flaw(place: "\(place).\(name)", problem: problem) }

    func isThere(_ name: String) -> Bool { value[name] != nil }

    func text(_ name: String, _ problem: String, if isGood: (String) -> Bool) throws(Flaw) -> String {
        guard let text = value[name]?.string, isGood(text) else { throw flaw(name, problem) }
        return text
    }

    /// - Parameter prefix: what ids of this book begin with.
    func id(_ prefix: String) throws(Flaw) -> String {
        try text("id", "must be `\(prefix)` and letters or digits") { id in
            id.hasPrefix(prefix) && (prefix.utf8.count + 1...64).contains(id.utf8.count)
                && id.utf8.dropFirst(prefix.utf8.count).allSatisfy {
                    (0x30...0x39).contains($0) || (0x61...0x7A).contains($0)
                }
        }
    }

    func name(_ name: String) throws(Flaw) -> String {
        try text(name, "must be text of 1 to 64 bytes without control characters", if: CredentialOrder.isName)
    }

    /// - Parameter most: bytes.
    func line(_ name: String, most: Int) throws(Flaw) -> String {
        try text(name, "must be text of 1 to \(most) bytes on one line") { WrittenLine.isOne($0, most: most) }
    }

    /// One of a few words.
    func word<Word: RawRepresentable & CaseIterable>(
        _ name: String
    ) throws(Flaw) -> Word where Word.RawValue == String {
        guard let word = value[name]?.string.flatMap({ Word(rawValue: $0) }) else {
            throw flaw(name, "must be one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    func tenant() throws(Flaw) -> TenantName {
        guard let tenant = value["tenant"]?.string.flatMap({ TenantName($0) }) else {
            throw flaw("tenant", "must be 1 to 63 of a–z 0–9 - _")
        }
        return tenant
    }

    func moment(_ name: String) throws(Flaw) -> Timestamp {
        guard let moment = value[name]?.string.flatMap({ RFC3339.parse($0.utf8) }) else {
            throw flaw(name, "must be a moment such as 2026-10-08T08:15:18Z")
        }
        return moment
    }

    func momentIfThere(_ name: String) throws(Flaw) -> Timestamp? { try isThere(name) ? moment(name) : nil }

    /// Whoever can write the file must not be able to take all memory.
    func passwordHash(_ name: String) throws(Flaw) -> PasswordHash {
        guard let hash = value[name]?.string.flatMap({ PasswordHash(kept: $0) }),
            hash.effort.memory <= PasswordHash.Effort.usual.memory,
            hash.effort.passes <= PasswordHash.Effort.usual.passes
        else { throw flaw(name, "must be an Argon2id hash of at most 64 MiB and 2 passes") }
        return hash
    }
}
