import Codecs
import Events
import Platform

/// Puts values of a record into a document, each as what it is.
struct FieldValues: ~Copyable {
    /// Of each field: whether it has several values.
    private let isMany: [Bool]
    private let names: [UInt8]
    private let nameRanges: [ByteRange]
    private var scratch = ByteBuffer(capacity: 1_024)
    /// Whether a value was too deep to be written, so that only a mark is in its place.
    private var hasCut = false

    init(_ catalog: FieldCatalog) {
        isMany = catalog.fields.map(\.isMany)
        var names: [UInt8] = []
        nameRanges = catalog.fields.map { field in
            defer { names += field.name.utf8 }
            return ByteRange(start: names.count, count: field.name.utf8.count)
        }
        self.names = names
    }

    /// Whether a value was cut since the last time that this was asked.
    mutating func takeCut() -> Bool {
        defer { hasCut = false }
        return hasCut
    }

    // MARK: OpenTelemetry values

    /// A value for a name that may or may not be in the catalog.
    mutating func set(
        _ prefix: RawSpan, _ name: RawSpan, _ value: OTLPValue, _ bytes: RawSpan, _ reader: borrowing OTLPReader,
        into document: inout Document
    ) {
        switch value.kind {
        case .string:
            document.set(prefix: prefix, name: name, .text, bytes: reader.bytes(of: value.text, in: bytes))
        case .boolean: document.set(prefix: prefix, name: name, .boolean, bits: value.bits)
        case .integer: document.set(prefix: prefix, name: name, .long, bits: value.bits)
        case .double where value.double.isFinite: document.set(prefix: prefix, name: name, .double, bits: value.bits)
        default:
            guard let json = self.json(value, bytes, reader) else { return }
            document.set(prefix: prefix, name: name, .json, bytes: scratch.bytes[json])
        }
    }

    mutating func set(
        _ field: FieldID, _ value: OTLPValue, _ bytes: RawSpan, _ reader: borrowing OTLPReader,
        into document: inout Document
    ) {
        switch value.kind {
        case .string: document.set(field, text: reader.bytes(of: value.text, in: bytes))
        case .boolean: document.set(field, boolean: value.boolean)
        case .integer: document.set(field, long: value.integer)
        case .double where value.double.isFinite: document.set(field, double: value.double)
        default:
            guard let json = self.json(value, bytes, reader) else { return }
            Self.set(field, json: scratch.bytes[json], isMany: isMany[Int(field.index)], into: &document)
        }
    }

    /// The value as JSON in `scratch`.
    private mutating func json(_ value: OTLPValue, _ bytes: RawSpan, _ reader: borrowing OTLPReader) -> ByteRange? {
        scratch.removeAll()
        do {
            guard try reader.appendJSON(of: value, in: bytes, to: &scratch) else { return nil }
        } catch {
            // Too deep, or bytes that are no value.
            scratch.append(jsonString: error.description)
            hasCut = true
        }
        return ByteRange(start: 0, count: scratch.count)
    }

    // MARK: JSON values

    /// Checked JSON without empty members: a list of scalars of a field with many values becomes values.
    static func set(_ field: FieldID, json: RawSpan, isMany: Bool, into document: inout Document) {
        guard isMany, json.byteCount > 0, json[0] == UInt8(ascii: "["), isFlat(json) else {
            return document.set(field, json: json)
        }
        var cursor = JSONCursor(json)
        var isFirst = true
        do {
            try cursor.enterArray(in: json)
            while try cursor.nextElement(in: json, isFirst: &isFirst) {
                switch try cursor.kind(in: json) {
                case .string:
                    let text = try cursor.string(in: json)
                    if text.isEscaped {
                        var plain = ByteBuffer(capacity: text.range.count)
                        JSONText.appendUnescaped(json[text.range], to: &plain)
                        document.set(field, text: plain.bytes)
                    } else {
                        document.set(field, text: json[text.range])
                    }
                case .number: set(field, number: json[try cursor.number(in: json)], into: &document)
                case .true, .false, .null:
                    document.set(field, boolean: try cursor.word(in: json) == .true)
                case .array, .object: return
                }
            }
        } catch {
            return
        }
    }

