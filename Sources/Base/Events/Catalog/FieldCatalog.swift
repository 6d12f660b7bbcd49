import CContent

/// What values a field holds.
public enum FieldType: String, Sendable, CaseIterable {
    /// Text that is compared as a whole.
    case keyword
    /// Text that is searched by its words.
    case text
    case long, double, boolean, date, ip
    case geoPoint = "geo_point"
    /// An object whose members are not known; kept and stored as JSON.
    case flattened
}

/// A field of the catalog, as a small number.
///
/// - Order: of the names, segment by segment, so that fields in order of their ids make a nested object.
@frozen public struct FieldID: Sendable, Hashable, Comparable {
    public let index: UInt16
    @inlinable public init(index: UInt16) { self.index = index }
    @inlinable public static func < (left: FieldID, right: FieldID) -> Bool { left.index < right.index }
}

/// Every field that Docket knows by name: one list for mapping, store, queries, console and documentation.
///
/// - Source: `Content/fields.tsv`, carried inside the program.
public struct FieldCatalog: Sendable {
    public struct Field: Sendable {
        public let id: FieldID
        public let name: String
        public let type: FieldType
        /// A document may hold several values; it is written as a list even when it is one.
        public let isMany: Bool
        /// Data streams that set it; empty means all.
        public let streams: [StreamName]
        /// Older and other names that queries may use.
        public let aliases: [String]
        public let description: String
    }

    public let fields: [Field]
    private let ids: [String: FieldID]

    /// The catalog that the program carries.
    public static let standard: FieldCatalog = {
        let content = unsafe docket_content_fields()
        let bytes = unsafe Array(UnsafeBufferPointer(start: content.start, count: content.count))
        do {
            return try FieldCatalog(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            preconditionFailure("Content/fields.tsv: \(error)")
        }
    }()

    /// Reads the table. A test reads it too, so a flaw never reaches a user.
    init(parsing table: String) throws(FieldCatalogError) {
        var fields: [Field] = []
        var ids: [String: FieldID] = [:]
        var isHeader = true
        for (number, line) in table.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty || line.hasPrefix("#") { continue }
            if isHeader {
                isHeader = false
                continue
            }
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard cells.count == 6, let type = FieldType(rawValue: cells[1]), ["one", "many"].contains(cells[2]) else {
                throw FieldCatalogError(line: number + 1, message: "not a row of six cells with a known type")
            }
            if let last = fields.last, !Self.isAscending(last.name, cells[0]) {
                throw FieldCatalogError(
                    line: number + 1, message: "`\(cells[0])` is not in order behind `\(last.name)`")
            }
            let field = Field(
                id: FieldID(index: UInt16(fields.count)), name: cells[0], type: type, isMany: cells[2] == "many",
                streams: cells[3] == "*" ? [] : cells[3].split(separator: ",").map { StreamName(String($0)) },
                aliases: cells[4].split(separator: ",").map(String.init), description: cells[5])
            for name in [field.name] + field.aliases where ids.updateValue(field.id, forKey: name) != nil {
                throw FieldCatalogError(line: number + 1, message: "`\(name)` stands here twice")
            }
            fields.append(field)
        }
        self.fields = fields
        self.ids = ids
    }

    /// A catalog of other names than Docket's own, such as those of another schema.
    public init(_ names: [(name: String, type: FieldType, isMany: Bool)]) {
        fields = names.sorted { Self.isAscending($0.name, $1.name) }.enumerated().map { index, field in
            Field(
                id: FieldID(index: UInt16(index)), name: field.name, type: field.type, isMany: field.isMany,
                streams: [], aliases: [], description: "")
        }
        ids = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.id) })
    }

    /// The field of this name or alias.
    public func id(of name: String) -> FieldID? { ids[name] }

    public subscript(id: FieldID) -> Field { fields[Int(id.index)] }

    /// The field of a name that the program itself uses, so that it must be there.
    public func known(_ name: StaticString) -> FieldID {
        guard let id = ids[name.description] else { preconditionFailure("Content/fields.tsv has no field \(name)") }
        return id
    }

    /// Segment by segment: a dot sorts before every other character.
    static func isAscending(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8) { Self.rank($0) < Self.rank($1) }
    }

    private static func rank(_ byte: UInt8) -> UInt8 { byte == UInt8(ascii: ".") ? 0 : byte }
}

struct FieldCatalogError: Error, CustomStringConvertible {
    let line: Int
    let message: String
    var description: String { "line \(line): \(message)" }
}
