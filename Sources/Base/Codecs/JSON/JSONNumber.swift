import Glibc

/// From digits to numbers, without Foundation and without copies.
public enum JSONNumber {
    /// A whole number, if the text is one and fits 64 bits. `1.0` and `1e3` are not read here.
    @inlinable public static func int64(_ bytes: RawSpan) -> Int64? {
        let count = bytes.byteCount
        guard count > 0 else { return nil }
        let isNegative = bytes[0] == UInt8(ascii: "-")
        var place = isNegative ? 1 : 0
        guard place < count, count &- place <= 19 else { return nil }
        var value: Int64 = 0
        while place < count {
            let digit = bytes[place] &- 48
            guard digit < 10 else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) =
                isNegative
                ? product.subtractingReportingOverflow(Int64(digit)) : product.addingReportingOverflow(Int64(digit))
            guard !overflow, !carry else { return nil }
            value = sum
            place &+= 1
        }
        return value
    }

    /// Any number that `strtod` reads to its last byte; not `inf` and `nan`.
    public static func double(_ bytes: RawSpan) -> Double? {
        guard (1...64).contains(bytes.byteCount) else { return nil }
        for place in 0..<bytes.byteCount {
            switch bytes[place] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                continue
            default: return nil
            }
        }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.byteCount + 1) { text -> Double? in
            for place in 0..<bytes.byteCount { unsafe text[place] = CChar(bitPattern: bytes[place]) }
            unsafe text[bytes.byteCount] = 0
            var stop: UnsafeMutablePointer<CChar>?
            let value = unsafe strtod(text.baseAddress!, &stop)
            guard unsafe stop == text.baseAddress! + bytes.byteCount, value.isFinite else { return nil }
            return value
        }
    }
}
