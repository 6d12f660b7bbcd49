import Glibc

/// The lines of a file, one at a time, however many there are.
struct LineReader: ~Copyable {
    private let name: String
    private let descriptor: Int32
    private let limit: Int
    private var waiting: [UInt8] = []
    /// Bytes of ``waiting`` that were given out, and those in which there is no line feed.
    private var done = 0
    private var searched = 0

    /// - Parameter limit: bytes of a line.
    init(_ name: String, limit: Int) throws(DocketVerify.CannotTell) {
        descriptor = unsafe open(name, O_RDONLY)
        guard descriptor >= 0 else { throw DocketVerify.CannotTell("cannot open \(name)") }
        self.name = name
        self.limit = limit
    }

    deinit { close(descriptor) }

    /// The next line, without its line feed; `nil` at the end. What stands behind the last line feed is a line.
    mutating func next() throws(DocketVerify.CannotTell) -> [UInt8]? {
        while true {
            if let end = waiting[searched...].firstIndex(of: 0x0A) {
                defer {
                    done = end + 1
                    searched = done
                }
                return Array(waiting[done..<end])
            }
            searched = waiting.count
            guard try fill() else { break }
        }
        guard done < waiting.count else { return nil }
        defer { done = waiting.count }
        return Array(waiting[done...])
    }

    /// - Returns: false at the end of the file.
    private mutating func fill() throws(DocketVerify.CannotTell) -> Bool {
        waiting.removeFirst(done)
        searched -= done
        done = 0
        guard waiting.count <= limit else { throw DocketVerify.CannotTell("\(name) has a line that is too long") }
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe read(descriptor, &piece, piece.count)
        guard count >= 0 else { throw DocketVerify.CannotTell("cannot read \(name)") }
        waiting += piece[..<count]
        return count > 0
    }
}
