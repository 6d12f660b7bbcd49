import Codecs
import Events
import Platform

/// A document that is in Elastic Common Schema already: read into fields, changed in nothing.
///
/// - Guarantee: no value is lost. What is not of its field's type stays under the field's name as it came.
struct DocumentReader: ~Copyable {
    /// The names of all fields, by their numbers.
    let names: [String]
    private let catalog: NameTable
    private let types: [FieldType]
    private let isMany: [Bool]
    private let fixes: Fixes
    private let sentNames = SentNames()
    private var origin = Origin.file
    /// Whether a value goes below `imported.` though its name could stay.
    private var isAside = false
    private var name = ByteBuffer(capacity: 256)
    private var scratch = ByteBuffer(capacity: 1_024)
    private var plain = ByteBuffer(capacity: 1_024)

    /// Who wrote a document.
    enum Origin {
        /// This Docket.
        case own
        /// Somebody who has the data directory, so he may say anything but how this Docket got the document.
        case file
        /// Whoever has a credential for events.
        case sender
    }

    init(_ catalog: FieldCatalog, _ fixes: Fixes) {
        names = catalog.fields.map(\.name)
        self.catalog = NameTable(names)
        types = catalog.fields.map(\.type)
        isMany = catalog.fields.map(\.isMany)
        self.fixes = fixes
    }

    /// - Parameter root: what stands before all names.
    /// - Throws: when the bytes are no JSON object; the document is then without fields.
    mutating func read(
        _ bytes: RawSpan, _ range: ByteRange, by origin: Origin, below root: StaticString = "",
        into document: inout Document
    ) throws(JSONError) {
        self.origin = origin
        var check = JSONCursor(range)
        guard try check.kind(in: bytes) == .object else { throw JSONError(.wrongKind, at: range.start) }
        try check.skip(in: bytes)
        try check.finish(in: bytes)
        var cursor = JSONCursor(range)
        name.removeAll()
        name.append(root)
        try object(&cursor, bytes, into: &document)
    }

    private mutating func object(
        _ cursor: inout JSONCursor, _ bytes: RawSpan, into document: inout Document
    ) throws(JSONError) {
        let start = name.count
        var isFirst = true
        try cursor.enterObject(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            name.truncate(to: start)
            if start > 0 { name.append(UInt8(ascii: ".")) }
            JSONText.appendUnescaped(bytes[key.range], to: &name)
            try value(&cursor, bytes, into: &document)
        }
        name.truncate(to: start)
    }

    private mutating func value(
        _ cursor: inout JSONCursor, _ bytes: RawSpan, into document: inout Document
    ) throws(JSONError) {
        let index = catalog.index(of: name.bytes)
        let kind = try cursor.kind(in: bytes)
        isAside = try isForeign(kind, cursor, bytes)
        let field: FieldID? = index >= 0 && !isAside ? FieldID(index: UInt16(index)) : nil
        switch kind {
        case .object:
            if let field, types[index] == .flattened || types[index] == .geoPoint {
                scratch.removeAll()
                if try JSONPruner.append(&cursor, bytes, to: &scratch) { document.set(field, json: scratch.bytes) }
            } else {
                try object(&cursor, bytes, into: &document)
            }
        case .array:
            scratch.removeAll()
            guard try JSONPruner.append(&cursor, bytes, to: &scratch) else { return }
            if let field {
                FieldValues.set(field, json: scratch.bytes, isMany: isMany[index], into: &document)
            } else {
                setByName(.json, scratch.bytes, into: &document)
            }
        case .null: _ = try cursor.word(in: bytes)
        case .string:
            let text = try cursor.string(in: bytes)
            plain.removeAll()
            JSONText.appendUnescaped(bytes[text.range], to: &plain)
            if let field, keepsScalar(index) { return setScalar(field, bytes, text.range, into: &document) }
            setText(field, index, into: &document)
        case .number:
            let range = try cursor.number(in: bytes)
            if origin == .sender, let field, types[index] == .date {
                if let moment = Self.moment(milliseconds: bytes[range]) { return document.set(field, date: moment) }
                isAside = true
            }
            guard let field, isNumeric(index) else {
                return setByName(.json, bytes[range], into: &document)
            }
            FieldValues.set(field, number: bytes[range], into: &document)
        case .true, .false:
            let flag = try cursor.word(in: bytes) == .true
            if let field, types[index] == .boolean {
                document.set(field, boolean: flag)
            } else {
                document.set(prefix: prefix, name: name.bytes, .boolean, bits: flag ? 1 : 0)
            }
        }
    }

    /// Compatible documents keep a scalar a scalar also where the catalog has a list.
    private func keepsScalar(_ index: Int) -> Bool { isMany[index] && !fixes.contains(.envelope) }

    private func isNumeric(_ index: Int) -> Bool { types[index] == .long || types[index] == .double }

    private mutating func setScalar(
        _ field: FieldID, _ bytes: RawSpan, _ range: ByteRange, into document: inout Document
    ) {
        guard !range.isEmpty else { return }
        document.set(field, json: bytes[ByteRange(start: range.start - 1, count: range.count + 2)])
    }

    /// The text in `plain`, as what its field holds.
    private mutating func setText(_ field: FieldID?, _ index: Int, into document: inout Document) {
        guard let field else { return setByName(.text, plain.bytes, into: &document) }
        switch types[index] {
        case .date:
            if let moment = ISODate.parse(plain.bytes) { return document.set(field, date: moment) }
            isAside = origin == .sender
            setByName(.text, plain.bytes, into: &document)
        case .long, .double, .boolean, .flattened, .geoPoint: setByName(.text, plain.bytes, into: &document)
        case .ip where !IPAddress.isValid(plain.bytes): setByName(.text, plain.bytes, into: &document)
        case .keyword, .text, .ip: document.set(field, text: plain.bytes)
        }
    }

    /// What the number of a date means, as Elasticsearch reads it.
    private static func moment(milliseconds: RawSpan) -> Timestamp? {
        guard let number = JSONNumber.int64(milliseconds) else { return nil }
        let (nanoseconds, isOver) = number.multipliedReportingOverflow(by: 1_000_000)
        return isOver ? nil : Timestamp(nanoseconds: nanoseconds)
    }

    /// Whether who wrote the document may not give this value to the field called `name`.
    private func isForeign(
        _ kind: JSONCursor.Kind, _ cursor: JSONCursor, _ bytes: RawSpan
    ) throws(JSONError) -> Bool {
        switch origin {
        case .own: return false
        case .file: return name.bytes.starts(with: "docket.")
        case .sender:
            if sentNames.isReserved(name.bytes) || kind != .object && sentNames.isParent(name.bytes) { return true }
            // A time that is none must leave room for one: that of the receipt.
            if name.bytes.isEqual(to: "@timestamp") { return kind != .string && kind != .number && kind != .object }
            guard sentNames.isStream(name.bytes) else { return false }
            guard kind == .string else { return true }
            var cursor = cursor
            let text = try cursor.string(in: bytes)
            // Names of streams have no letters that need a backslash.
            return text.isEscaped || SentNames.isOwn(stream: bytes[text.range])
        }
    }

    private func setByName(_ kind: Document.Kind, _ value: RawSpan, into document: inout Document) {
        document.set(prefix: prefix, name: name.bytes, kind, bytes: value)
    }

    /// What a document may not say in its own name stands below `imported.`.
    private var prefix: RawSpan {
        @_lifetime(immortal)
        get { isAside ? Literal.bytes("imported.") : RawSpan() }
    }
}
