import Codecs
import Glibc

/// Texts that are addresses.
enum IPAddress {
    static func isValid(_ text: RawSpan) -> Bool {
        let count = text.byteCount
        // The reader of the C library would end at a NUL and believe what stands before it.
        guard (2...45).contains(count), (0..<count).allSatisfy({ text[$0] != 0 }) else { return false }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { name in
            for place in 0..<count {
                unsafe name[place] = CChar(bitPattern: text.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self))
            }
            unsafe name[count] = 0
            var four = in_addr()
            var six = in6_addr()
            return unsafe inet_pton(AF_INET, name.baseAddress!, &four) == 1
                || inet_pton(AF_INET6, name.baseAddress!, &six) == 1
        }
    }
}
