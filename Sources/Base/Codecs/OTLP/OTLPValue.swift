/// How OpenTelemetry messages are written.
@frozen public enum OTLPEncoding: UInt8, Sendable {
    case protobuf = 1
    case json = 2
}

/// Where some text of a record stands: in the record itself, or in the memory of the ``OTLPReader`` when it
/// had to be unescaped or repaired first.
@frozen public struct OTLPText: Sendable {
    public let range: ByteRange
    public let isCopied: Bool

    @inlinable public init(_ range: ByteRange, isCopied: Bool = false) {
        self.range = range
        self.isCopied = isCopied
    }

    @inlinable public static var empty: OTLPText { OTLPText(.empty) }
    @inlinable public var isEmpty: Bool { range.isEmpty }
}

/// One OpenTelemetry value, the same whichever encoding it came in.
@frozen public struct OTLPValue: Sendable {
    @frozen public enum Kind: UInt8, Sendable {
        case empty
        case string
        case boolean
        case integer
        case double
        /// Bytes; ``OTLPValue/text`` has them raw.
        case bytes
        /// A list in the record's encoding: see ``OTLPReader/appendJSON(of:in:to:)``.
        case array
        /// Keys with values in the record's encoding.
        case object
    }

    public var kind: Kind
    /// The bits of a boolean, an integer or a double.
    public var bits: UInt64
    /// The bytes of every other kind.
    public var text: OTLPText

    @inlinable public init(_ kind: Kind, bits: UInt64 = 0, text: OTLPText = .empty) {
        self.kind = kind
        self.bits = bits
        self.text = text
    }

    @inlinable public static var empty: OTLPValue { OTLPValue(.empty) }

    @inlinable public var integer: Int64 { Int64(bitPattern: bits) }
    @inlinable public var double: Double { Double(bitPattern: bits) }
    @inlinable public var boolean: Bool { bits != 0 }
}

/// A key with its value.
@frozen public struct OTLPAttribute: Sendable {
    public var key: OTLPText
    public var value: OTLPValue

    @inlinable public init(key: OTLPText, value: OTLPValue) {
        self.key = key
        self.value = value
    }
}

/// Some of the attributes of an ``OTLPReader``.
@frozen public struct OTLPAttributes: Sendable {
    public var start: Int
    public var count: Int

    @inlinable public init(start: Int, count: Int) {
        self.start = start
        self.count = count
    }

    @inlinable public static var none: OTLPAttributes { OTLPAttributes(start: 0, count: 0) }
    @inlinable public var range: Range<Int> { start..<start &+ count }
}

/// Why a record is no OpenTelemetry message.
public enum OTLPError: Error, Sendable, Equatable, CustomStringConvertible {
    case protobuf(ProtobufError)
    case json(JSONError)
    /// Values within values, deeper than ``OTLPReader/depthLimit``.
    case tooDeep

    public var description: String {
        switch self {
        case .protobuf(let error): "protobuf: \(error)"
        case .json(let error): "JSON: \(error)"
        case .tooDeep: "values are nested too deeply"
        }
    }
}
