import CContent
import Codecs
import Integrity

/// Which part of a record belongs to which group.
///
/// - Source: `Content/disclosure-1.tsv`, carried inside the program.
struct DisclosureTable: Sendable {
    /// The version of the cut, as leaves have it.
    static let version: UInt16 = 1

    /// All parts that the table names.
    let parts: [String]
    private let names: NameTable
    private let groups: [DisclosureGroup]

    static let standard: DisclosureTable = {
        guard let table = unsafe DisclosureTable(parsing: docket_content_disclosure().text) else {
            preconditionFailure("Content/disclosure-1.tsv has a row that cannot be read")
        }
        return table
    }()

    /// - Returns: `nil` when a row is not a name and a group.
    init?(parsing table: String) {
        var names: [String] = []
        var groups: [DisclosureGroup] = []
        for line in table.split(separator: "\n").filter({ !$0.hasPrefix("#") }).dropFirst() {
            let cells = line.split(separator: "\t")
            guard cells.count == 2, let group = DisclosureGroup.allCases.first(where: { $0.word == cells[1] }) else {
                return nil
            }
            names.append(String(cells[0]))
            groups.append(group)
        }
        parts = names
        self.names = NameTable(names)
        self.groups = groups
    }

    func group(of name: RawSpan) -> DisclosureGroup {
        let place = names.index(of: name)
        return place < 0 ? .rest : groups[place]
    }

    /// The group of a field of an event, by the first part of its name.
    func group(ofEventField name: RawSpan) -> DisclosureGroup {
        var end = 0
        while end < name.byteCount, name[end] != UInt8(ascii: ".") { end += 1 }
        var part = ByteBuffer(capacity: 64)
        part.append("event-field." as StaticString)
        part.append(name.extracting(0..<end))
        return group(of: part.bytes)
    }

    func group(of name: StaticString) -> DisclosureGroup { group(of: Literal.bytes(name)) }
}
