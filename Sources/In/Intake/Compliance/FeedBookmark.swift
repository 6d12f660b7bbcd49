import Codecs
import Platform

/// Where a poller stands. It is journaled in the same append as the activities it follows from, so after
/// any crash it says exactly what is in the journal.
///
///     {"version":1,"filters":"9ae1…","first_id":"activity_01X…","newest":1791446400000000000,
///      "swept":1791446340000000000,"seen":{"since":…,"minutes":[…]},
///      "walk":{"forward":"activity_01Y…"}}
///
/// - Shape: JSON. At most `remembered_ids` digests of 16 bytes, twice that while a window is walked.
struct FeedBookmark: Sendable, Equatable {
    static let version: Int64 = 1

    /// A stretch of time that is read from its newest activity to its oldest.
    struct Window: Sendable, Equatable {
        let from: Timestamp
        /// Not part of the window.
        let until: Timestamp
        /// Where the walk had to begin anew, instead of at ``until``.
        var narrowed: Timestamp?
        /// `last_id` of the page before.
        var after: String?
        /// `first_id` of the first page: the newest activity of the window.
        var runFirst: String?
        /// Creation of the oldest activity read so far.
        var reached: Timestamp?
        /// Those created exactly at ``reached``. They come again when the walk must begin anew there.
        var edge: Set<UInt64> = []
        /// Those of this walk that a later overlap will meet.
        var fresh: FeedMemory
    }

    enum Walk: Sendable, Equatable {
        case window(Window)
        /// `first_id` of the page before.
        case forward(String)
    }

    let filters: UInt64
    /// The newest activity of the last walk that came to its end.
    var firstID: String?
    /// What is not finished; a crash goes on from here.
    var walk: Walk?
    /// End of the last window that was read to its end.
    var swept: Timestamp?
    /// Creation of the newest activity in the journal.
    var newest: Timestamp?
    /// `nil` before the first window.
    var seen: FeedMemory?

    init(filters: UInt64) { self.filters = filters }

    // MARK: Bytes

    var bytes: [UInt8] {
        var out = ByteBuffer(capacity: 512 + 17 * ((seen?.count ?? 0) + freshCount))
        out.append("{\"version\":" as StaticString)
        out.append(decimal: Self.version)
        out.append(",\"filters\":" as StaticString)
        Identities.write([filters], to: &out)
        Self.write("first_id", firstID, to: &out)
        Self.write("newest", newest, to: &out)
        Self.write("swept", swept, to: &out)
        if let seen {
            out.append(",\"seen\":" as StaticString)
            seen.write(to: &out)
        }
        switch walk {
        case nil: break
        case .forward(let page):
            out.append(",\"walk\":{\"forward\":" as StaticString)
            out.append(jsonString: page)
            out.append(UInt8(ascii: "}"))
        case .window(let window):
            out.append(",\"walk\":{\"from\":" as StaticString)
            out.append(decimal: window.from.nanoseconds)
            Self.write("until", window.until, to: &out)
            Self.write("narrowed", window.narrowed, to: &out)
            Self.write("after", window.after, to: &out)
            Self.write("run_first", window.runFirst, to: &out)
            Self.write("reached", window.reached, to: &out)
            out.append(",\"edge\":" as StaticString)
            Identities.write(window.edge, to: &out)
            out.append(",\"fresh\":" as StaticString)
            window.fresh.write(to: &out)
            out.append(UInt8(ascii: "}"))
        }
        out.append(UInt8(ascii: "}"))
        return out.array
    }

    private var freshCount: Int {
        if case .window(let window) = walk { window.fresh.count + window.edge.count } else { 0 }
    }

    private static func write(_ name: StaticString, _ text: String?, to out: inout ByteBuffer) {
        guard let text else { return }
        key(name, to: &out)
        out.append(jsonString: text)
    }

    private static func write(_ name: StaticString, _ time: Timestamp?, to out: inout ByteBuffer) {
        guard let time else { return }
        key(name, to: &out)
        out.append(decimal: time.nanoseconds)
    }

    private static func key(_ name: StaticString, to out: inout ByteBuffer) {
        out.append(",\"" as StaticString)
        out.append(name)
        out.append("\":" as StaticString)
    }

    /// - Returns: `nil` when it was not written by this version.
    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes), value["version"]?.integer == Self.version,
            let filters = Identities.read(value["filters"])?.first
        else { return nil }
        self.filters = filters
        firstID = value["first_id"]?.string
        newest = Self.time(value["newest"])
        swept = Self.time(value["swept"])
        if let seen = value["seen"] {
            guard let seen = FeedMemory(seen) else { return nil }
            self.seen = seen
        }
        guard let walk = value["walk"] else { return }
        if let page = walk["forward"]?.string {
            self.walk = .forward(page)
        } else {
            guard let from = Self.time(walk["from"]), let until = Self.time(walk["until"]),
                let edge = Identities.read(walk["edge"]), let fresh = FeedMemory(walk["fresh"])
            else { return nil }
            self.walk = .window(
                Window(
                    from: from, until: until, narrowed: Self.time(walk["narrowed"]), after: walk["after"]?.string,
                    runFirst: walk["run_first"]?.string, reached: Self.time(walk["reached"]), edge: edge, fresh: fresh
                ))
        }
    }

    private static func time(_ value: JSONValue?) -> Timestamp? {
        value?.integer.map { Timestamp(nanoseconds: $0) }
    }
}
