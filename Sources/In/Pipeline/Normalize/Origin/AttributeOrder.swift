import Codecs

/// Attributes in one form, whichever order and encoding they came in: sorted by name, values by their type.
struct AttributeOrder: ~Copyable {
    private var order: [Key] = []
    private var fresh: [Key] = []
    private var signature: UInt64 = 0
    /// Orders that were found before, by the names they are for.
    private var known = [Known](repeating: Known(), count: 64)

    private struct Known {
        var signature: UInt64 = 0
        var order: [Int32] = []
    }

    private struct Key {
        /// The first eight bytes of the name, so that most comparisons are one instruction.
        var head: UInt64
        var place: Int32
    }

    /// Attributes that are sorted without a call for each comparison, and whose order is remembered.
    private static let insertionLimit = 64

    init() { order.reserveCapacity(64) }

    /// Appends names and values. No two different sets of attributes become the same bytes.
    mutating func append(
        _ attributes: OTLPAttributes, _ bytes: RawSpan, _ reader: borrowing OTLPReader, to out: inout ByteBuffer
    ) {
        sort(attributes, bytes, reader)
        out.append(littleEndian: UInt32(truncatingIfNeeded: order.count))
        for key in order {
            let attribute = reader.attributes[Int(key.place)]
            out.append(counted: reader.bytes(of: attribute.key, in: bytes))
            Self.append(attribute.value, bytes, reader, to: &out)
        }
    }

    static func append(
        _ value: OTLPValue, _ bytes: RawSpan, _ reader: borrowing OTLPReader, to out: inout ByteBuffer
    ) {
        out.append(value.kind.rawValue)
        switch value.kind {
        case .empty: return
        case .boolean, .integer: out.append(littleEndian: value.bits)
        case .double: out.append(littleEndian: value.double.isNaN ? Double.nan.bitPattern : value.bits)
        case .string, .bytes: out.append(counted: reader.bytes(of: value.text, in: bytes))
        case .array, .object:
            let start = out.count
            out.append(littleEndian: UInt32(0))
            // A value that cannot be read counts as none.
            _ = try? reader.appendJSON(of: value, in: bytes, to: &out)
            out.replace(at: start, littleEndian: UInt32(truncatingIfNeeded: out.count - start - 4))
        }
    }

    /// By name, in the order of the bytes; of one name, as sent.
    private mutating func sort(_ attributes: OTLPAttributes, _ bytes: RawSpan, _ reader: borrowing OTLPReader) {
        order.removeAll(keepingCapacity: true)
        for place in attributes.range {
            let name = reader.bytes(of: reader.attributes[place].key, in: bytes)
            order.append(Key(head: Self.head(name), place: Int32(truncatingIfNeeded: place)))
        }
        if reuse(bytes, reader) { return }
        guard order.count <= Self.insertionLimit else {
            // Somebody who sends thousands of names shall not make us compare each with each.
            return order.sort { left, right in
                if Self.precedes(left, right, bytes, reader) { return true }
                return left.place < right.place && !Self.precedes(right, left, bytes, reader)
            }
        }
        for sorted in 1..<max(order.count, 1) {
            let key = order[sorted]
            var target = sorted
            while target > 0, Self.precedes(key, order[target - 1], bytes, reader) {
                order[target] = order[target - 1]
                target -= 1
            }
            order[target] = key
        }
        remember(attributes.start)
    }

    /// Records of one kind have their attributes in the same order, so an earlier order is tried first.
    ///
    /// - Returns: whether it was right; it is checked, so a wrong one does no harm.
    private mutating func reuse(_ bytes: RawSpan, _ reader: borrowing OTLPReader) -> Bool {
        signature = UInt64(order.count)
        for key in order { signature = (signature ^ key.head) &* 0x9E37_79B9_7F4A_7C15 }
        guard order.count <= Self.insertionLimit else { return false }
        let place = Int(truncatingIfNeeded: signature >> 58)
        guard known[place].signature == signature, known[place].order.count == order.count else { return false }
        fresh.removeAll(keepingCapacity: true)
        for index in 0..<order.count {
            let key = order[Int(known[place].order[index])]
            if index > 0 {
                let last = fresh[index - 1]
                if Self.precedes(key, last, bytes, reader) { return false }
                // Equal names stay as they were sent.
                if key.place < last.place, !Self.precedes(last, key, bytes, reader) { return false }
            }
            fresh.append(key)
        }
        swap(&fresh, &order)
        return true
    }

    private mutating func remember(_ start: Int) {
        let place = Int(truncatingIfNeeded: signature >> 58)
        known[place].signature = signature
        known[place].order.removeAll(keepingCapacity: true)
        for key in order { known[place].order.append(key.place - Int32(truncatingIfNeeded: start)) }
    }

    @inline(__always) private static func precedes(
        _ left: Key, _ right: Key, _ bytes: RawSpan, _ reader: borrowing OTLPReader
    ) -> Bool {
        if left.head != right.head { return left.head < right.head }
        let leftName = reader.bytes(of: reader.attributes[Int(left.place)].key, in: bytes)
        return precedes(leftName, reader.bytes(of: reader.attributes[Int(right.place)].key, in: bytes))
    }

    private static func head(_ name: RawSpan) -> UInt64 {
        if name.byteCount >= 8 {
            return UInt64(bigEndian: unsafe name.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt64.self))
        }
        var head: UInt64 = 0
        for place in 0..<8 { head = head << 8 | (place < name.byteCount ? UInt64(name[place]) : 0) }
        return head
    }

    private static func precedes(_ left: RawSpan, _ right: RawSpan) -> Bool {
        let count = min(left.byteCount, right.byteCount)
        for place in 0..<count where left[place] != right[place] { return left[place] < right[place] }
        return left.byteCount < right.byteCount
    }
}

extension ByteBuffer {
    /// Bytes behind how many they are, so that what follows cannot be taken for part of them.
    mutating func append(counted bytes: RawSpan) {
        append(littleEndian: UInt32(truncatingIfNeeded: bytes.byteCount))
        append(bytes)
    }

    mutating func append(counted text: String) {
        append(littleEndian: UInt32(truncatingIfNeeded: text.utf8.count))
        append(text: text)
    }
}
