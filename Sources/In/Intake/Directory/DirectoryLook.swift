import Platform

/// One look at the directory: which listings are to be read, and what is otherwise than before.
///
/// It knows no network: questions come out, pages go in. A listing is compared only when all of it was read, so an
/// answer that is missing is never taken for somebody who left. A listing of several pages may slip while it is read:
/// before anything of it is told to be removed, it is read a second time.
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

    /// What a listing that was read came to.
    struct Result: Sendable, Equatable {
        var changes: [DirectoryChange] = []
        var objects = 0
        /// The listings that are whole now.
        var parts: [DirectoryPart] = []
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
        var objects: [DirectoryPart: [String: DirectoryObject]] = [:]
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
    ///
    /// - Returns: what the listing came to; `nil` when it goes on.
    mutating func take(_ page: DirectoryPage) throws(Contradiction) -> Result? {
        guard var now = reading else { throw Contradiction() }
        for (part, objects) in page.objects {
            // An empty listing is one too: everybody left.
            var all = now.objects[part] ?? [:]
            for object in objects { all[object.id] = object }
            now.objects[part] = all
        }
        now.pages += 1
        if let next = page.next {
            guard now.tokens.insert(next).inserted, now.pages < Self.mostPages else { throw Contradiction() }
            now.page = next
            reading = now
            return nil
        }
        if now.pages > 1, !now.isSecond, hasGone(now) {
            (now.page, now.isSecond, now.tokens) = (nil, true, [])
            reading = now
            return nil
        }
        reading = nil
        return result(now)
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

    /// The listings are in the journal up to their ends.
    mutating func end(_ parts: [DirectoryPart]) {
        for part in parts {
            memory.listings[part, default: .init()].isWhole = true
            memory.listings[part]?.looked = began
        }
    }

    // MARK: Comparing

    private func hasGone(_ now: Reading) -> Bool {
        now.objects.contains { part, objects in
            memory.listings[part]?.objects.keys.contains { objects[$0] == nil } ?? false
        }
    }

    private mutating func result(_ now: Reading) -> Result {
        var result = Result()
        for (part, objects) in now.objects.sorted(by: { $0.key < $1.key }) {
            result.parts.append(part)
            result.objects += objects.count
            result.changes += changes(part, objects)
            for id in objects.keys.sorted() { waiting += part.parts(below: id) }
        }
        for change in result.changes where change.what == .added {
            isNew.formUnion(change.part.parts(below: change.id))
        }
        return result
    }

    private func changes(_ part: DirectoryPart, _ objects: [String: DirectoryObject]) -> [DirectoryChange] {
        let known = memory.listings[part]
        let isFirst = known?.isWhole != true && !isAdded(part)
        var changes: [DirectoryChange] = []
        for (id, object) in objects.sorted(by: { $0.key < $1.key }) {
            let before = known?.objects[id]
            guard before != object.traits else { continue }
            let what = before != nil ? DirectoryChange.What.changed : isFirst ? .found : .added
            changes.append(DirectoryChange(what: what, part: part, id: id, object: object, before: before ?? []))
        }
        for (id, before) in (known?.objects ?? [:]).sorted(by: { $0.key < $1.key }) where objects[id] == nil {
            changes.append(DirectoryChange(what: .removed, part: part, id: id, object: nil, before: before))
        }
        return changes
    }

    private func isAdded(_ part: DirectoryPart) -> Bool {
        isNew.contains(part) || part.kind == .apiKey && isNew.contains(.init(.setting, organization: part.organization))
    }
}
