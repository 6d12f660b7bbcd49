import Glibc

/// Some bytes, and what helps to find them.
///
/// - Cost: linear in the text, whatever the bytes are.
/// - Source: D. Knuth, J. Morris and V. Pratt, *Fast pattern matching in strings*, 1977.
struct ByteSearch: Sendable {
    let bytes: [UInt8]
    /// For each length of a front part: how much of it is still right when the next byte is wrong.
    private let fallbacks: [Int]

    init(_ text: String) { self.init(Array(text.utf8)) }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var fallbacks = [0]
        var length = 0
        for place in bytes.indices.dropFirst() {
            while length > 0, bytes[place] != bytes[length] { length = fallbacks[length - 1] }
            if bytes[place] == bytes[length] { length += 1 }
            fallbacks.append(length)
        }
        self.fallbacks = fallbacks
    }

    var count: Int { bytes.count }

    func stands(at place: Int, in text: borrowing Span<UInt8>) -> Bool {
        guard place >= 0, text.count - place >= count else { return false }
        guard count > 0 else { return true }
        return unsafe text.withUnsafeBytes { text in
            unsafe bytes.withUnsafeBytes { wanted in
                guard let start = text.baseAddress, let front = wanted.baseAddress else { return false }
                return unsafe memcmp(start + place, front, wanted.count) == 0
            }
        }
    }

    /// Where they stand first.
    func place(in text: borrowing Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard let first = bytes.first else { return range.lowerBound }
        var right = 0
        var place = range.lowerBound
        while place < range.upperBound {
            if right == 0, text[place] != first {
                guard let next = Self.place(of: first, in: text, place..<range.upperBound) else { return nil }
                place = next
            }
            while right > 0, text[place] != bytes[right] { right = fallbacks[right - 1] }
            if text[place] == bytes[right] { right += 1 }
            place += 1
            if right == count { return place - count }
        }
        return nil
    }

    private static func place(of byte: UInt8, in text: borrowing Span<UInt8>, _ range: Range<Int>) -> Int? {
        unsafe text.withUnsafeBytes { text -> Int? in
            guard let start = text.baseAddress,
                let found = unsafe memchr(start + range.lowerBound, Int32(byte), range.count)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - start
        }
    }
}
