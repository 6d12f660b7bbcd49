import Codecs
import Events
import Platform

/// Walks the frames of one segment, whole frames only, and says what stands between them.
///
/// One scanner serves recovery and readers, so that what a crash leaves is read by the code that runs
/// every day.
final class SegmentScanner {
    enum Item {
        case frame(Frame, payload: [UInt8], offset: Int)
        /// Bytes that are no frame, with a whole frame behind them.
        case damage(Range<Int>)
    }

    private let file: any DiskFile
    /// Bytes of the file that may be read: for a segment that is being written, the durable end.
    private let end: Int
    private(set) var offset: Int
    private var window: [UInt8] = []
    private var windowStart = 0
    private var decompressor = ZstandardDecompressor()

    private static let windowSize = 1 << 20

    init(file: any DiskFile, from offset: Int, end: Int) {
        self.file = file
        self.offset = offset
        self.end = end
    }

    /// The next frame, or `nil` where nothing whole follows; ``offset`` is then the end of the last frame.
    func next() throws(DiskError) -> Item? {
        guard let frame = try frame(at: offset) else {
            // A torn tail has nothing behind it. If there is a whole frame, this is damage in the middle.
            guard offset < end, let next = try nextFrame(after: offset) else { return nil }
            defer { offset = next }
            return .damage(offset..<next)
        }
        let start = offset
        guard let payload = try payload(of: frame, at: start) else {
            // The checksum is right and the content is not: a frame of a newer program. Never skip it silently.
            defer { offset += frame.size }
            return .damage(start..<start + frame.size)
        }
        offset += frame.size
        return .frame(frame, payload: payload, offset: start)
    }

    private func frame(at place: Int) throws(DiskError) -> Frame? {
        try fill(from: place, count: Frame.headerSize)
        guard let size = header(at: place, { Frame.sizeOfPayload($0) }) ?? nil else { return nil }
        try fill(from: place, count: Frame.headerSize + size)
        guard case .frame(let frame) = header(at: place, { Frame.read($0) }) else { return nil }
        return frame
    }

    private func header<Result>(at place: Int, _ body: (RawSpan) -> Result) -> Result? {
        guard place >= windowStart, place <= windowStart + window.count else { return nil }
        let window = self.window
        let bytes = unsafe window.span.bytes
        return body(bytes.extracting(place - windowStart..<window.count))
    }

    private func payload(of frame: Frame, at place: Int) throws(DiskError) -> [UInt8]? {
        let start = place - windowStart + Frame.headerSize
        let window = self.window
        let stored = unsafe window.span.bytes.extracting(start..<start + frame.payloadSize)
        switch frame.compression {
        case .none: return stored.array
        case .zstandard:
            guard frame.rawSize <= Frame.payloadLimit else { return nil }
            return try? decompressor.decompress(stored, limit: frame.rawSize)
        }
    }

    /// Frames start at multiples of eight.
    private func nextFrame(after place: Int) throws(DiskError) -> Int? {
        var candidate = Frame.padded(place + 1)
        while candidate + Frame.headerSize <= end {
            try fill(from: candidate, count: Frame.headerSize)
            if header(at: candidate, { Frame.sizeOfPayload($0) != nil }) == true, try frame(at: candidate) != nil {
                return candidate
            }
            candidate += 8
        }
        return nil
    }

    /// Makes sure that the window holds these bytes, as far as the file has them.
    private func fill(from place: Int, count: Int) throws(DiskError) {
        let wanted = min(place + count, end)
        if place >= windowStart, wanted <= windowStart + window.count { return }
        let size = max(0, min(max(Self.windowSize, count), end - place))
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
