import CDuckDB
public import Platform

/// Where a snapshot writes its rows: a vector for each column that the statement asks for.
@safe public struct ScanChunk: ~Copyable, ~Escapable {
    /// How many rows fit. It is DuckDB's vector size.
    public static let capacity = 2_048

    /// Which column of the snapshot each vector shows; `nil` where nothing needs to be written.
    public let projection: [Int?]
    private let handle: duckdb_data_chunk

    @_lifetime(immortal)
    init(_ handle: duckdb_data_chunk, projection: [Int?]) {
        unsafe self.handle = handle
        self.projection = projection
    }

    /// - Parameter place: as in ``projection``.
    @_lifetime(borrow self)
    public func vector(_ place: Int) -> ScanVector {
        let vector = unsafe duckdb_data_chunk_get_vector(handle, idx_t(place))!
        return unsafe _overrideLifetime(ScanVector(vector), borrowing: self)
    }
}

/// One column of some rows, to be written.
///
/// The type of what is written must be the column's; nothing checks it.
@safe public struct ScanVector: ~Copyable, ~Escapable {
    private let vector: duckdb_vector
    @usableFromInline var data: UnsafeMutableRawPointer
    @usableFromInline var validity: UnsafeMutablePointer<UInt64>?

    @_lifetime(immortal)
    init(_ vector: duckdb_vector) {
        unsafe self.vector = vector
        unsafe data = duckdb_vector_get_data(vector)
        unsafe validity = nil
    }

    /// Makes the first rows null. A row that is written later is not null any more.
    public mutating func beginWithNulls(_ count: Int = ScanChunk.capacity) {
        unsafe duckdb_vector_ensure_validity_writable(vector)
        let words = unsafe duckdb_vector_get_validity(vector)!
        unsafe words.update(repeating: 0, count: (count + 63) / 64)
        unsafe validity = words
    }

    @inlinable public mutating func set(_ row: Int, _ value: Bool) { store(row, value ? 1 : 0 as UInt8) }
    @inlinable public mutating func set(_ row: Int, _ value: Int64) { store(row, value) }
    @inlinable public mutating func set(_ row: Int, _ value: Double) { store(row, value) }
    /// For a column of nanoseconds.
    @inlinable public mutating func set(_ row: Int, _ value: Timestamp) { store(row, value.nanoseconds) }

    /// Text that the engine copies.
    ///
    /// - Parameter utf8: must be UTF-8; it is not checked again.
    public mutating func set(_ row: Int, copying utf8: RawSpan) {
        unsafe utf8.withUnsafeBytes { bytes in
            let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            unsafe duckdb_unsafe_vector_assign_string_element_len(vector, idx_t(row), start, idx_t(bytes.count))
        }
        markSet(row)
    }

    /// Text that stays where it is, in memory that the snapshot keeps as long as it lives.
    ///
    /// - Parameter utf8: must be UTF-8; it is not checked again.
    @unsafe @inlinable public mutating func set(_ row: Int, lending utf8: UnsafeRawBufferPointer) {
        let string = unsafe data + row * 16
        unsafe string.storeBytes(of: UInt32(truncatingIfNeeded: utf8.count), as: UInt32.self)
        if utf8.count <= 12 {
            // The bytes behind a short string are compared too, and must be zero.
            unsafe string.storeBytes(of: 0, toByteOffset: 4, as: UInt32.self)
            unsafe string.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
            if let start = utf8.baseAddress { unsafe (string + 4).copyMemory(from: start, byteCount: utf8.count) }
        } else if let start = utf8.baseAddress {
            unsafe (string + 4).copyMemory(from: start, byteCount: 4)
            unsafe string.storeBytes(of: start, toByteOffset: 8, as: UnsafeRawPointer.self)
        }
        markSet(row)
    }

    /// Where a list, or a map, has its elements among those of ``reserveElements(_:)``.
    public mutating func set(_ row: Int, elements: Range<Int>) {
        let entry = duckdb_list_entry(offset: UInt64(elements.lowerBound), length: UInt64(elements.count))
        unsafe data.storeBytes(of: entry, toByteOffset: row * 16, as: duckdb_list_entry.self)
        markSet(row)
    }

    /// Makes room for the elements of all rows together. Comes before ``elements``, ``keys`` and ``values``.
    public mutating func reserveElements(_ count: Int) {
        unsafe duckdb_list_vector_reserve(vector, idx_t(count))
        unsafe duckdb_list_vector_set_size(vector, idx_t(count))
    }

    /// Where the elements of lists go.
    @_lifetime(borrow self)
    public func elements() -> ScanVector {
        unsafe _overrideLifetime(ScanVector(duckdb_list_vector_get_child(vector)), borrowing: self)
    }

    /// Where the keys of maps go.
    @_lifetime(borrow self)
    public func keys() -> ScanVector {
        let entries = unsafe duckdb_list_vector_get_child(vector)
        return unsafe _overrideLifetime(ScanVector(duckdb_struct_vector_get_child(entries, 0)), borrowing: self)
    }

    /// Where the values of maps go.
    @_lifetime(borrow self)
    public func values() -> ScanVector {
        let entries = unsafe duckdb_list_vector_get_child(vector)
        return unsafe _overrideLifetime(ScanVector(duckdb_struct_vector_get_child(entries, 1)), borrowing: self)
    }

    @inlinable mutating func store<Value: BitwiseCopyable>(_ row: Int, _ value: Value) {
        unsafe data.storeBytes(of: value, toByteOffset: row * MemoryLayout<Value>.stride, as: Value.self)
        markSet(row)
    }

    @inlinable mutating func markSet(_ row: Int) {
        guard let validity = unsafe validity else { return }
        unsafe validity[row >> 6] |= 1 << UInt64(row & 63)
    }
}
