import CPCRE2
public import Codecs

/// A regular expression, compiled once, to machine code where the system allows that.
///
/// Characters are those of UTF-8, and bytes that are not UTF-8 match nothing; `\d`, `\w`, `\s` and `\b` mean ASCII.
/// A line ends with CR or LF.
///
/// - Threads: any number at the same time, each with a ``PatternMatcher`` of its own.
/// - Source: pcre2api(3), pcre2jit(3).
@safe public final class Pattern: @unchecked Sendable {
    // Proof for @unchecked: nothing changes the compiled code after `init`.
    fileprivate let code: OpaquePointer

    /// Groups in parentheses, of which ``PatternMatcher`` keeps ``PatternMatcher/groupLimit``.
    public let groupCount: Int

    /// - Parameter ignoresCase: letters A to Z are the same as a to z.
    public init(_ text: String, ignoresCase: Bool = false) throws(PatternError) {
        var number: Int32 = 0
        var place = 0
        let options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | (ignoresCase ? PCRE2_CASELESS : 0)
        let context = unsafe pcre2_compile_context_create_8(nil)
        defer { unsafe pcre2_compile_context_free_8(context) }
        unsafe _ = pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_ANYCRLF))
        let bytes = Array(text.utf8)
        let compiled = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe pcre2_compile_8(bytes.baseAddress, bytes.count, options, &number, &place, context)
        }
        guard let code = unsafe compiled else { throw PatternError(number: number, place: place) }
        // Where the system forbids memory that is written and run, the pattern is interpreted, five times slower.
        unsafe _ = pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE)
        unsafe self.code = code
        var count: UInt32 = 0
        unsafe _ = pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_CAPTURECOUNT), &count)
        groupCount = Int(count)
    }

    deinit { unsafe pcre2_code_free_8(code) }
}

/// Why a text is no regular expression.
public struct PatternError: Error, Sendable, Equatable, CustomStringConvertible {
    let number: Int32
    /// Bytes of the text before the fault.
    public let place: Int

    public var description: String {
        let text = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { buffer in
            let count = unsafe pcre2_get_error_message_8(number, buffer.baseAddress, buffer.count)
            return unsafe String(decoding: buffer[..<max(0, Int(count))], as: UTF8.self)
        }
        return "\(text) behind byte \(place)"
    }
}

/// Memory in which patterns are matched, one after another.
///
/// - Threads: one at a time.
/// - Cost: bounded. A pattern may go back ``stepLimit`` times from each place of the text, and then gives up.
@safe public struct PatternMatcher: ~Copyable {
    public enum Outcome: Sendable {
        case found
        case notFound
        /// The pattern gave up before it knew.
        case tooCostly
    }

    /// Groups that are kept, the whole match not counted.
    public static let groupLimit = 9
    /// All of uap-core's test cases, 17,606 user agents, need less than 10,000.
    public static let stepLimit: UInt32 = 20_000

    private let data: OpaquePointer
    private let context: OpaquePointer
    private var groups = 0

    public init() {
        guard let data = unsafe pcre2_match_data_create_8(UInt32(Self.groupLimit) + 1, nil),
            let context = unsafe pcre2_match_context_create_8(nil)
        else { preconditionFailure("no memory") }
        unsafe _ = pcre2_set_match_limit_8(context, Self.stepLimit)
        unsafe _ = pcre2_set_heap_limit_8(context, 1_024)
        unsafe self.data = data
        unsafe self.context = context
    }

    deinit {
        unsafe pcre2_match_context_free_8(context)
        unsafe pcre2_match_data_free_8(data)
    }

    /// Looks for the first place that matches. Behind `.found`, ``group(_:)`` tells where.
    public mutating func match(_ pattern: Pattern, _ text: RawSpan) -> Outcome {
        let result = unsafe text.withUnsafeBytes { bytes in
            unsafe pcre2_match_8(
                pattern.code, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, 0, 0, data, context)
        }
        switch result {
        case PCRE2_ERROR_NOMATCH:
            groups = 0
            return .notFound
        // 0: it matches and has more groups than are kept.
        case 0...:
            groups = result == 0 ? Self.groupLimit + 1 : Int(result)
            return .found
        default:
            groups = 0
            return .tooCostly
        }
    }

    /// Where a group matched; 0 is the whole.
    ///
    /// - Returns: `nil` when the group took no part in the match.
    public func group(_ number: Int) -> ByteRange? {
        guard number >= 0, number < groups, let places = unsafe pcre2_get_ovector_pointer_8(data) else { return nil }
        let start = unsafe places[2 * number]
        let end = unsafe places[2 * number + 1]
        // Unset is the greatest number of C, which is -1 here.
        guard start >= 0, start <= end else { return nil }
        return ByteRange(start: start, count: end - start)
    }
}
