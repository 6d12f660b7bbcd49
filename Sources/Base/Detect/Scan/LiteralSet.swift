import CHyperscan

/// Texts that are looked for all at once.
///
/// - Threads: any number at the same time, each with a ``LiteralMatcher`` of its own.
/// - Source: Hyperscan, `hs_compile_lit_multi`; Vectorscan has the same.
@safe final class LiteralSet: @unchecked Sendable {
    // Proof for @unchecked: nothing changes the database after `init`.
    fileprivate let database: OpaquePointer

    struct Literal: Sendable, Hashable {
        let bytes: [UInt8]
        let ignoresCase: Bool
    }

    /// - Returns: `nil` when the library does not take them: it needs SSSE3 on x86-64.
    init?(_ literals: [Literal]) {
        var flags = literals.map { UInt32($0.ignoresCase ? HS_FLAG_CASELESS : 0) }
        var numbers = literals.indices.map { UInt32($0) }
        var lengths = literals.map(\.bytes.count)
        var all: [UInt8] = []
        for literal in literals { all += literal.bytes + [0] }
        var database: OpaquePointer?
        var problem: UnsafeMutablePointer<hs_compile_error_t>?
        let result = unsafe all.withUnsafeBufferPointer { all in
            var place = 0
            var texts: [UnsafePointer<CChar>?] = unsafe []
            for literal in literals {
                unsafe texts.append(UnsafeRawPointer(all.baseAddress! + place).assumingMemoryBound(to: CChar.self))
                place += literal.bytes.count + 1
            }
            return unsafe hs_compile_lit_multi(
                &texts, &flags, &numbers, &lengths, UInt32(literals.count), UInt32(HS_MODE_BLOCK), nil, &database,
                &problem)
        }
        if let problem = unsafe problem { unsafe _ = hs_free_compile_error(problem) }
        guard result == HS_SUCCESS, let database = unsafe database else { return nil }
        unsafe self.database = database
    }

    deinit { unsafe _ = hs_free_database(database) }
}

/// The memory in which texts are searched.
///
/// - Threads: one at a time.
@safe struct LiteralMatcher: ~Copyable {
    /// Where a literal ends.
    struct Hit {
        let literal: Int32
        let end: Int32
    }

    private let scratch: OpaquePointer

    init?(_ set: LiteralSet) {
        var scratch: OpaquePointer?
        guard unsafe hs_alloc_scratch(set.database, &scratch) == HS_SUCCESS, let scratch = unsafe scratch else {
            return nil
        }
        unsafe self.scratch = scratch
    }

    deinit { unsafe _ = hs_free_scratch(scratch) }

    /// Adds the hits, in the order of their ends.
    ///
    /// - Returns: false when the library failed.
    func find(_ set: LiteralSet, in text: RawSpan, _ hits: inout [Hit]) -> Bool {
        unsafe text.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return true }
            return unsafe withUnsafeMutablePointer(to: &hits) { hits in
                unsafe hs_scan(
                    set.database, start.assumingMemoryBound(to: CChar.self), UInt32(bytes.count), 0, scratch,
                    { number, _, end, _, context in
                        let hits = unsafe context!.assumingMemoryBound(to: [Hit].self)
                        unsafe hits.pointee.append(
                            Hit(literal: Int32(truncatingIfNeeded: number), end: Int32(truncatingIfNeeded: end)))
                        return 0
                    }, hits) == HS_SUCCESS
            }
        }
    }
}
