import Codecs

/// The events of a text, found in it and not taken out of it: one a line, a list, or a single one over several lines.
///
/// What is no event is left out, counted and named with its line; the others are kept.
struct EventList {
    struct Refusal: Equatable {
        let line: Int
        let reason: String
    }

    private(set) var events: [ByteRange] = []
    private(set) var refused = 0
    /// The first ones.
    private(set) var refusals: [Refusal] = []

    /// Whether there are more than a request may have. The events are then not all.
    private(set) var isOverfull = false

    /// - Parameter limit: events at the most.
    /// - Parameter told: refusals that are kept.
    init(_ bytes: RawSpan, limit: Int = EventLimits.events, told: Int = EventLimits.toldRefusals) {
        let all = JSONSpace.trimmed(ByteRange(start: 0, count: bytes.byteCount), in: bytes)
        guard !all.isEmpty else { return }
        var check = EventCheck()
        if bytes[all.start] == UInt8(ascii: "[") {
            // Lines are counted from the start of the text.
            var pieces = ListPieces(ByteRange(start: 0, count: bytes.byteCount), in: bytes)
            while let piece = pieces.next(in: bytes), add(piece, &check, bytes, limit, told) {}
            if !isOverfull, !pieces.isClosed { refuse(pieces.line, "the list does not end where it should", told) }
        } else if Self.isOneObject(bytes, all) {
            _ = add(EventPiece(range: all, line: 1), &check, bytes, limit, told)
        } else {
            var pieces = LinePieces(ByteRange(start: 0, count: bytes.byteCount))
            while let piece = pieces.next(in: bytes), add(piece, &check, bytes, limit, told) {}
        }
    }

    /// - Returns: whether there is room for more.
    private mutating func add(
        _ piece: EventPiece, _ check: inout EventCheck, _ bytes: RawSpan, _ limit: Int, _ told: Int
    ) -> Bool {
        if let reason = check.reason(bytes, piece.range) {
            refuse(piece.line, reason, told)
        } else {
            events.append(piece.range)
        }
        isOverfull = events.count + refused > limit
        return !isOverfull
    }

    private mutating func refuse(_ line: Int, _ reason: String, _ told: Int) {
        refused += 1
        if refusals.count < told { refusals.append(Refusal(line: line, reason: reason)) }
    }

    /// Whether the text is one object, over several lines as people write them.
    private static func isOneObject(_ bytes: RawSpan, _ range: ByteRange) -> Bool {
        // In a text of many lines the first ends an object already, and then this costs no more than that line.
        var cursor = JSONCursor(range)
        do throws(JSONError) {
            try cursor.skip(in: bytes)
            return cursor.isAtEnd(in: bytes)
        } catch {
            return false
        }
    }
}
