import Codecs
import Platform

/// Something that a look at the directory found to be otherwise than the look before.
struct DirectoryChange: Sendable, Equatable {
    enum What: String, Sendable {
        /// It was there already when Docket looked for the first time.
        case found
        case added, changed, removed
    }

    let what: What
    let part: DirectoryPart
    let id: String
    /// As the API delivered it; `nil` when it was removed.
    let object: DirectoryObject?
    /// What was remembered of it; `nil` when nothing was.
    let before: DirectoryTraits?

    /// Names of the members that changed, and what they were.
    private var differences: [JSONValue] {
        guard let object, let before, what == .changed else { return [] }
        return zip(part.kind.traits, zip(before.all, object.traits.all)).filter { $1.0 != $1.1 }.map { trait, values in
            var members: [JSONValue.Member] = [.init("name", .string(trait.name))]
            if let told = values.0.told { members.append(.init("before", told)) }
            return .object(members)
        }
    }

    /// What the record of it says.
    ///
    /// - Parameter seen: when the look began.
    /// - Parameter since: when the one before did, so that it happened between them.
    func record(seen: Timestamp, since: Timestamp?) -> [UInt8] {
        var members: [JSONValue.Member] = [
            .init("type", .string("\(part.kind.rawValue)_\(what.rawValue)")),
            .init("created_at", .string(RFC3339.text(seen, digits: 6))),
        ]
        if let since, what != .found { members.append(.init("after", .string(RFC3339.text(since, digits: 6)))) }
        if !part.organization.isEmpty { members.append(.init("organization_uuid", .string(part.organization))) }
        members.append(.init("object_type", .string(part.kind.rawValue)))
        members.append(.init("object_id", .string(id)))
        if !part.parent.isEmpty { members.append(.init("parent_id", .string(part.parent))) }
        if !differences.isEmpty { members.append(.init("changes", .array(differences))) }
        if what == .removed {
            // What is still known of it, for nobody can ask any more.
            let known = zip(part.kind.traits, before?.all ?? []).compactMap { trait, value in
                value == .absent ? nil : value.told.map { JSONValue.Member(trait.name, $0) }
            }
            if !known.isEmpty { members.append(.init("object", .object(known))) }
        }
        let record = Array(JSONValue.object(members).text.utf8)
        guard let object else { return record }
        return record.dropLast() + Array(",\"object\":".utf8) + object.bytes + [UInt8(ascii: "}")]
    }
}
