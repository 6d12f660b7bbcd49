import Codecs
import Platform

/// Where a poller stands. It is journaled in the same append as the activities it follows from, so after
/// any crash it says exactly what is in the journal.
///
///     {"version":2,"filters":"9ae1…","first_id":"activity_01X…","newest":1791446400000000000,
///      "swept":1791446340000000000,"origin":…,"whole":…,"seen":{"since":…,"minutes":[…]},
///      "walk":{"forward":"activity_01Y…"},"backlog":{"kind":"backfill","window":{…}}}
///
/// - Shape: JSON. At most `remembered_ids` digests of 16 bytes, twice that while a window is walked.
struct FeedBookmark: Sendable, Equatable {
    static let version: Int64 = 2
    /// Those of version 1 lack what came with version 2, and say nothing else.
    private static let readable: ClosedRange<Int64> = 1...2

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

    /// What is read when the present leaves time for it.
    struct Backlog: Sendable, Equatable {
        enum Kind: String, Sendable {
            /// The past before the first window.
            case backfill
            /// The last days once more, for what is listed days late.
            case lookBack = "look-back"
        }

        let kind: Kind
        var window: Window
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
    /// From here on everything is wanted. What the backlog has not read yet is still missing.
    var origin: Timestamp?
    /// Everything that was created before, back to the backlog's end, is in the journal, but for what comes late.
    var whole: Timestamp?
    var backlog: Backlog?
    /// Activities of Access Transparency, which may be listed days late.
    var access: FeedMemory?
    /// End of the last look back.
    var lookedBack: Timestamp?

    init(filters: UInt64) { self.filters = filters }

    // MARK: Bytes

    var bytes: [UInt8] {
        var out = ByteBuffer(capacity: 512 + 17 * ((seen?.count ?? 0) + (access?.count ?? 0) + freshCount))
        out.append("{\"version\":" as StaticString)
        out.append(decimal: Self.version)
        out.append(",\"filters\":" as StaticString)
        Identities.write([filters], to: &out)
        Self.write("first_id", firstID, to: &out)
        Self.write("newest", newest, to: &out)
        Self.write("swept", swept, to: &out)
        Self.write("origin", origin, to: &out)
        Self.write("whole", whole, to: &out)
        Self.write("looked_back", lookedBack, to: &out)
        Self.write("seen", seen, to: &out)
        Self.write("access", access, to: &out)
        switch walk {
        case nil: break
        case .forward(let page):
            out.append(",\"walk\":{\"forward\":" as StaticString)
            out.append(jsonString: page)
            out.append(UInt8(ascii: "}"))
        case .window(let window):
            out.append(",\"walk\":" as StaticString)
            window.write(to: &out)
        }
        if let backlog {
            out.append(",\"backlog\":{\"kind\":" as StaticString)
            out.append(jsonString: backlog.kind.rawValue)
            out.append(",\"window\":" as StaticString)
            backlog.window.write(to: &out)
            out.append(UInt8(ascii: "}"))
        }
        out.append(UInt8(ascii: "}"))
        return out.array
    }

    private var freshCount: Int {
        var count = 0
        if case .window(let window) = walk { count += window.fresh.count + window.edge.count }
        if let window = backlog?.window { count += window.fresh.count + window.edge.count }
        return count
    }

    fileprivate static func write(_ name: StaticString, _ memory: FeedMemory?, to out: inout ByteBuffer) {
        guard let memory else { return }
        key(name, to: &out)
        memory.write(to: &out)
    }

    fileprivate static func write(_ name: StaticString, _ text: String?, to out: inout ByteBuffer) {
        guard let text else { return }
        key(name, to: &out)
        out.append(jsonString: text)
    }

    fileprivate static func write(_ name: StaticString, _ time: Timestamp?, to out: inout ByteBuffer) {
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
        guard let value = try? JSONValue(parsing: bytes), let version = value["version"]?.integer,
            Self.readable.contains(version), let filters = Identities.read(value["filters"])?.first
        else { return nil }
        self.filters = filters
        firstID = value["first_id"]?.string
        newest = Self.time(value["newest"])
        swept = Self.time(value["swept"])
        origin = Self.time(value["origin"])
        whole = Self.time(value["whole"])
        lookedBack = Self.time(value["looked_back"])
        if let seen = value["seen"] {
            guard let seen = FeedMemory(seen) else { return nil }
            self.seen = seen
        }
        if let access = value["access"] {
            guard let access = FeedMemory(access) else { return nil }
            self.access = access
        }
        if let backlog = value["backlog"] {
            guard let kind = backlog["kind"]?.string.flatMap(Backlog.Kind.init(rawValue:)),
                let window = backlog["window"].flatMap(Window.init)
            else { return nil }
            self.backlog = Backlog(kind: kind, window: window)
        }
        guard let walk = value["walk"] else { return }
        if let page = walk["forward"]?.string {
            self.walk = .forward(page)
        } else {
            guard let window = Window(walk) else { return nil }
            self.walk = .window(window)
        }
    }

    fileprivate static func time(_ value: JSONValue?) -> Timestamp? {
        value?.integer.map { Timestamp(nanoseconds: $0) }
    }
}

extension FeedBookmark.Window {
    fileprivate func write(to out: inout ByteBuffer) {
        out.append("{\"from\":" as StaticString)
        out.append(decimal: from.nanoseconds)
        FeedBookmark.write("until", until, to: &out)
        FeedBookmark.write("narrowed", narrowed, to: &out)
        FeedBookmark.write("after", after, to: &out)
        FeedBookmark.write("run_first", runFirst, to: &out)
        FeedBookmark.write("reached", reached, to: &out)
        out.append(",\"edge\":" as StaticString)
        Identities.write(edge, to: &out)
        FeedBookmark.write("fresh", fresh, to: &out)
        out.append(UInt8(ascii: "}"))
    }

    fileprivate init?(_ value: JSONValue) {
        guard let from = FeedBookmark.time(value["from"]), let until = FeedBookmark.time(value["until"]),
            let edge = Identities.read(value["edge"]), let fresh = FeedMemory(value["fresh"])
        else { return nil }
        self.init(
            from: from, until: until, narrowed: FeedBookmark.time(value["narrowed"]), after: value["after"]?.string,
            runFirst: value["run_first"]?.string, reached: FeedBookmark.time(value["reached"]), edge: edge, fresh: fresh
        )
    }
}
