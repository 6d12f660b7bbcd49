import Codecs

/// Checks that a text is one event: a JSON object that all later readers can read, and read alike.
///
/// A field that is there twice is refused, also when it is nested once and dotted once: of two readers one would take
/// the first and the other the last.
struct EventCheck: ~Copyable {
    private var path = ByteBuffer(capacity: 256)
    private var fields: Set<Int> = []
    private var values = 0

    /// - Returns: why it is none; `nil` for a good one. It quotes nothing of the event.
    mutating func reason(_ bytes: RawSpan, _ range: ByteRange) -> String? {
        guard range.count <= EventLimits.eventBytes else {
            return "the event is larger than \(EventLimits.eventBytes) bytes"
        }
        if let flaw = UTF8Text.firstFlaw(in: bytes, range) { return "\(JSONError(.badUTF8, at: flaw))" }
        path.removeAll()
        fields.removeAll(keepingCapacity: true)
        values = 0
        var cursor = JSONCursor(range)
        do throws(JSONError) {
            guard try cursor.kind(in: bytes) == .object else { return "this is not a JSON object" }
            if let reason = try object(bytes, &cursor, depth: 1) { return reason }
            try cursor.finish(in: bytes)
        } catch {
            return "\(error)"
        }
        return values == 0 ? "the event has no fields" : nil
    }

    private mutating func object(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, depth: Int
    ) throws(JSONError) -> String? {
        guard depth <= EventLimits.depth else { throw JSONError(.tooDeep, at: cursor.place) }
        let outer = path.count
        var isFirst = true
        try cursor.enterObject(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            path.truncate(to: outer)
            if outer > 0 { path.append(UInt8(ascii: ".")) }
            JSONText.appendUnescaped(bytes[key.range], to: &path)
            if try cursor.kind(in: bytes) == .object {
                if let reason = try object(bytes, &cursor, depth: depth + 1) { return reason }
                continue
            }
            let place = cursor.place
            // A list may hold objects: they count towards the same depth.
            try cursor.skip(in: bytes, below: JSONCursor.depthLimit - EventLimits.depth + depth)
            values += 1
            guard values <= EventLimits.values else { return "the event has more than \(EventLimits.values) values" }
            guard fields.insert(pathHash).inserted else { return "a field is there twice (byte \(place))" }
        }
        path.truncate(to: outer)
        return nil
    }

    /// Seeded anew by each process, so nobody can make two names that meet.
    private var pathHash: Int {
        var hasher = Hasher()
        let name = path.bytes
        unsafe name.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}
