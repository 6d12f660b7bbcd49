import Platform

/// What is read when the present leaves time for it.
///
/// - *Backfill* goes through the past before the first window, up to six years of it, from its end to its beginning.
///   Its place is in the bookmark, so it goes on where a crash left it. It begins anew, further back, when
///   `initial_interval` is made longer.
/// - *Looking back* reads the last days once more for activities of Access Transparency, which may be listed two
///   business days late. To know all others that were listed in days would take too much memory, so they are passed
///   over: those that are late by minutes are what the overlap is for.
extension FeedMachine {
    /// What to ask for the backlog.
    ///
    /// - Returns: `nil` when there is none.
    mutating func backlogQuestion(at now: Timestamp) -> FeedQuestion? {
        guard bookmark.walk == nil, bookmark.swept != nil else { return nil }
        if bookmark.backlog == nil { beginBacklog(at: now) }
        guard let window = bookmark.backlog?.window else { return nil }
        return FeedQuestion(
            place: .window(from: window.from, until: window.narrowed ?? window.until, after: window.after),
            filters: rules.filters, limit: rules.limit, isBacklog: true)
    }

    mutating func beginBackfill(_ from: Timestamp, _ until: Timestamp) {
        begin(.backfill, from, until)
    }

    private mutating func begin(_ kind: FeedBookmark.Backlog.Kind, _ from: Timestamp, _ until: Timestamp) {
        // Nothing of it will be met by an overlap, so none of its ids need to be remembered.
        let window = FeedBookmark.Window(from: from, until: until, fresh: FeedMemory(since: until))
        setBacklog(.init(kind: kind, window: window))
    }

    private mutating func beginBacklog(at now: Timestamp) {
        let wish = microseconds(now - rules.initialInterval)
        if let origin = bookmark.origin, wish < origin - .hours(1) {
            return begin(.backfill, wish, origin)
        }
        let until = microseconds(now - rules.settle)
        guard let access = bookmark.access else { return beginLookingBack(at: until) }
        guard rules.lookBack > .seconds(0),
            until >= (bookmark.lookedBack ?? access.since) + rules.lookBackInterval
        else { return }
        let from = max(access.since, until - rules.lookBack)
        if from < until { begin(.lookBack, from, until) }
    }

    /// The server refused the cursor.
    ///
    /// - Returns: whether there is another way to ask.
    mutating func backlogRefused() -> Bool {
        guard var backlog = bookmark.backlog, backlog.window.narrow() else { return false }
        setBacklog(backlog)
        return true
    }

    /// What is new on a page of the backlog, and where that leads. Changes nothing.
    func takeBacklog(_ page: FeedPage) throws(FeedPageContradiction) -> Take {
        var take = Take(bookmark: bookmark)
        guard var backlog = bookmark.backlog else { return take }
        let start = backlog.window
        for (index, row) in page.rows.enumerated() {
            let created = row.created ?? backlog.window.reached ?? start.until
            if backlog.window.reached != created {
                backlog.window.reached = created
                backlog.window.edge.removeAll()
            }
            let isKnown = backlog.window.edge.contains(row.identity) || isPassed(row, created, backlog.kind)
            if backlog.window.edge.count < rules.rememberedIDs { backlog.window.edge.insert(row.identity) }
            if isKnown {
                take.known += 1
            } else {
                row.isLeftOut ? take.leftOut.append(index) : take.kept.append(index)
            }
        }
        let isOver = !page.hasMore
        if page.hasMore { try backlog.window.goOn(page) }
        take.bookmark.backlog = isOver ? nil : backlog
        switch backlog.kind {
        case .backfill:
            take.covers = start.covered(by: isOver ? nil : backlog.window)
            // Empty pages count as well: they are what was asked for.
            take.isWorthSaving = isOver
            if isOver { take.bookmark.origin = start.from }
        case .lookBack:
            take.late = take.kept.count
            take.isWorthSaving = isOver
            for index in take.kept {
                guard let created = page.rows[index].created else { continue }
                take.bookmark.seen?.insert(
                    page.rows[index].identity, created: created, most: rules.rememberedIDs)
            }
        }
        take.kept.reverse()
        remember(page, &take)
        if isOver, backlog.kind == .lookBack {
            take.bookmark.lookedBack = start.until
            take.bookmark.access?.forget(before: start.until - rules.lookBack)
        }
        return take
    }

    private func isPassed(_ row: FeedPage.Row, _ created: Timestamp, _ kind: FeedBookmark.Backlog.Kind) -> Bool {
        guard kind == .lookBack else { return bookmark.seen?.contains(row.identity, created: created) ?? false }
        return !row.isAccess || bookmark.access?.contains(row.identity, created: created) ?? true
    }
}
