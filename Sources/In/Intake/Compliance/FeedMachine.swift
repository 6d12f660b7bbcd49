import Platform

/// Decides what a poller asks next and what of an answer is new. It does nothing itself: no clock, no
/// network, no journal.
///
///     no bookmark ──▶ first window ──▶ forward ──▶ overlap (now and then) ──▶ rest
///                          ▲               │
///                          └─ window since ◀─ cursor refused (400)
///
/// 1. The *first window* goes from `initial_interval` ago up to `settle` ago, fixed when it begins, page by
///    page to older ones by `after_id`.
/// 2. *Forward* goes from the bookmark to newer ones by `before_id`. The bookmark moves only behind the last
///    page, and an empty page's null does not move it.
/// 3. The *overlap* reads a stretch before the end of the last window once more: what is not known in it came
///    late. It is read when its time has come, or sooner when the memory of ids is half full.
/// 4. A cursor that the server does not know (any more) is given up for a window that begins where the
///    memory of ids begins, so that nothing is missed and nothing comes twice.
/// 5. The *backlog* is what the present leaves time for: the past before the first window, and now and then the
///    last days for what may be listed days late. It is in a file of its own.
///
/// All of them drop what ``FeedBookmark/seen`` knows. What was decided holds once the journal has it: work
/// with ``take(_:)``, then ``commit(_:)``.
struct FeedMachine: Sendable {
    struct Rules: Sendable, Equatable {
        var filters = FeedFilters()
        var limit = 1_000
        var initialInterval = Timestamp.Span.hours(24)
        var settle = Timestamp.Span.seconds(60)
        var overlap = Timestamp.Span.minutes(10)
        var overlapInterval = Timestamp.Span.minutes(5)
        var rememberedIDs = 20_000
        /// How far back, and how often, activities that may be listed days late are looked for.
        var lookBack = Timestamp.Span.days(4)
        var lookBackInterval = Timestamp.Span.hours(12)

        /// The first window; the rest of `initialInterval` is backlog.
        static let firstWindow = Timestamp.Span.days(1)
        /// How long it may take until the record says that there was nothing.
        static let longestSilence = Timestamp.Span.minutes(5)
    }

    enum Ending: Sendable, Equatable { case window, forward }

    /// What an answer leads to.
    struct Take: Sendable, Equatable {
        /// Indexes of the new rows, oldest first.
        var kept: [Int] = []
        /// Rows that are in the journal already.
        var known = 0
        /// Rows that are not to be kept, each of them once.
        var leftOut: [Int] = []
        /// New rows that the overlap found.
        var late = 0
        /// Everything that was created in this stretch is in the journal now.
        var covers: Range<Timestamp>?
        /// There were too many ids to remember them all.
        var isShortened = false
        var bookmark: FeedBookmark
        /// Which walk came to its end.
        var ending: Ending?
        /// Whether the bookmark must be durable although there is no new row.
        var isWorthSaving = false
        /// What was left out is counted in the record, too.
        var hasNew: Bool { !kept.isEmpty || !leftOut.isEmpty }
    }

    var rules: Rules
    private(set) var bookmark: FeedBookmark
    private var hasGoneForward = false
    private var hasReadWindow = false
    private var hasFallenBack = false
    /// What was created ``Rules/settle`` before can be queried by everything that this look asks.
    private var roundBegan: Timestamp?

    /// - Parameter bookmark: of the last durable append; `nil` when there is none.
    init(_ rules: Rules, bookmark: FeedBookmark? = nil) {
        self.rules = rules
        var fresh = FeedBookmark(filters: rules.filters.fingerprint)
        if let bookmark, bookmark.filters == fresh.filters {
            self.bookmark = bookmark
        } else {
            // Another set of filters begins anew, but what is in the journal is still known.
            fresh.newest = bookmark?.newest
            fresh.seen = bookmark?.seen
            self.bookmark = fresh
        }
    }

    /// Begins a look at the feed.
    mutating func beginRound() {
        hasGoneForward = false
        hasReadWindow = false
        hasFallenBack = false
        roundBegan = nil
    }

