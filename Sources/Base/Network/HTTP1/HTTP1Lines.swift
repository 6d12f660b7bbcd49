/// Looks at the lines of a head, or of trailers, for what llhttp lets pass and other readers take differently:
/// line ends of one character, lines that continue the one before, and a request line of more than three words.
///
/// - Source: RFC 9112, sections 2.2, 3 and 5.2.
struct HTTP1Lines {
    /// Bytes that were looked at.
    private(set) var count = 0
    private var last: UInt8 = 0
    private var isRequestLine: Bool
    private var spaces = 0

    init(isTrailers: Bool = false) {
        isRequestLine = !isTrailers
        // Trailers begin behind a line end, so that their first line, too, can be a folded one.
        if isTrailers { last = 0x0A }
    }

    /// Reads on.
    ///
    /// - Returns: what is wrong with the lines, once that is clear.
    mutating func flaw(in bytes: RawSpan) -> Refusal? {
        count += bytes.byteCount
        for place in bytes.byteOffsets {
            let byte = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
            switch (last, byte) {
            case (0x0D, 0x0A): if spaces > 0 { isRequestLine = false }
            case (0x0D, _), (_, 0x0A): return .badLineEnd
            case (0x0A, 0x20), (0x0A, 0x09): return .foldedLine
            case (_, 0x20) where isRequestLine:
                spaces += 1
                guard spaces <= 2 else { return .badRequestLine }
            default: break
            }
            last = byte
        }
        return nil
    }
}

extension Refusal {
    fileprivate static let badLineEnd = Refusal(400, "bad-line-end", "A line of the head ends without CR LF.")
    fileprivate static let foldedLine = Refusal(400, "folded-line", "A line of the head begins with a space.")
    fileprivate static let badRequestLine = Refusal(
        400, "bad-request-line", "The request line has more than a method, a target and a version.")
}
