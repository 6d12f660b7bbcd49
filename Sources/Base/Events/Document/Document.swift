public import Codecs
public import Platform

/// One thing that happened, in Elastic Common Schema.
///
/// A flat list of fields with their values in one piece of memory, made to be filled, read and emptied
/// again thousands of times without an allocation. Known fields are numbers of the ``FieldCatalog``;
/// everything else keeps its dotted name beside the value.
///
/// - Shape: never holds null, an empty text or an empty list: a field that is not known is not here.
///   Setting a field again adds a value to it.
public struct Document: ~Copyable {
    public enum Kind: UInt8, Sendable {
        /// UTF-8 text.
        case text
        case long
        case double
        case boolean
        /// Nanoseconds since 1970.
        case date
        /// A JSON value of any shape, checked, as its bytes.
        case json
    }

    /// One value of one field.
    public struct Entry: Sendable {
        /// The known field, or `nil` for a field that goes by ``name``.
        public let field: FieldID?
        public let kind: Kind
        /// The dotted name of an unknown field; empty for a known one.
        public let name: ByteRange
        /// The bytes of `.text` and `.json`.
        public let value: ByteRange
        /// The bits of `.long`, `.double`, `.boolean` and `.date`.
        public let bits: UInt64

        @inlinable public var long: Int64 { Int64(bitPattern: bits) }
        @inlinable public var double: Double { Double(bitPattern: bits) }
        @inlinable public var boolean: Bool { bits != 0 }

        /// Whether a long is the same number as a double.
        @inlinable public var isExactDouble: Bool { long.magnitude <= 1 << 53 }
    }

    public private(set) var entries: [Entry] = []
    var memory: ByteBuffer

    public init() { memory = ByteBuffer(capacity: 4_096) }

    /// Where the bytes of the entries are.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get { memory.bytes }
    }

    public mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        memory.removeAll()
    }

    // MARK: Known fields

    /// Sets text; nothing happens when it is empty. What is not UTF-8 is repaired when it is written.
    public mutating func set(_ field: FieldID, text: RawSpan) {
        guard text.byteCount > 0 else { return }
        let start = memory.count
        memory.append(text)
        entries.append(
            Entry(
                field: field, kind: .text, name: .empty, value: ByteRange(start: start, count: text.byteCount), bits: 0)
        )
    }

    public mutating func set(_ field: FieldID, text: String) {
        var text = text
        text.withUTF8 { unsafe set(field, text: UnsafeRawBufferPointer($0).bytes) }
    }

    /// Sets JSON of any shape, checked before.
    public mutating func set(_ field: FieldID, json: RawSpan) {
        guard json.byteCount > 0 else { return }
        let start = memory.count
        memory.append(json)
        entries.append(
            Entry(
                field: field, kind: .json, name: .empty, value: ByteRange(start: start, count: json.byteCount), bits: 0)
        )
    }

    /// Text that the caller writes straight into the document's memory.
    public mutating func set(_ field: FieldID, kind: Kind = .text, writing body: (inout ByteBuffer) -> Void) {
        let start = memory.count
        body(&memory)
        guard memory.count > start else { return }
        entries.append(
            Entry(
                field: field, kind: kind, name: .empty, value: ByteRange(start: start, count: memory.count - start),
                bits: 0))
    }

    public mutating func set(_ field: FieldID, long: Int64) { set(field, .long, UInt64(bitPattern: long)) }
    public mutating func set(_ field: FieldID, double: Double) { set(field, .double, double.bitPattern) }
    public mutating func set(_ field: FieldID, boolean: Bool) { set(field, .boolean, boolean ? 1 : 0) }
    public mutating func set(_ field: FieldID, date: Timestamp) {
        set(field, .date, UInt64(bitPattern: date.nanoseconds))
    }

    private mutating func set(_ field: FieldID, _ kind: Kind, _ bits: UInt64) {
        entries.append(Entry(field: field, kind: kind, name: .empty, value: .empty, bits: bits))
    }

    /// Adds a copy of a value under another field.
    public mutating func set(_ field: FieldID, copying entry: Entry) {
        entries.append(Entry(field: field, kind: entry.kind, name: .empty, value: entry.value, bits: entry.bits))
    }

    // MARK: Unknown fields

    /// Starts an entry for a field that is not in the catalog: `name` writes its dotted name, `value` its bytes.
    public mutating func set(
        kind: Kind, bits: UInt64 = 0, name: (inout ByteBuffer) -> Void, value: (inout ByteBuffer) -> Void = { _ in }
    ) {
        let start = memory.count
        name(&memory)
        let middle = memory.count
        value(&memory)
        let end = memory.count
        if kind == .text || kind == .json, end == middle { return memory.truncate(to: start) }
        entries.append(
            Entry(
                field: nil, kind: kind, name: ByteRange(start: start, count: middle - start),
                value: ByteRange(start: middle, count: end - middle), bits: bits))
    }

    /// Sets a field that is not in the catalog.
    ///
    /// - Parameter prefix: the start of its dotted name; `name` is the rest.
    /// - Parameter bytes: the value of `.text` and `.json`; nothing happens when those are empty.
    public mutating func set(
        prefix: RawSpan, name: RawSpan, _ kind: Kind, bits: UInt64 = 0, bytes: RawSpan = RawSpan()
    ) {
        if kind == .text || kind == .json, bytes.byteCount == 0 { return }
        let start = memory.count
        memory.append(prefix)
        memory.append(name)
        let middle = memory.count
        memory.append(bytes)
        entries.append(
            Entry(
                field: nil, kind: kind, name: ByteRange(start: start, count: middle - start),
                value: ByteRange(start: middle, count: memory.count - middle), bits: bits))
    }

    // MARK: Reading

    /// The first value of a field.
    public func first(_ field: FieldID) -> Entry? { entries.first { $0.field == field } }

    public func has(_ field: FieldID) -> Bool { first(field) != nil }

    /// The first value of a field, when it is text.
    public func text(_ field: FieldID) -> String? {
        guard let entry = first(field), entry.kind == .text else { return nil }
        return bytes[entry.value].text
    }

    /// Takes all values of a field out again.
    public mutating func remove(_ field: FieldID) { entries.removeAll { $0.field == field } }
}
