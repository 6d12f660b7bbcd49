import Platform

/// How far chats or sessions were listed: the bookmark of their source.
///
/// Time is read in windows. A window ends a minute before now, for what is newer may not be listed yet; the next one
/// begins somewhat before the end of the last (``ListedKind/trailing``), and what was listed there in the same state is
/// known by its digest.
///
/// - Shape: lines of UTF-8, fields with a tab between:
///
///       docket listing 1
///       window <TAB> from <TAB> until or - <TAB> "place" or -
///       digest <TAB> seconds since 1970
///       …
struct ListingMemory: Sendable, Equatable {
    /// States that are remembered. With more of them, less time is listed again.
    static let mostDigests = 10_000
    private static let title = "docket listing 1"

    /// Where the window that is read begins, or the next one.
    var from: Timestamp
    /// Its end; `nil` between two looks.
    var until: Timestamp?
    /// Where the listing of it goes on; `nil` at its beginning.
    var place: String?
    /// By digest, the time of the object.
    private(set) var known: [UInt64: Int64] = [:]

    init(from: Timestamp) { self.from = from }

    func knows(_ object: ListedObject) -> Bool { known[object.digest] != nil }

    /// Remembers an object if the next window may list it again.
    mutating func note(_ object: ListedObject, _ kind: ListedKind) {
        guard let until else { return }
        let time = object.time ?? until
        guard time >= until - kind.trailing else { return }
        known[object.digest] = time.nanoseconds / 1_000_000_000
    }

    /// The window is read to its end.
    mutating func end(_ kind: ListedKind) {
        guard let until else { return }
        from = max(from, until - kind.trailing)
        if known.count > Self.mostDigests {
            let newest = known.values.sorted(by: >).prefix(Self.mostDigests)
            from = max(from, Timestamp(nanoseconds: ((newest.last ?? 0) + 1) * 1_000_000_000))
        }
        let first = from.nanoseconds / 1_000_000_000
        known = known.filter { $0.value >= first }
        (self.until, place) = (nil, nil)
    }

    // MARK: Bookmark

    var bytes: [UInt8] {
        func time(_ moment: Timestamp?) -> String { moment.map { RFC3339.text($0, digits: 6) } ?? "-" }
        // An opaque place never holds control characters; if it did, it is asked for from the beginning.
        let place = place.flatMap { $0.utf8.contains { $0 < 0x20 } ? nil : "=" + $0 } ?? "-"
        var lines = [Self.title, "window\t\(time(from))\t\(time(until))\t\(place)"]
        lines += known.sorted { $0.key < $1.key }.map { "\(String($0.key, radix: 16))\t\($0.value)" }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// - Returns: `nil` for what ``bytes`` did not write.
    init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard lines.popFirst() == Self.title[...], lines.popLast() == "", let window = lines.popFirst() else {
            return nil
        }
        let words = window.split(separator: "\t", omittingEmptySubsequences: false)
        guard words.count == 4, words[0] == "window", let from = RFC3339.parse(words[1].utf8) else { return nil }
        self.from = from
        if words[2] != "-" {
            guard let until = RFC3339.parse(words[2].utf8) else { return nil }
            self.until = until
        }
        if words[3] != "-" {
            guard words[3].hasPrefix("="), until != nil else { return nil }
            place = String(words[3].dropFirst())
        }
        for line in lines {
            let words = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard words.count == 2, let digest = UInt64(words[0], radix: 16), let time = Int64(words[1]) else {
                return nil
            }
            known[digest] = time
        }
    }
}
