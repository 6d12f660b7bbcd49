/// Bytes that are being written, one after another, into memory of their own.
///
/// `[UInt8]` checks for uniqueness and bounds at every append, which costs more than the append itself
/// where a document is written byte by byte. This buffer does not: it has one owner by its type.
///
/// - Again: ``removeAll()`` keeps the memory, so that a loop over events allocates once.
@safe public struct ByteBuffer: ~Copyable, @unchecked Sendable {
    // Proof for @unchecked: the memory has one owner, which is not copyable.
    @usableFromInline var start: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    @usableFromInline var length: Int

    /// - Parameter capacity: bytes that fit before memory is asked for again.
    @inlinable public init(capacity: Int = 256) {
        let room = max(capacity, 16)
        unsafe start = .allocate(capacity: room)
        self.capacity = room
        length = 0
    }

    @inlinable deinit { unsafe start.deallocate() }

    @inlinable public var count: Int { length }
    @inlinable public var isEmpty: Bool { length == 0 }

    /// Forgets the bytes, keeps the memory.
    @inlinable public mutating func removeAll() { length = 0 }

    /// Goes back to an earlier length.
    @inlinable public mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= length)
        length = count
    }

    @inlinable public mutating func append(_ byte: UInt8) {
        if length == capacity { grow(by: 1) }
        unsafe start[length] = byte
        length &+= 1
    }

    @inlinable public mutating func append(_ bytes: RawSpan) {
        let added = bytes.byteCount
        if capacity &- length < added { grow(by: added) }
        let target = unsafe UnsafeMutableRawPointer(start + length)
        length &+= added
        // Names and short values are most of what is written; a call for each would cost more than the copy.
        // Two moves that overlap do the work of a loop.
        if added > 16 {
            unsafe bytes.withUnsafeBytes { source in
                unsafe target.copyMemory(from: source.baseAddress!, byteCount: added)
            }
        } else if added >= 8 {
            unsafe Self.copyEnds(bytes, target, added, as: UInt64.self)
        } else if added >= 4 {
            unsafe Self.copyEnds(bytes, target, added, as: UInt32.self)
        } else {
            for place in 0..<added {
                let byte = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
                unsafe target.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
            }
        }
    }

    /// Copies the first and the last word of bytes that are at most two words long.
    @inlinable @inline(__always) static func copyEnds<Word: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: RawSpan, _ target: UnsafeMutableRawPointer, _ count: Int, as word: Word.Type
    ) {
        let last = count &- MemoryLayout<Word>.size
        let head = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: Word.self)
        let tail = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: last, as: Word.self)
        unsafe target.storeBytes(of: head, as: Word.self)
        unsafe target.storeBytes(of: tail, toByteOffset: last, as: Word.self)
    }

    @inlinable public mutating func append(_ text: StaticString) {
        let added = text.utf8CodeUnitCount
        if capacity &- length < added { grow(by: added) }
        unsafe UnsafeMutableRawPointer(start + length).copyMemory(from: text.utf8Start, byteCount: added)
        length &+= added
    }

    @inlinable public mutating func append(_ bytes: [UInt8]) { unsafe append(bytes.span.bytes) }

    public mutating func append(text: String) {
        var text = text
        text.withUTF8 { unsafe append(UnsafeRawBufferPointer($0).bytes) }
    }

    /// Little-endian, as all of Docket's own formats.
    @inlinable public mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
        let size = MemoryLayout<Number>.size
        if capacity &- length < size { grow(by: size) }
        unsafe UnsafeMutableRawPointer(start + length).storeBytes(of: number.littleEndian, as: Number.self)
        length &+= size
    }

    /// Writes over bytes that are there already.
    @inlinable public mutating func replace<Number: FixedWidthInteger>(at place: Int, littleEndian number: Number) {
        precondition(place >= 0 && place + MemoryLayout<Number>.size <= length)
        unsafe UnsafeMutableRawPointer(start + place).storeBytes(of: number.littleEndian, as: Number.self)
    }

    /// Decimal digits.
    @inlinable public mutating func append(decimal number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(decimal: number.magnitude)
    }

    @inlinable public mutating func append(decimal number: UInt64) {
        if number < 10 { return append(48 &+ UInt8(truncatingIfNeeded: number)) }
        var rest = number
        var digits = 0
        while rest > 0 {
            digits &+= 1
            rest /= 10
        }
        if capacity &- length < digits { grow(by: digits) }
        rest = number
        var place = length &+ digits
        while rest > 0 {
            place &-= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            unsafe start[place] = 48 &+ UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
        length &+= digits
    }

    /// Room for bytes that somebody else writes, for example a compressor.
    ///
    /// - Parameter body: gets exactly `room` bytes of memory; returns how many it wrote.
    @inlinable public mutating func append<Failure: Error>(
        room: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        if capacity &- length < room { grow(by: room) }
        let written = try unsafe body(UnsafeMutableRawBufferPointer(start: start + length, count: room))
        precondition(written >= 0 && written <= room)
        length &+= written
    }

    /// Memory behind the bytes so far, for a writer that counts for itself how much it needs. Nothing is
    /// written until ``commit(_:)``.
    ///
    /// - Returns: at least `room` bytes of memory, good until the next call.
    @unsafe @inlinable public mutating func reserve(_ room: Int) -> UnsafeMutablePointer<UInt8> {
        if capacity &- length < room { grow(by: room) }
        return unsafe start + length
    }

    /// The bytes up to `end`, which lies in the memory that ``reserve(_:)`` gave, are written.
    @unsafe @inlinable public mutating func commit(_ end: UnsafeMutablePointer<UInt8>) {
        let count = unsafe end - start
        precondition(count >= length && count <= capacity)
        length = count
    }

    /// The bytes so far. They live until the buffer is changed.
    @inlinable public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let all = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: length)
            return unsafe _overrideLifetime(all, borrowing: self)
        }
    }

    /// A copy of the bytes.
    public var array: [UInt8] { unsafe Array(UnsafeBufferPointer(start: start, count: length)) }

    public var text: String { unsafe String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self) }

    @inline(never) @usableFromInline mutating func grow(by added: Int) {
        let needed = length + added
        let room = max(needed, capacity * 2)
        let bigger = UnsafeMutablePointer<UInt8>.allocate(capacity: room)
        unsafe bigger.update(from: start, count: length)
        unsafe start.deallocate()
        unsafe start = bigger
        capacity = room
    }
}