    /// What to ask now.
    ///
    /// - Returns: `nil` when this look is over.
    mutating func question(at now: Timestamp) -> FeedQuestion? {
        if roundBegan == nil { roundBegan = now }
        switch bookmark.walk {
        case .forward(let page): return ask(.newer(than: page))
        case .window(let window): return ask(window)
        case nil: break
        }
        let until = microseconds(now - rules.settle)
        guard let firstID = bookmark.firstID else {
            guard !hasReadWindow else { return nil }
            // A window that was empty goes on where it ended; its memory says where that is.
            let isFirst = bookmark.swept == nil
            guard isFirst else { return begin(bookmark.seen?.since ?? until, until) }
            let origin = microseconds(now - rules.initialInterval)
            let from = max(origin, microseconds(now - Rules.firstWindow))
            bookmark.origin = origin
            bookmark.access = bookmark.access ?? FeedMemory(since: from)
            bookmark.lookedBack = until
            if origin < from { beginBackfill(origin, from) }
            return begin(from, until)
        }
        if !hasGoneForward { return ask(.newer(than: firstID)) }
        guard rules.overlap > .seconds(0), !hasReadWindow, let seen = bookmark.seen, let swept = bookmark.swept,
            until >= swept + rules.overlapInterval || seen.count >= rules.rememberedIDs / 2
        else { return nil }
        return begin(max(seen.since, swept - rules.overlap), until)
    }

    /// The server refused the request as invalid.
    ///
    /// - Returns: whether there is another way to ask. If not, it is the filters that are wrong.
    mutating func cursorRefused(at now: Timestamp) -> Bool {
        switch bookmark.walk {
        case .window(var window):
            guard window.narrow() else { return false }
            bookmark.walk = .window(window)
            return true
        case .forward, nil:
            guard bookmark.firstID != nil, !hasFallenBack else { return false }
            let until = microseconds(now - rules.settle)
            let from = bookmark.seen?.since ?? microseconds(now - rules.initialInterval)
            bookmark.firstID = nil
            bookmark.walk = nil
            hasFallenBack = true
            hasReadWindow = false
            return begin(min(from, until), until, mayBeEmpty: true) != nil
        }
    }

    /// What is new on a page, and where that leads. Changes nothing.
    ///
    /// - Throws: when the page contradicts itself, so that going on would never end.
    func take(_ page: FeedPage) throws(FeedPageContradiction) -> Take {
        var take = Take(bookmark: bookmark)
        for row in page.rows {
            if let created = row.created { take.bookmark.newest = max(created, take.bookmark.newest ?? created) }
        }
        switch bookmark.walk {
        case .window(let window): try takeWindow(page, window, &take)
        case .forward(let cursor): try takeForward(page, cursor, &take)
        case nil: try takeForward(page, bookmark.firstID, &take)
        }
        take.kept.reverse()
        remember(page, &take)
        return take
    }

    /// Activities that are looked back for must be known when they are met again.
    func remember(_ page: FeedPage, _ take: inout Take) {
        for index in take.kept where page.rows[index].isAccess {
            guard let created = page.rows[index].created else { continue }
            var access = take.bookmark.access ?? FeedMemory(since: created)
            access.insert(page.rows[index].identity, created: created, most: rules.rememberedIDs)
            take.bookmark.access = access
        }
    }

    /// The journal has what was taken, or there was nothing to keep.
    mutating func commit(_ take: Take) {
        bookmark = take.bookmark
        switch take.ending {
        case .forward: hasGoneForward = true
        case .window: hasReadWindow = true
        case nil: break
        }
    }

    // MARK: Inside

    /// Nothing is known of what was read before.
    mutating func beginLookingBack(at moment: Timestamp) {
        bookmark.access = FeedMemory(since: moment)
        bookmark.lookedBack = moment
    }

    mutating func setBacklog(_ backlog: FeedBookmark.Backlog?) { bookmark.backlog = backlog }

    private func ask(_ place: FeedQuestion.Place) -> FeedQuestion {
        FeedQuestion(place: place, filters: rules.filters, limit: rules.limit)
    }

    private func ask(_ window: FeedBookmark.Window) -> FeedQuestion {
        ask(.window(from: window.from, until: window.narrowed ?? window.until, after: window.after))
    }

    private mutating func begin(
        _ from: Timestamp, _ until: Timestamp, mayBeEmpty: Bool = false
    ) -> FeedQuestion? {
        guard from < until || mayBeEmpty else { return nil }
        // Only these will a later overlap meet.
        let fresh = FeedMemory(since: max(from, until - rules.overlap))
        let window = FeedBookmark.Window(from: from, until: until, fresh: fresh)
        bookmark.walk = .window(window)
        return ask(window)
    }

