/// The fields of a message's head, in order, with repeats.
///
/// All names and values lie in one block of bytes, so that receiving a head of thirty fields takes two
/// allocations and not sixty; a `String` is made for the fields that somebody reads.
///
/// - Shape: names are tokens and compared without regard to case; values never hold a control character
///   other than tab, so nothing that is put in here can end a line.
public struct HTTPHeaders: Sendable {
    private struct Field {
        var start: Int
        var nameEnd: Int
        var end: Int
    }

    private var bytes: [UInt8] = []
    private var fields: [Field] = []

    public init() {}

    /// The first value of that name.
    public subscript(name: String) -> String? {
        for field in fields where matches(field, name) { return text(field.nameEnd, field.end) }
        return nil
    }

    /// All values of that name, in order.
    public func all(_ name: String) -> [String] {
        fields.filter { matches($0, name) }.map { text($0.nameEnd, $0.end) }
    }

    public func contains(_ name: String) -> Bool { fields.contains { matches($0, name) } }

    /// How many fields there are, each repeat counted.
    public var count: Int { fields.count }
    public var isEmpty: Bool { fields.isEmpty }

    /// Adds a field behind the others.
    ///
    /// A control character in the value becomes a space. A name that is not a token is a mistake of the
    /// program, and the field is left out.
    public mutating func append(_ name: String, _ value: String) {
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isTokenByte) else { return }
        let start = bytes.count
        bytes.append(contentsOf: name.utf8)
        let nameEnd = bytes.count
        for byte in value.utf8 { bytes.append(Self.isValueByte(byte) ? byte : 0x20) }
        fields.append(Field(start: start, nameEnd: nameEnd, end: bytes.count))
    }

    /// Replaces every field of that name with this one.
    public mutating func set(_ name: String, _ value: String) {
        remove(name)
        append(name, value)
    }

    public mutating func remove(_ name: String) {
        // The bytes stay behind; a head is short-lived.
        fields = fields.filter { !matches($0, name) }
    }

    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E:
            true
        default: false
        }
    }

    private static func isValueByte(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

    private func matches(_ field: Field, _ name: String) -> Bool {
        let name = name.utf8
        guard field.nameEnd - field.start == name.count else { return false }
        var place = field.start
        for byte in name {
            guard Self.lowered(bytes[place]) == Self.lowered(byte) else { return false }
            place += 1
        }
        return true
    }

    private static func lowered(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

    private func text(_ start: Int, _ end: Int) -> String { String(decoding: bytes[start..<end], as: UTF8.self) }
}

extension HTTPHeaders: Sequence {
    public func makeIterator() -> AnyIterator<(name: String, value: String)> {
        var place = 0
        return AnyIterator {
            guard place < fields.count else { return nil }
            defer { place += 1 }
            let field = fields[place]
            return (text(field.start, field.nameEnd), text(field.nameEnd, field.end))
        }
    }
}

extension HTTPHeaders: Equatable, ExpressibleByDictionaryLiteral, CustomStringConvertible {
    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name, value) }
    }

    /// The same fields in the same order; the case of names does not matter.
    public static func == (left: HTTPHeaders, right: HTTPHeaders) -> Bool {
        left.count == right.count
            && zip(left, right).allSatisfy { $0.name.lowercased() == $1.name.lowercased() && $0.value == $1.value }
    }

    /// Names only: a value may be a credential.
    public var description: String { "[" + map(\.name).joined(separator: ", ") + "]" }
}

/// What parsers and writers need, in bytes.
extension HTTPHeaders {
    /// Starts a field; ``extendName(_:)`` and ``extendValue(_:)`` fill it.
    mutating func open() { fields.append(Field(start: bytes.count, nameEnd: bytes.count, end: bytes.count)) }

    mutating func extendName(_ piece: UnsafeRawBufferPointer) {
        unsafe bytes.append(contentsOf: piece)
        fields[fields.count - 1].nameEnd = bytes.count
        fields[fields.count - 1].end = bytes.count
    }

    mutating func extendValue(_ piece: UnsafeRawBufferPointer) {
        unsafe bytes.append(contentsOf: piece)
        fields[fields.count - 1].end = bytes.count
    }

    /// Ends a field: the spaces behind its value are no part of it.
    mutating func close() {
        guard var field = fields.last else { return }
        while field.end > field.nameEnd, bytes[field.end - 1] == 0x20 || bytes[field.end - 1] == 0x09 { field.end -= 1 }
        fields[fields.count - 1] = field
    }

    /// Gives name and value of each field as bytes.
    func forEachField(_ body: (_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Void) {
        for field in fields { body(bytes[field.start..<field.nameEnd], bytes[field.nameEnd..<field.end]) }
    }

    /// Whether the first value of that name is exactly this, without regard to case.
    func value(of name: String, is text: String) -> Bool {
        for field in fields where matches(field, name) {
            return matches(Field(start: field.nameEnd, nameEnd: field.end, end: field.end), text)
        }
        return false
    }

    /// Whether the first Host, if there is one, is empty or an authority.
    var hostIsGood: Bool {
        guard let host = fields.first(where: { matches($0, "host") }) else { return true }
        return host.nameEnd == host.end || Authority.isGood(bytes[host.nameEnd..<host.end])
    }

    /// How often a name occurs.
    func times(_ name: String) -> Int { fields.reduce(0) { $0 + (matches($1, name) ? 1 : 0) } }
}
