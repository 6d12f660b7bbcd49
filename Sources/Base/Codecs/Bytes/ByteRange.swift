/// A stretch of some bytes that the reader of this value knows.
///
/// Decoders give back ranges and not copies, so that a value which nobody asks for costs nothing.
@frozen public struct ByteRange: Sendable, Hashable {
    public let start: Int
    public let count: Int

    @inlinable public init(start: Int, count: Int) {
        self.start = start
        self.count = count
    }

    @inlinable public init(_ range: Range<Int>) { self.init(start: range.lowerBound, count: range.count) }

    @inlinable public static var empty: ByteRange { ByteRange(start: 0, count: 0) }

    @inlinable public var end: Int { start &+ count }
    @inlinable public var isEmpty: Bool { count == 0 }
    @inlinable public var range: Range<Int> { start..<end }
}

extension RawSpan {
    /// The byte at a place, bounds checked.
    @inlinable public subscript(place: Int) -> UInt8 {
        precondition(UInt(bitPattern: place) < UInt(bitPattern: byteCount))
        return unsafe unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
    }

    /// The bytes of a range, bounds checked.
    @inlinable public subscript(range: ByteRange) -> RawSpan {
        @_lifetime(copy self)
        get { extracting(range.range) }
    }

    public var array: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }

    /// The bytes as text; what is not UTF-8 becomes U+FFFD.
    public var text: String { unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }

    @inlinable public func isEqual(to text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        for place in 0..<byteCount {
            if unsafe unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self) != text.utf8Start[place] {
                return false
            }
        }
        return true
    }

    @inlinable public func isEqual(to other: RawSpan) -> Bool {
        let count = byteCount
        guard count == other.byteCount else { return false }
        var place = 0
        while count &- place >= 8 {
            let left = unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
            let right = unsafe other.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
            if left != right { return false }
            place &+= 8
        }
        while place < count {
            let left = unsafe unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
            let right = unsafe other.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
            if left != right { return false }
            place &+= 1
        }
        return true
    }

    @inlinable public func starts(with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        return byteCount >= count && extracting(0..<count).isEqual(to: text)
    }
}
