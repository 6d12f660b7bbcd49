import Codecs
import Platform

/// The activities of the simulated organization, and the pages of them.
///
/// Pure: the moment of asking goes in, a page comes out.
struct SimulatedFeed: Sendable {
    struct Shape: Sendable {
        var people = 40
        /// Activities that are there from the start.
        var count = 2_500
        /// They were created from this long before the start …
        var before = Timestamp.Span.hours(20)
        /// … to this long after it; those are listed when their time has come.
        var after = Timestamp.Span.seconds(0)
        /// Share of the activities that are listed late, and how late at the most.
        var lateShare = 0.0
        var lateness = Timestamp.Span.minutes(8)
        /// Share of the activities that have the same time as the one before.
        var equalShare = 0.0
        /// Activities that are added while time goes by.
        var perMinute = 0
        /// Cursors that are no ids.
        var hasOpaqueCursors = false
    }

    /// What a query is answered with.
    struct Page: Sendable, Equatable {
        var numbers: [Int] = []
        var hasMore = false
    }

    let maker: ActivityMaker
    let shape: Shape
    private let start: Timestamp
    /// By number.
    private var activities: [SimulatedActivity] = []
    /// Numbers from the oldest to the newest; ties by id.
    private var order: [Int] = []
    private var noise: Set<Int> = []
    private var grown: Timestamp

    init(seed: UInt64, shape: Shape, start: Timestamp) {
        maker = ActivityMaker(seed: seed, people: shape.people)
        self.shape = shape
        self.start = Timestamp(nanoseconds: start.nanoseconds / 1_000 * 1_000)
        grown = self.start
        var draws = Draws(seed: seed ^ 0x7469_6d65)
        let first = self.start - shape.before
        let length = shape.before.nanoseconds + shape.after.nanoseconds
        activities.reserveCapacity(shape.count)
        for number in 0..<shape.count {
            let step = length / Int64(max(1, shape.count))
            let place = first.nanoseconds + step * Int64(number) + Int64(draws.next() % UInt64(max(1, step)))
            add(at: Timestamp(nanoseconds: place), &draws)
        }
        // Made in the order of time but for ties; those need their ids.
        order = Array(0..<activities.count).sorted { isBefore($0, $1) }
    }

    private mutating func add(at wanted: Timestamp, _ draws: inout Draws) {
        var nanoseconds = wanted.nanoseconds / 1_000 * 1_000
        // Some sources know whole seconds only. Never later than wanted, so never in the future.
        if draws.isTrue(0.1) { nanoseconds = nanoseconds / 1_000_000_000 * 1_000_000_000 }
        if let last = activities.last, draws.isTrue(shape.equalShare) { nanoseconds = last.created.nanoseconds }
        let isLate = draws.isTrue(shape.lateShare)
        let most = isLate ? shape.lateness.nanoseconds : Timestamp.Span.seconds(2).nanoseconds
        let delay = Timestamp.Span(nanoseconds: Int64(draws.next() % UInt64(max(1, most))))
        activities.append(
            maker.make(activities.count, created: Timestamp(nanoseconds: nanoseconds), delay: delay))
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        let (first, second) = (activities[left].created, activities[right].created)
        return first == second ? maker.id(left) < maker.id(right) : first < second
    }

    // MARK: As time goes by

    /// Adds what happened since it was last asked.
    mutating func grow(until now: Timestamp) {
        guard shape.perMinute > 0 else { return }
        let step = Timestamp.Span(nanoseconds: 60_000_000_000 / Int64(shape.perMinute))
        while grown + step <= now {
            grown = grown + step
            var draws = Draws(seed: maker.seed ^ 0x6772_6f77, of: UInt64(activities.count))
            add(at: grown, &draws)
            place(activities.count - 1)
        }
    }

    /// Adds that somebody called the API, which the API itself lists.
    mutating func addNoise(_ call: SimulatedActivity.Call, at now: Timestamp) {
        let created = Timestamp(nanoseconds: now.nanoseconds / 1_000 * 1_000)
        let number = activities.count
        activities.append(maker.noise(number, created: created, call: call))
        noise.insert(number)
        place(number)
    }

    /// Adds what the story says happened.
    ///
    /// - Returns: its id; `nil` for a type that does not exist.
    mutating func add(_ planned: PlannedActivity, created: Timestamp, visible: Timestamp) -> String? {
        let number = activities.count
        let moment = Timestamp(nanoseconds: created.nanoseconds / 1_000 * 1_000)
        guard let activity = maker.make(number, planned, created: moment, visible: visible) else { return nil }
        activities.append(activity)
        place(number)
        return maker.id(number)
    }

