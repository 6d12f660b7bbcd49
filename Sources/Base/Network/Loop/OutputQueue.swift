/// Bytes that wait for a socket, in order.
///
/// Small pieces are joined, so that a head and a short body, or a chunk and its size, leave in one system
/// call; a large body is kept as the array that it came in and never copied as a whole.
struct OutputQueue {
    /// Pieces up to this size are joined. - Unit: bytes
    private static let joined = 16 << 10

    private var pieces: [[UInt8]] = []
    private var first = 0
    private var offset = 0

    /// Bytes that wait.
    private(set) var count = 0
    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        count += bytes.count
        if let last = pieces.indices.last, last >= first, pieces[last].count + bytes.count <= Self.joined {
            pieces[last].append(contentsOf: bytes)
        } else {
            pieces.append(bytes)
        }
    }

    /// Lends what is left of the first piece; empty when nothing waits.
    func withFirst<Result>(_ body: (RawSpan) -> Result) -> Result {
        guard first < pieces.count else { return unsafe body([UInt8]().span.bytes) }
        let piece = pieces[first]
        return unsafe body(piece.span.bytes.extracting(droppingFirst: offset))
    }

    /// Forgets the first bytes.
    ///
    /// - Parameter amount: at most what ``withFirst(_:)`` lent.
    mutating func remove(_ amount: Int) {
        count -= amount
        offset += amount
        guard first < pieces.count, offset == pieces[first].count else { return }
        offset = 0
        pieces[first] = []
        first += 1
        if first == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 64 {
            pieces.removeFirst(first)
            first = 0
        }
    }

    mutating func removeAll() { self = OutputQueue() }
}
