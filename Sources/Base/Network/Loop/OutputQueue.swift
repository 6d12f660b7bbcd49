/// Bytes that wait for a socket, in order.
///
/// Small pieces are joined, so that a head and a short body, or a chunk and its size, leave in one system
/// call; a large body is kept as the array that it came in and never copied as a whole.
struct OutputQueue {
    /// Pieces up to this size are joined. - Unit: bytes
    private static let joined = 16 << 10

    private var pieces: [[UInt8]] = []
    private var front = 0
    private var offset = 0

    /// Bytes that wait.
    private(set) var count = 0
    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        count += bytes.count
        if let last = pieces.indices.last, last >= front, pieces[last].count + bytes.count <= Self.joined {
            pieces[last].append(contentsOf: bytes)
        } else {
            pieces.append(bytes)
        }
    }

    /// The first piece and where in it the waiting bytes begin.
    ///
    /// A copy of the reference, so that whoever writes it may end the connection, and this queue, meanwhile.
    var first: (piece: [UInt8], from: Int) { front < pieces.count ? (pieces[front], offset) : ([], 0) }

    /// Forgets the first bytes.
    ///
    /// - Parameter amount: at most what is left of the first piece.
    mutating func remove(_ amount: Int) {
        count -= amount
        offset += amount
        guard front < pieces.count, offset == pieces[front].count else { return }
        offset = 0
        pieces[front] = []
        front += 1
        if front == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            front = 0
        } else if front >= 64 {
            pieces.removeFirst(front)
            front = 0
        }
    }

    mutating func removeAll() { self = OutputQueue() }
}