    private mutating func place(_ number: Int) {
        order.insert(number, at: position { isBefore($0, number) })
    }

    /// How many of the ordered numbers fulfil a condition that the first ones fulfil and the last do not.
    private func position(where isBefore: (Int) -> Bool) -> Int {
        var low = 0
        var high = order.count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(order[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Asking

    /// Ids of all that was or will be listed, without the simulator's own calls.
    var truth: [String] { (0..<activities.count).filter { !noise.contains($0) }.map { maker.id($0) } }

    /// Ids of the calls.
    var noiseIDs: [String] { noise.sorted().map { maker.id($0) } }

    /// Whether an organization of a filter is one of ours.
    func knows(organization: String) -> Bool {
        maker.organization.units.contains { $0.id == organization || $0.uuid == organization }
    }

    /// - Returns: `nil` when the cursor is none that was ever given out.
    func page(_ query: ActivityQuery, at now: Timestamp) -> Page? {
        var low = position { activities[$0].created.microseconds < query.from }
        var high = position { activities[$0].created.microseconds < query.until && activities[$0].created <= now }
        var goesUp = query.isAscending
        var isTurned = false
        if let cursor = query.cursor {
            let text: String
            switch cursor {
            case .after(let id): text = id
            case .before(let id):
                text = id
                goesUp.toggle()
                isTurned = true
            }
            guard let number = number(ofCursor: text, at: now) else { return nil }
            if goesUp {
                low = max(low, position { !isBefore(number, $0) })
            } else {
                high = min(high, position { isBefore($0, number) })
            }
        }
        var page = Page()
        let users = query.users.map { users in
            Set(maker.organization.people.indices.filter { users.contains(maker.organization.people[$0].id) })
        }
        var place = goesUp ? low : high - 1
        while place >= low, place < high {
            let activity = activities[order[place]]
            if activity.visible <= now, isWanted(activity, query, users) {
                if page.numbers.count == query.limit {
                    page.hasMore = true
                    break
                }
                page.numbers.append(activity.number)
            }
            place += goesUp ? 1 : -1
        }
        if isTurned { page.numbers.reverse() }
        return page
    }

    private func isWanted(_ activity: SimulatedActivity, _ query: ActivityQuery, _ users: Set<Int>?) -> Bool {
        let type = Int(activity.type)
        if let types = query.types, !types.contains(type) { return false }
        if query.excludedTypes.contains(type) { return false }
        if let users, activity.actor != .user || !users.contains(Int(activity.person)) { return false }
        // Those without an organization come back whatever the filter says, as observed.
        if let organizations = query.organizations, let unit = activity.unit.map({ maker.organization.units[$0] }),
            !organizations.contains(unit.id), !organizations.contains(unit.uuid)
        {
            return false
        }
        return true
    }

    // MARK: Cursors

    private static let opaque = "cursor_"

    func cursor(_ number: Int) -> String {
        let id = maker.id(number)
        return shape.hasOpaqueCursors ? Self.opaque + String(id.reversed()) : id
    }

    private func number(ofCursor text: String, at now: Timestamp) -> Int? {
        guard shape.hasOpaqueCursors == text.hasPrefix(Self.opaque) else { return nil }
        let id = shape.hasOpaqueCursors ? String(text.dropFirst(Self.opaque.count).reversed()) : text
        guard let number = ActivityID.number(id, seed: maker.seed), number < activities.count,
            activities[number].visible <= now
        else { return nil }
        return number
    }

    // MARK: Writing

    /// The body of an answer.
    func body(_ page: Page) -> [UInt8] {
        var out = ByteBuffer(capacity: 128 + 640 * page.numbers.count)
        out.append("{\"data\":[" as StaticString)
        for (place, number) in page.numbers.enumerated() {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            maker.write(activities[number], to: &out)
        }
        out.append("],\"has_more\":" as StaticString)
        page.hasMore ? out.append("true" as StaticString) : out.append("false" as StaticString)
        for (name, number) in [("first_id", page.numbers.first), ("last_id", page.numbers.last)] {
            out.append(",\"" as StaticString)
            out.append(text: name)
            out.append("\":" as StaticString)
            if let number { out.append(jsonString: cursor(number)) } else { out.append("null" as StaticString) }
        }
        out.append(UInt8(ascii: "}"))
        return out.array
    }
}