    /// A list without lists and objects in it.
    private static func isFlat(_ json: RawSpan) -> Bool {
        var cursor = JSONCursor(json)
        var isFirst = true
        do {
            try cursor.enterArray(in: json)
            while try cursor.nextElement(in: json, isFirst: &isFirst) {
                switch try cursor.kind(in: json) {
                case .array, .object: return false
                default: try cursor.skip(in: json)
                }
            }
        } catch {
            return false
        }
        return true
    }

    /// Digits as a number, or as they are when no number type holds them.
    static func set(_ field: FieldID, number: RawSpan, into document: inout Document) {
        if let whole = JSONNumber.int64(number) {
            document.set(field, long: whole)
        } else if let value = JSONNumber.double(number), isExact(number) {
            document.set(field, double: value)
        } else {
            document.set(field, json: number)
        }
    }

    /// Whether a double holds all the digits.
    static func isExact(_ number: RawSpan) -> Bool {
        var digits = 0
        for place in 0..<number.byteCount where (48...57).contains(number[place]) { digits += 1 }
        return digits <= 17
    }

    /// The name of a field.
    @_lifetime(borrow self)
    func name(of field: FieldID) -> RawSpan {
        let all = unsafe names.span.bytes
        return all[nameRanges[Int(field.index)]]
    }

    // MARK: Conversion

    /// - Parameter isStrict: as Java reads numbers; else whole numbers with a fraction of zero count too.
    /// - Returns: `nil` when the value is none of that type.
    static func convert(
        _ value: OTLPValue, _ text: RawSpan, to form: AttributeTable.Form, isStrict: Bool
    ) -> OTLPValue? {
        switch form {
        case .asSent: return value
        case .long:
            if value.kind == .integer { return value }
            return long(value, text, isStrict: isStrict).map { OTLPValue(.integer, bits: UInt64(bitPattern: $0)) }
        case .double:
            switch value.kind {
            case .double: return value
            case .integer: return OTLPValue(.double, bits: Double(value.integer).bitPattern)
            case .string: return JSONNumber.double(text).map { OTLPValue(.double, bits: $0.bitPattern) }
            default: return nil
            }
        case .boolean:
            if value.kind == .boolean { return value }
            guard value.kind == .string else { return nil }
            if isEqualIgnoringCase(text, "true") { return OTLPValue(.boolean, bits: 1) }
            if isEqualIgnoringCase(text, "false") { return OTLPValue(.boolean, bits: 0) }
            return nil
        case .date:
            guard value.kind == .string, let moment = ISODate.parse(text) else { return nil }
            return OTLPValue(.integer, bits: UInt64(bitPattern: moment.nanoseconds))
        }
    }

    static func long(_ value: OTLPValue, _ text: RawSpan, isStrict: Bool) -> Int64? {
        switch value.kind {
        case .integer: return value.integer
        case .double: return isStrict ? nil : Int64(exactly: value.double)
        case .string:
            if text.byteCount > 1, text[0] == UInt8(ascii: "+") {
                return JSONNumber.int64(text.extracting(1..<text.byteCount))
            }
            if let whole = JSONNumber.int64(text) { return whole }
            return isStrict ? nil : JSONNumber.double(text).flatMap { Int64(exactly: $0) }
        default: return nil
        }
    }

    private static func isEqualIgnoringCase(_ text: RawSpan, _ word: StaticString) -> Bool {
        guard text.byteCount == word.utf8CodeUnitCount else { return false }
        let letters = Literal.bytes(word)
        for place in 0..<text.byteCount where text[place] | 0x20 != letters[place] { return false }
        return true
    }
}
