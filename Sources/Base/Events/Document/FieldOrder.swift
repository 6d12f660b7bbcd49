/// Puts the entries of a document in the order of their fields, without comparing them.
///
/// A bit for each field says that it is there; its entries hang together as a list.
@safe struct FieldOrder: ~Copyable, @unchecked Sendable {
    // Proof for @unchecked: the memory has one owner, which is not copyable.
    private let present: UnsafeMutablePointer<UInt64>
    private let wordCount: Int
    private let fieldCount: Int
    /// The first and the last entry of each field.
    private let firsts: UnsafeMutablePointer<Int32>
    private let lasts: UnsafeMutablePointer<Int32>
    /// Behind each entry the next one of its field, or -1.
    private var next: UnsafeMutablePointer<Int32>
    private var capacity = 256
    private var entryCount = 0
    private var word = 0

    init(fieldCount: Int) {
        self.fieldCount = fieldCount
        wordCount = fieldCount / 64 + 1
        unsafe present = .allocate(capacity: wordCount)
        unsafe present.initialize(repeating: 0, count: wordCount)
        unsafe firsts = .allocate(capacity: fieldCount)
        unsafe firsts.initialize(repeating: -1, count: fieldCount)
        unsafe lasts = .allocate(capacity: fieldCount)
        unsafe lasts.initialize(repeating: -1, count: fieldCount)
        unsafe next = .allocate(capacity: capacity)
    }

    deinit {
        unsafe present.deallocate()
        unsafe firsts.deallocate()
        unsafe lasts.deallocate()
        unsafe next.deallocate()
    }

    /// Starts a document with so many entries.
    mutating func begin(entryCount: Int) {
        word = 0
        self.entryCount = entryCount
        guard entryCount > capacity else { return }
        unsafe next.deallocate()
        capacity = entryCount * 2
        unsafe next = .allocate(capacity: capacity)
    }

    @inline(__always) mutating func add(_ entry: Int, of field: Int) {
        precondition(field < fieldCount && entry < entryCount)
        unsafe next[entry] = -1
        let bit: UInt64 = 1 << UInt64(field & 63)
        if unsafe present[field >> 6] & bit == 0 {
            unsafe present[field >> 6] |= bit
            unsafe firsts[field] = Int32(truncatingIfNeeded: entry)
        } else {
            unsafe next[Int(lasts[field])] = Int32(truncatingIfNeeded: entry)
        }
        unsafe lasts[field] = Int32(truncatingIfNeeded: entry)
    }

    /// The next field in order, which is then forgotten.
    @inline(__always) mutating func takeFirst() -> Int? {
        while word < wordCount {
            let bits = unsafe present[word]
            if bits != 0 {
                unsafe present[word] = bits & (bits &- 1)
                return word &* 64 &+ bits.trailingZeroBitCount
            }
            word &+= 1
        }
        return nil
    }

    @inline(__always) func firstEntry(of field: Int) -> Int {
        precondition(field < fieldCount)
        return unsafe Int(firsts[field])
    }

    /// - Returns: -1 behind the last one.
    @inline(__always) func nextEntry(after entry: Int) -> Int {
        precondition(entry < entryCount)
        return unsafe Int(next[entry])
    }
}
