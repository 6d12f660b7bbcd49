import Codecs
import Platform

/// Walks the frames of one segment and says what stands between them. Every byte up to the end is in one item.
///
/// One scanner serves recovery, readers and the check, so that what a crash leaves is read by the code that
/// runs every day.
final class SegmentScanner {
    enum Item {
        case frame(Frame, payload: [UInt8], offset: Int)
        /// A whole header; its payload is damaged or not all there.
        case lost(Frame, range: Range<Int>)
        /// Bytes that are no frame.
        case damage(Range<Int>)
        /// A frame of a newer program.
        case unknown(Range<Int>)
    }

    private let file: any DiskFile
    private let salt: UInt32
    private let opensHeads: Bool
    private let windowSize: Int
    /// Bytes of the file that may be read: for a segment that is being written, the durable end.
    private(set) var end: Int
    private(set) var offset: Int
    private var window: [UInt8] = []
    private var windowStart = 0
    private var decompressor = ZstandardDecompressor()

    private static let headSize = 4 << 10

    /// - Parameters:
    ///   - opensHeads: whether the payload of a batch need be opened only as far as its head goes.
    ///   - window: bytes that are read at once.
    init(
        file: any DiskFile, salt: UInt32, from offset: Int, end: Int, opensHeads: Bool = false, window: Int = 1 << 20
    ) {
        self.file = file
        self.opensHeads = opensHeads
        windowSize = window
        self.salt = salt
        self.offset = offset
        self.end = end
    }

    /// The segment has grown.
    func extend(to end: Int) { self.end = max(self.end, end) }

    /// The next item, or `nil` at the end.
    func next() throws(DiskError) -> Item? {
        guard offset < end else { return nil }
        let start = offset
        switch try header(at: start) {
        case .nothing:
            offset = try nextHeader(after: start)
            return .damage(start..<offset)
        case .unknown(let size):
            offset = min(start + size, end)
            return .unknown(start..<offset)
        case .frame(let frame):
            guard try isWhole(frame, at: start) else {
                // Its length is right, since the header is; but there may not be so much.
                offset = start + frame.size <= end ? start + frame.size : try nextHeader(after: start)
                return .lost(frame, range: start..<offset)
            }
            offset += frame.size
            if frame.kind == .moved { return try moved(frame, at: start) }
            guard let payload = open(frame, at: start) else { return .unknown(start..<offset) }
            return .frame(frame, payload: payload, offset: start)
        }
    }

    /// Moves past frames whose payload nobody wants, by their headers alone.
    func skip(unless isWanted: (Frame) -> Bool) throws(DiskError) {
        while offset < end, case .frame(let frame) = try header(at: offset, window: Self.headSize),
            offset + frame.size <= end, !isWanted(frame)
        {
            offset += frame.size
        }
    }

    private func header(at place: Int, window: Int? = nil) throws(DiskError) -> Frame.Reading {
        try fill(from: place, count: Frame.headerSize, window: window)
        return withWindow(from: place) { Frame.read($0, at: Frame.Place(salt: salt, offset: place)) } ?? .nothing
    }

    private func isWhole(_ frame: Frame, at place: Int) throws(DiskError) -> Bool {
        guard place + frame.size <= end else { return false }
        try fill(from: place, count: frame.size)
        return withWindow(from: place) { bytes in
            bytes.byteCount >= frame.size
                && CRC32C.of(bytes.extracting(Frame.headerSize..<Frame.headerSize + frame.payloadSize))
                    == frame.payloadChecksum
        } ?? false
    }

    /// - Returns: `nil` when the checksum is right and the content is not: only a newer program writes such.
    private func open(_ frame: Frame, at place: Int) -> [UInt8]? {
        let window = self.window
        let start = place - windowStart + Frame.headerSize
        let stored = unsafe window.span.bytes.extracting(start..<start + frame.payloadSize)
        switch frame.compression {
        case .none: return stored.array
        case .zstandard:
            guard frame.rawSize <= Frame.payloadLimit else { return nil }
            if opensHeads, frame.kind == .batch {
                let head = try? decompressor.beginning(of: stored, count: min(Self.headSize, frame.rawSize))
                if let head, BatchPayload.Head(head) != nil { return head }
            }
            return try? decompressor.decompress(stored, limit: frame.rawSize)
        }
    }

    /// A batch whose payload is behind the end of the segment.
    private func moved(_ frame: Frame, at place: Int) throws(DiskError) -> Item {
        var frame = frame
        frame.kind = .batch
        frame.isMoved = true
        let lost = Item.lost(frame, range: place..<place + frame.size)
        guard let stub = open(frame, at: place).flatMap({ MovedPayload($0) }), stub.size <= Frame.payloadLimit,
            frame.rawSize <= Frame.payloadLimit, let stored = try stub.read(from: file),
            let payload = try? decompressor.decompress(unsafe stored.span.bytes, limit: frame.rawSize)
        else { return lost }
        return .frame(frame, payload: payload, offset: place)
    }

    /// Where the next whole header stands, or the end. Frames start at multiples of eight.
    private func nextHeader(after place: Int) throws(DiskError) -> Int {
        var candidate = Frame.padded(place + 1)
        while candidate + Frame.headerSize <= end {
            if try header(at: candidate) != .nothing { return candidate }
            // The file is shorter than it should be.
            if windowStart + window.count < candidate + Frame.headerSize { return end }
            candidate += 8
        }
        return end
    }

    /// - Returns: `nil` when the file does not reach so far.
    private func withWindow<Result>(from place: Int, _ body: (RawSpan) -> Result) -> Result? {
        guard place >= windowStart, place <= windowStart + window.count else { return nil }
        let window = self.window
        return unsafe body(window.span.bytes.extracting(place - windowStart..<window.count))
    }

    /// Makes sure that the window holds these bytes, as far as the file has them.
    private func fill(from place: Int, count: Int, window width: Int? = nil) throws(DiskError) {
        let wanted = min(place + count, end)
        if place >= windowStart, wanted <= windowStart + window.count { return }
        let size = max(0, min(max(width ?? windowSize, count), end - place))
        var read = 0
        var failure: DiskError?
        window = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            var target = unsafe MutableRawSpan(_unsafeBytes: UnsafeMutableRawBufferPointer(buffer))
            do throws(DiskError) {
                read = try file.read(into: &target, at: place)
            } catch {
                failure = error
            }
            initialized = read
        }
        windowStart = place
        if let failure { throw failure }
    }
}
