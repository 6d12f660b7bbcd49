import CHash

/// Digests of many messages at once: several of them go through the processor side by side.
///
/// A digest is a chain of steps that wait for one another, so one message leaves most of the processor idle. Here
/// sixteen (AVX-512), eight (AVX2) or two (SHA instructions) share it. Messages may differ in length: where one ends,
/// the next takes its place.
///
/// - Guarantee: the same digests as ``SHA256``, on every path.
/// - Cost: no allocation for a message; one copy of the digests' memory for a batch.
public struct DigestLanes: Sendable {
    /// How the work is done.
    public enum Path: Sendable, CaseIterable {
        /// One message at a time, by libcrypto.
        case library
        /// One message at a time, in plain C.
        case scalar
        /// Eight messages side by side; made for AVX2.
        case eight
        /// Sixteen messages side by side; made for AVX-512.
        case sixteen
        /// Two messages in turns, by the SHA instructions of x86-64.
        case instructions

        /// Whether this processor has what the path is made for. Without it the answers are right and slow.
        public var isNative: Bool { self == .library || docket_hash_is_native(code) != 0 }

        /// The quickest path on this processor.
        ///
        /// The SHA instructions stand before the sixteen lanes, because they are as quick for long messages, quicker
        /// for few or short ones, and do not slow the clock. A processor that is not x86-64 gets libcrypto, which
        /// uses the hash instructions there are.
        public static let fastest: Path =
            [.instructions, .sixteen, .eight].first(where: \.isNative) ?? .library

        fileprivate var code: docket_hash_path {
            switch self {
            case .library, .scalar: DOCKET_HASH_SCALAR
            case .eight: DOCKET_HASH_EIGHT
            case .sixteen: DOCKET_HASH_SIXTEEN
            case .instructions: DOCKET_HASH_INSTRUCTIONS
            }
        }
    }

    public let path: Path

    public init(path: Path = .fastest) { self.path = path }

    /// Adds the digests of stretches of `bytes`, in their order.
    ///
    /// - Parameter prefix: goes before every message; 0x00 makes leaves of a Merkle tree.
    public func append(
        digestsOf ranges: some Collection<Range<Int>>, in bytes: RawSpan, prefix: UInt8? = nil,
        to digests: inout [Digest]
    ) {
        if path == .library { return appendByLibrary(digestsOf: ranges, in: bytes, prefix: prefix, to: &digests) }
        let count = ranges.count
        unsafe withUnsafeTemporaryAllocation(of: docket_hash_range.self, capacity: count) { list in
            var place = 0
            for range in ranges {
                precondition(range.lowerBound >= 0 && range.upperBound <= bytes.byteCount, "a range outside the bytes")
                precondition(place < count, "a collection that does not know its count")
                unsafe list.initializeElement(
                    at: place, to: docket_hash_range(lower: range.lowerBound, upper: range.upperBound))
                place += 1
            }
            precondition(place == count, "a collection that does not know its count")
            unsafe Self.append(count, to: &digests) { out in
                unsafe bytes.withUnsafeBytes { source in
                    let start = unsafe source.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    unsafe docket_hash_ranges(path.code, start, list.baseAddress, count, Self.code(of: prefix), out)
                }
            }
        }
    }

    /// Digests of stretches of `bytes`, in their order.
    public func digests(
        of ranges: some Collection<Range<Int>>, in bytes: RawSpan, prefix: UInt8? = nil
    ) -> [Digest] {
        var digests: [Digest] = []
        append(digestsOf: ranges, in: bytes, prefix: prefix, to: &digests)
        return digests
    }

    /// Adds the digests of messages of one size that follow one another in `bytes`.
    ///
    /// - Parameter size: bytes of each message; `bytes` holds a whole number of them.
    public func append(
        digestsOfEach size: Int, in bytes: RawSpan, prefix: UInt8? = nil, to digests: inout [Digest]
    ) {
        precondition(size > 0 && bytes.byteCount % size == 0, "not a whole number of messages")
        let count = bytes.byteCount / size
        if path == .library {
            let ranges = (0..<count).lazy.map { $0 * size..<($0 + 1) * size }
            return appendByLibrary(digestsOf: ranges, in: bytes, prefix: prefix, to: &digests)
        }
        unsafe Self.append(count, to: &digests) { out in
            unsafe bytes.withUnsafeBytes { source in
                let start = unsafe source.baseAddress?.assumingMemoryBound(to: UInt8.self)
                unsafe docket_hash_strides(path.code, start, size, count, Self.code(of: prefix), out)
            }
        }
    }

    /// Adds the nodes above pairs of digests: SHA-256(0x01 ‖ left ‖ right), the inner nodes of RFC 6962.
    ///
    /// - Parameter children: an even number of them.
    public func append(nodesAbove children: Span<Digest>, to nodes: inout [Digest]) {
        precondition(children.count % 2 == 0, "a node has two children")
        unsafe append(digestsOfEach: 2 * Digest.size, in: children.bytes, prefix: 0x01, to: &nodes)
    }

    private func appendByLibrary(
        digestsOf ranges: some Collection<Range<Int>>, in bytes: RawSpan, prefix: UInt8?, to digests: inout [Digest]
    ) {
        let context = DigestContext.ofThread
        let first = InlineArray<1, UInt8>(repeating: prefix ?? 0)
        digests.reserveCapacity(digests.count + ranges.count)
        for range in ranges {
            context.begin()
            if prefix != nil { unsafe context.update(first.span.bytes) }
            context.update(bytes.extracting(range))
            digests.append(context.finish())
        }
    }

    /// Room for digests that the C code writes.
    private static func append(_ count: Int, to digests: inout [Digest], _ body: (UnsafeMutablePointer<UInt8>) -> Void)
    {
        digests.append(addingCapacity: count) { room in
            unsafe room.withUnsafeMutableBufferPointer { buffer, initialized in
                guard count > 0, let start = buffer.baseAddress else { return }
                unsafe body(UnsafeMutableRawPointer(start).assumingMemoryBound(to: UInt8.self))
                initialized += count
            }
        }
    }

    private static func code(of prefix: UInt8?) -> Int32 { prefix.map(Int32.init) ?? -1 }
}
