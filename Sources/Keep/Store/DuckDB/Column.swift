import CDuckDB
public import Platform

/// The values of one column in some rows, where the engine put them.
///
/// Reading a null gives `nil`, and empty bytes.
@safe public struct Column: ~Escapable {
    public let type: ColumnType
    public let count: Int
    private let vector: duckdb_vector
    private let data: UnsafeRawPointer
    private let validity: UnsafePointer<UInt64>?

    @_lifetime(immortal)
    init(_ vector: duckdb_vector, _ type: ColumnType, count: Int) {
        self.type = type
        self.count = count
        unsafe self.vector = vector
        // Nothing has been written to a vector without rows, and then nothing is read.
        unsafe data = UnsafeRawPointer(duckdb_vector_get_data(vector) ?? UnsafeMutableRawPointer(vector))
        unsafe validity = UnsafePointer(duckdb_vector_get_validity(vector))
    }

    public func isNull(_ row: Int) -> Bool {
        precondition(row >= 0 && row < count)
        guard let validity = unsafe validity else { return false }
        return unsafe validity[row >> 6] & (1 << UInt64(row & 63)) == 0
    }

    public func bool(_ row: Int) -> Bool? {
        guard !isNull(row), type == .bool else { return nil }
        return value(row, UInt8.self) != 0
    }

    /// Any whole number. `nil` also for one that needs more than 64 bits.
    public func integer(_ row: Int) -> Int64? {
        guard !isNull(row) else { return nil }
        return switch type {
        case .int64: value(row, Int64.self)
        case .int32: Int64(value(row, Int32.self))
        case .int16: Int64(value(row, Int16.self))
        case .int8: Int64(value(row, Int8.self))
        case .uint8: Int64(value(row, UInt8.self))
        case .uint16: Int64(value(row, UInt16.self))
        case .uint32: Int64(value(row, UInt32.self))
        case .uint64: Int64(exactly: value(row, UInt64.self))
        case .int128: Int64(exactly: wide(row))
        default: nil
        }
    }

    /// Any number, rounded where a `Double` must.
    public func number(_ row: Int) -> Double? {
        guard !isNull(row) else { return nil }
        return switch type {
        case .double: value(row, Double.self)
        case .float: Double(value(row, Float.self))
        case .uint64: Double(value(row, UInt64.self))
        case .int128: Double(wide(row))
        default: integer(row).map { Double($0) }
        }
    }

    /// `nil` also for a moment that nanoseconds since 1970 cannot say.
    public func timestamp(_ row: Int) -> Timestamp? {
        guard !isNull(row) else { return nil }
        let (count, unit): (Int64, Int64)
        switch type {
        case .nanoseconds: (count, unit) = (value(row, Int64.self), 1)
        case .microseconds: (count, unit) = (value(row, Int64.self), 1_000)
        case .milliseconds: (count, unit) = (value(row, Int64.self), 1_000_000)
        case .seconds: (count, unit) = (value(row, Int64.self), 1_000_000_000)
        case .date: (count, unit) = (Int64(value(row, Int32.self)), 86_400_000_000_000)
        default: return nil
        }
        let (nanoseconds, overflow) = count.multipliedReportingOverflow(by: unit)
        return overflow ? nil : Timestamp(nanoseconds: nanoseconds)
    }

    /// The bytes of a text or blob, not copied.
    @_lifetime(copy self)
    public func bytes(_ row: Int) -> RawSpan {
        guard !isNull(row), type == .text || type == .blob else { return RawSpan() }
        // A string of up to 12 bytes stands behind its length; a longer one is pointed at.
        let string = unsafe data + row * 16
        let length = unsafe Int(string.load(as: UInt32.self))
        let start = unsafe length <= 12 ? string + 4 : string.load(fromByteOffset: 8, as: UnsafeRawPointer.self)
        return unsafe _overrideLifetime(RawSpan(_unsafeStart: start, byteCount: length), copying: self)
    }

    public func text(_ row: Int) -> String? {
        guard !isNull(row), type == .text else { return nil }
        return unsafe bytes(row).withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Where the elements of a list, or the entries of a map, are in ``elements``, or in ``keys`` and ``values``.
    public func range(_ row: Int) -> Range<Int> {
        guard !isNull(row) else { return 0..<0 }
        switch type {
        case .list, .map:
            let entry = value(row, duckdb_list_entry.self)
            return Int(entry.offset)..<Int(entry.offset + entry.length)
        default: return 0..<0
        }
    }

    /// What the lists of this column hold, one after another.
    public var elements: Column {
        @_lifetime(copy self)
        get {
            guard case .list(let element) = type else { preconditionFailure("not a list") }
            return unsafe inner(duckdb_list_vector_get_child(vector), element)
        }
    }

    public var keys: Column {
        @_lifetime(copy self)
        get {
            guard case .map(let key, _) = type else { preconditionFailure("not a map") }
            return unsafe inner(duckdb_struct_vector_get_child(duckdb_list_vector_get_child(vector), 0), key)
        }
    }

    public var values: Column {
        @_lifetime(copy self)
        get {
            guard case .map(_, let value) = type else { preconditionFailure("not a map") }
            return unsafe inner(duckdb_struct_vector_get_child(duckdb_list_vector_get_child(vector), 1), value)
        }
    }

    @_lifetime(copy self)
    private func inner(_ child: duckdb_vector, _ type: ColumnType) -> Column {
        let column = unsafe Column(child, type, count: Int(duckdb_list_vector_get_size(vector)))
        return unsafe _overrideLifetime(column, copying: self)
    }

    private func value<Value: BitwiseCopyable>(_ row: Int, _ type: Value.Type) -> Value {
        unsafe data.load(fromByteOffset: row * MemoryLayout<Value>.stride, as: Value.self)
    }

    private func wide(_ row: Int) -> Int128 {
        let halves = value(row, duckdb_hugeint.self)
        return Int128(halves.upper) << 64 | Int128(halves.lower)
    }
}
