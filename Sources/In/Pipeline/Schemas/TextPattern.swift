import Codecs

/// Words between bars, each with one star at most: `org_user_*|account_deleted|*_failed`.
struct TextPattern: Sendable {
    private struct Word {
        var start: [UInt8]
        var end: [UInt8]
        var isWhole: Bool
    }

    private let words: [Word]

    init(_ text: String) {
        words = text.split(separator: "|").map { word in
            guard let star = word.firstIndex(of: "*") else {
                return Word(start: Array(word.utf8), end: [], isWhole: true)
            }
            return Word(start: Array(word[..<star].utf8), end: Array(word[word.index(after: star)...].utf8), isWhole: false)
        }
    }

    func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { unsafe matches(UnsafeRawBufferPointer($0).bytes) }
    }

    func matches(_ text: RawSpan) -> Bool {
        for word in words {
            let start = unsafe word.start.span.bytes
            let end = unsafe word.end.span.bytes
            let (first, last) = (start.byteCount, end.byteCount)
            let count = text.byteCount
            if word.isWhole {
                if text.isEqual(to: start) { return true }
            } else if count >= first + last, text.extracting(0..<first).isEqual(to: start),
                text.extracting(count - last..<count).isEqual(to: end)
            {
                return true
            }
        }
        return false
    }
}