    private func takeWindow(
        _ page: FeedPage, _ start: FeedBookmark.Window, _ take: inout Take
    ) throws(FeedPageContradiction) {
        var window = start
        let most = rules.rememberedIDs
        let isOverlap = bookmark.firstID != nil
        for (index, row) in page.rows.enumerated() {
            let created = row.created ?? window.reached ?? window.until
            if window.reached != created {
                window.reached = created
                window.edge.removeAll()
            }
            let isKnown =
                bookmark.seen?.contains(row.identity, created: created) ?? false
                || window.fresh.contains(row.identity, created: created) || window.edge.contains(row.identity)
            if window.edge.count < most { window.edge.insert(row.identity) }
            if isKnown {
                take.known += 1
            } else {
                row.isLeftOut ? take.leftOut.append(index) : take.kept.append(index)
                if window.fresh.insert(row.identity, created: created, most: most) { take.isShortened = true }
            }
        }
        if isOverlap { take.late = take.kept.count }
        if start.after == nil, start.runFirst == nil { window.runFirst = page.firstID }
        if page.hasMore {
            try window.goOn(page)
            if !isOverlap { take.covers = start.covered(by: window) }
            take.bookmark.walk = .window(window)
            return
        }
        if !isOverlap {
            // Between the two was a walk forward, which left nothing out.
            let low = min(start.from, bookmark.whole ?? start.from)
            take.covers = low < start.until ? low..<start.until : nil
            take.bookmark.whole = max(start.until, bookmark.whole ?? start.until)
        }
        take.ending = .window
        take.bookmark.walk = nil
        take.bookmark.firstID = bookmark.firstID ?? window.runFirst
        take.bookmark.swept = max(start.until, bookmark.swept ?? start.until)
        if var seen = bookmark.seen {
            if seen.merge(window.fresh, most: most) { take.isShortened = true }
            take.bookmark.seen = seen
        } else {
            take.bookmark.seen = window.fresh
        }
        take.isWorthSaving = !isOverlap
    }

    private func takeForward(
        _ page: FeedPage, _ cursor: String?, _ take: inout Take
    ) throws(FeedPageContradiction) {
        var seen = bookmark.seen ?? FeedMemory(since: bookmark.newest ?? Timestamp(nanoseconds: 0))
        for (index, row) in page.rows.enumerated() {
            let created = row.created ?? bookmark.newest ?? seen.since
            if seen.contains(row.identity, created: created) {
                take.known += 1
            } else {
                row.isLeftOut ? take.leftOut.append(index) : take.kept.append(index)
                if seen.insert(row.identity, created: created, most: rules.rememberedIDs) { take.isShortened = true }
            }
        }
        if page.hasMore {
            guard let first = page.firstID, first != cursor else { throw FeedPageContradiction() }
            take.bookmark.walk = .forward(first)
        } else {
            take.ending = .forward
            take.bookmark.walk = nil
            take.bookmark.firstID = page.firstID ?? cursor
            cover(&take)
            if rules.overlap <= .seconds(0), let newest = take.bookmark.newest { seen.forget(before: newest) }
        }
        take.bookmark.seen = seen
    }

    /// Behind the last page of a walk forward, nothing is missing that was created before it began. Where nothing is
    /// to be journaled, that is said now and then.
    private func cover(_ take: inout Take) {
        guard let roundBegan else { return }
        let until = microseconds(roundBegan - rules.settle)
        let whole = bookmark.whole ?? bookmark.swept ?? until
        guard until >= whole + Rules.longestSilence || take.hasNew && until > whole else { return }
        take.covers = whole..<until
        take.bookmark.whole = until
        take.isWorthSaving = true
    }

    /// The API reads no more than six fraction digits.
    func microseconds(_ time: Timestamp) -> Timestamp {
        Timestamp(nanoseconds: time.nanoseconds / 1_000 * 1_000)
    }
}

extension FeedBookmark.Window {
    /// Begins anew at the oldest activity read so far. Those created at that very moment come again, and are known by
    /// ``edge``.
    ///
    /// - Returns: false when there is nothing to begin anew at.
    mutating func narrow() -> Bool {
        guard after != nil, let until = reached.map({ $0 + .microsecond }), until != narrowed ?? self.until else {
            return false
        }
        after = nil
        narrowed = until
        return true
    }

    mutating func goOn(_ page: FeedPage) throws(FeedPageContradiction) {
        guard let last = page.lastID, last != after else { throw FeedPageContradiction() }
        after = last
    }

    /// The stretch that is whole behind a page. There may be more of the very moment that was reached.
    ///
    /// - Parameter next: the window behind the page; `nil` when it was the last one.
    func covered(by next: Self?) -> Range<Timestamp>? {
        guard let next else { return from < until ? from..<until : nil }
        guard let low = next.reached.map({ $0 + .microsecond }), low < until else { return nil }
        return max(low, from)..<until
    }
}

/// A page says that there is more but not where, or points at itself.
struct FeedPageContradiction: Error, Equatable {}

extension Timestamp.Span {
    /// The smallest step of `created_at`.
    fileprivate static let microsecond = Timestamp.Span(nanoseconds: 1_000)
}
