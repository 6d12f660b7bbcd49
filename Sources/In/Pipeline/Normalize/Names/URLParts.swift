import Codecs
import Events

/// The parts of a URL, as places in its text.
///
/// - Shape: parts stay encoded as they were sent.
/// - Source: RFC 3986, appendix B; which texts have parts follows the URI split of Elasticsearch.
struct URLParts {
    var scheme = ByteRange.empty
    var userInfo = ByteRange.empty
    var host = ByteRange.empty
    var port: Int64?
    var path = ByteRange.empty
    var query = ByteRange.empty
    var fragment = ByteRange.empty

    /// - Returns: `nil` for a text that is no URL.
    init?(_ text: RawSpan) {
        guard text.byteCount > 0 else { return nil }
        var rest = 0
        scheme = Self.scheme(of: text)
        if !scheme.isEmpty { rest = scheme.end + 1 }
        // A text with characters that no URI has counts only when its scheme is that of a web address.
        if !Self.isClean(text) {
            let name = text[scheme]
            guard name.isEqual(to: "http") || name.isEqual(to: "https") || name.isEqual(to: "ftp") else { return nil }
        }
        var end = text.byteCount
        if let hash = Self.first("#", in: text, rest..<end) {
            fragment = ByteRange(hash + 1..<end)
            end = hash
        }
        if let mark = Self.first("?", in: text, rest..<end) {
            query = ByteRange(mark + 1..<end)
            end = mark
        }
        if end - rest >= 2, text[rest] == UInt8(ascii: "/"), text[rest + 1] == UInt8(ascii: "/") {
            let start = rest + 2
            let stop = Self.first("/", in: text, start..<end) ?? end
            guard setAuthority(text, start..<stop) else { return nil }
            rest = stop
        } else if !scheme.isEmpty, rest < end, text[rest] != UInt8(ascii: "/") {
            // `mailto:` and its like have no path.
            query = .empty
            return
        }
        path = ByteRange(rest..<end)
    }

    /// What stands behind the last dot of the last segment.
    func fileExtension(of text: RawSpan) -> ByteRange {
        var place = path.end
        while place > path.start {
            place -= 1
            if text[place] == UInt8(ascii: "/") { break }
            if text[place] == UInt8(ascii: "."), hasSlash(before: place, text) {
                return ByteRange(place + 1..<path.end)
            }
        }
        return .empty
    }

    private func hasSlash(before place: Int, _ text: RawSpan) -> Bool {
        Self.first("/", in: text, path.start..<place) != nil
    }

    private mutating func setAuthority(_ text: RawSpan, _ range: Range<Int>) -> Bool {
        var start = range.lowerBound
        var end = range.upperBound
        if let at = Self.last("@", in: text, range) {
            userInfo = ByteRange(start..<at)
            start = at + 1
        }
        let bracket = Self.last("]", in: text, start..<end) ?? start
        if let colon = Self.last(":", in: text, bracket..<end) {
            let digits = text.extracting(colon + 1..<end)
            if digits.byteCount > 0 {
                guard let number = JSONNumber.int64(digits), number >= 0 else { return false }
                port = number
            }
            end = colon
        }
        host = ByteRange(start..<end)
        return true
    }

    private static func scheme(of text: RawSpan) -> ByteRange {
        for place in 0..<text.byteCount {
            switch text[place] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                if place == 0 { return .empty }
            case UInt8(ascii: ":"): return ByteRange(start: 0, count: place)
            default: return .empty
            }
        }
        return .empty
    }

    private static func isClean(_ text: RawSpan) -> Bool {
        for place in 0..<text.byteCount {
            switch text[place] {
            case 0...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"),
                UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
                return false
            default: continue
            }
        }
        return true
    }

    private static func first(_ scalar: Unicode.Scalar, in text: RawSpan, _ range: Range<Int>) -> Int? {
        let byte = UInt8(ascii: scalar)
        for place in range where text[place] == byte { return place }
        return nil
    }

    private static func last(_ scalar: Unicode.Scalar, in text: RawSpan, _ range: Range<Int>) -> Int? {
        let byte = UInt8(ascii: scalar)
        for place in range.reversed() where text[place] == byte { return place }
        return nil
    }
}
