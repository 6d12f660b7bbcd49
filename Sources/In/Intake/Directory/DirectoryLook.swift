import Platform

/// One look at the directory: which listings are to be read, and what is otherwise than before.
///
/// It knows no network: questions come out, pages go in, and whoever asks takes the changes of each page over into
/// ``memory`` before the next. That somebody left is told only when all of a listing was read, so an answer that is missing
/// is never taken for it. A listing of several pages may slip while it is read: before anything of it is told to be
/// removed, it is read a second time.
///
///     organizations ─▶ users, roles ─▶ permissions, settings with keys
///     groups ─▶ members
struct DirectoryLook {
    struct Question: Sendable, Equatable {
        let part: DirectoryPart
        /// `nil` for the first page.
        let page: String?

        /// Path and query.
        var target: String {
            guard part.kind != .setting else { return part.path }
            return "\(part.path)?limit=1000" + (page.map { "&page=\(FeedQuestion.encoded($0))" } ?? "")
        }
    }

    /// What a page came to.
    struct Result: Sendable, Equatable {
        var changes: [DirectoryChange] = []
        /// Those that were not on the pages before.
        var objects = 0
        /// The listings that end with it.
        var ended: [DirectoryPart] = []
    }

    /// The API contradicts itself.
    struct Contradiction: Error {}

    private struct Reading {
        let part: DirectoryPart
        var page: String?
        var pages = 0
        var isSecond = false
        var restarts = 0
        var tokens: Set<String> = []
        /// Ids.
        var seen: [DirectoryPart: Set<String>] = [:]
    }

    /// Pages of one listing. A million people are a thousand of them.
    private static let mostPages = 10_000

    let began: Timestamp
    var memory: DirectoryMemory
    private var waiting: [DirectoryPart] = [DirectoryPart(.organization), DirectoryPart(.group)]
    private var reading: Reading?
    /// Listings below objects that are new themselves.
    private var isNew: Set<DirectoryPart> = []

    init(_ memory: DirectoryMemory, began: Timestamp) {
        self.memory = memory
        self.began = began
    }

    /// What to ask now.
    ///
    /// - Returns: `nil` when the look is over.
    mutating func question() -> Question? {
        if reading == nil {
            guard !waiting.isEmpty else { return nil }
            reading = Reading(part: waiting.removeFirst())
        }
        return reading.map { Question(part: $0.part, page: $0.page) }
    }

    /// Takes an answer in.
    mutating func take(_ page: DirectoryPage) throws(Contradiction) -> Result {
        guard var now = reading else { throw Contradiction() }
        var result = Result()
        for (part, objects) in page.objects.sorted(by: { $0.key < $1.key }) {
            // Of two with one id the last counts. An empty listing is one too: everybody left.
            var all: [String: DirectoryObject] = [:]
            for object in objects { all[object.id] = object }
            result.changes += changes(part, all)
            let before = now.seen[part] ?? []
            now.seen[part] = before.union(all.keys)
            result.objects += (now.seen[part]?.count ?? 0) - before.count
        }
        for change in result.changes where change.what == .added {
            isNew.formUnion(change.part.parts(below: change.id))
        }
        now.pages += 1
        if let next = page.next {
            guard now.tokens.insert(next).inserted, now.pages < Self.mostPages else { throw Contradiction() }
            now.page = next
            reading = now
            return result
        }
        let gone = gone(now)
        if now.pages > 1, !now.isSecond, !gone.isEmpty {
            (now.page, now.isSecond, now.tokens) = (nil, true, [])
            reading = now
            return result
        }
        reading = nil
        result.changes += gone
        result.ended = now.seen.keys.sorted()
        for part in result.ended {
            for id in (now.seen[part] ?? []).sorted() { waiting += part.parts(below: id) }
        }
        return result
    }

    /// The listing cannot be read this time. What is below it is not read either, and nothing of it is told.
    mutating func skip() { reading = nil }

    /// Reads the listing from its beginning: the API does not know the place any more.
    ///
    /// - Returns: false when it stood at the beginning, or this happens again and again.
    mutating func startAgain() -> Bool {
        guard let now = reading, now.page != nil, now.restarts < 3 else { return false }
        reading = Reading(part: now.part, restarts: now.restarts + 1)
        return true
    }

    /// The changes of the listings up to their ends are taken over.
    mutating func end(_ parts: [DirectoryPart]) {
        for part in parts {
            memory.listings[part, default: .init()].isWhole = true
            memory.listings[part]?.looked = began
        }
    }

    // MARK: Comparing

    private func gone(_ now: Reading) -> [DirectoryChange] {
        now.seen.sorted { $0.key < $1.key }.flatMap { part, seen in
            (memory.listings[part]?.objects ?? [:]).filter { !seen.contains($0.key) }.sorted { $0.key < $1.key }.map {
                DirectoryChange(what: .removed, part: part, id: $0.key, object: nil, before: $0.value)
            }
        }
    }

    private func changes(_ part: DirectoryPart, _ objects: [String: DirectoryObject]) -> [DirectoryChange] {
        let known = memory.listings[part]
        let isFirst = known?.isWhole != true && !isAdded(part)
        return objects.sorted { $0.key < $1.key }.compactMap { id, object in
            let before = known?.objects[id]
            guard before != object.traits else { return nil }
            let what = before != nil ? DirectoryChange.What.changed : isFirst ? .found : .added
            return DirectoryChange(what: what, part: part, id: id, object: object, before: before)
        }
    }

    private func isAdded(_ part: DirectoryPart) -> Bool {
        isNew.contains(part) || part.kind == .apiKey && isNew.contains(.init(.setting, organization: part.organization))
    }
}
