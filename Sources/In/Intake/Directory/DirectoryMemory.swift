import Codecs
import Platform

/// What the last look at the directory found, as far as the next one must know: the bookmark of a directory.
///
/// It has ids, roles and settings, and of names and addresses digests only: a bookmark is in the journal, and nobody can
/// be erased from it.
///
/// - Shape: lines of UTF-8, fields with a tab between:
///
///       docket directory 1
///       part <TAB> kind <TAB> "organization" <TAB> "parent" <TAB> whole or begun <TAB> time or -
///       "id" <TAB> trait <TAB> …
struct DirectoryMemory: Sendable, Equatable {
    struct Listing: Sendable, Equatable {
        var objects: [String: DirectoryTraits] = [:]
        /// Whether all of its first reading is in the journal.
        var isWhole = false
        /// When the last look at it began.
        var looked: Timestamp?
    }

    private static let title = "docket directory 1"

    var listings: [DirectoryPart: Listing] = [:]

    init() {}

    /// Since when no listing was looked at again; `nil` before the first look.
    var looked: Timestamp? { listings.values.lazy.filter(\.isWhole).compactMap(\.looked).min() }

    /// Takes a change over, which will be durable with this memory.
    mutating func apply(_ change: DirectoryChange) {
        switch change.what {
        case .found, .added, .changed:
            listings[change.part, default: Listing()].objects[change.id] = change.object?.traits
        case .removed:
            listings[change.part]?.objects[change.id] = nil
            for part in listings.keys where part.isBelow(change.id, of: change.part) { listings[part] = nil }
        }
    }

    // MARK: Bookmark

    var bytes: [UInt8] {
        var lines = [Self.title]
        for (part, listing) in listings.sorted(by: { $0.key < $1.key }) {
            let head = [
                "part", part.kind.rawValue, Self.quoted(part.organization), Self.quoted(part.parent),
                listing.isWhole ? "whole" : "begun", listing.looked.map { RFC3339.text($0, digits: 6) } ?? "-",
            ]
            lines.append(head.joined(separator: "\t"))
            for (id, traits) in listing.objects.sorted(by: { $0.key < $1.key }) {
                lines.append("\(Self.quoted(id))\t\(traits.text)")
            }
        }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// - Returns: `nil` for what ``bytes`` did not write.
    init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var lines = text.split(separator: "\n")[...]
        guard lines.popFirst() == Self.title[...] else { return nil }
        var part: DirectoryPart?
        for line in lines {
            if line.hasPrefix("part\t") {
                guard let (next, listing) = Self.head(line) else { return nil }
                listings[next] = listing
                part = next
                continue
            }
            let words = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
            guard let part, words.count == 2, let id = Self.unquoted(words[0]),
                let traits = DirectoryTraits(text: String(words[1]), part.kind)
            else { return nil }
            listings[part]?.objects[id] = traits
        }
    }

    private static func head(_ line: Substring) -> (DirectoryPart, Listing)? {
        let words = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard words.count == 6, let kind = DirectoryPart.Kind(rawValue: String(words[1])),
            let organization = unquoted(words[2]), let parent = unquoted(words[3])
        else { return nil }
        let looked = RFC3339.parse(words[5].utf8)
        guard looked != nil || words[5] == "-" else { return nil }
        return (
            DirectoryPart(kind, organization: organization, parent: parent),
            Listing(isWhole: words[4] == "whole", looked: looked)
        )
    }

    private static func quoted(_ text: String) -> String { JSONValue.string(text).text }

    private static func unquoted(_ text: some StringProtocol) -> String? {
        (try? JSONValue(parsing: String(text)))?.string
    }
}
