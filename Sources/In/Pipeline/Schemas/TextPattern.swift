import Codecs

/// Words between bars, with stars that stand for anything: `org_user_*|*api_key_*|account_deleted`.
struct TextPattern: Sendable {
    /// Of each word what is between its stars: the first and the last part are at the ends of the text.
    private let words: [[[UInt8]]]

    init(_ text: String) {
        words = text.split(separator: "|").map { word in
            word.split(separator: "*", omittingEmptySubsequences: false).map { Array($0.utf8) }
        }
    }

    func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { unsafe matches(UnsafeRawBufferPointer($0).bytes) }
    }

    func matches(_ text: RawSpan) -> Bool {
        for word in words where Self.matches(text, word) { return true }
        return false
    }

    private static func matches(_ text: RawSpan, _ parts: [[UInt8]]) -> Bool {
        guard let first = parts.first, let last = parts.last else { return false }
        let count = text.byteCount
        if parts.count == 1 { return count == first.count && isAt(0, first, text) }
        guard count >= first.count + last.count, isAt(0, first, text), isAt(count - last.count, last, text)
        else { return false }
        // Those in the middle stand in their order between the ends; the earliest place leaves the most room.
        var place = first.count
        for part in parts.dropFirst().dropLast() {
            let end = count - last.count - part.count
            while place <= end, !isAt(place, part, text) { place += 1 }
            guard place <= end else { return false }
            place += part.count
        }
        return true
    }

    private static func isAt(_ place: Int, _ part: [UInt8], _ text: RawSpan) -> Bool {
        unsafe text.extracting(place..<place + part.count).isEqual(to: part.span.bytes)
    }
}
