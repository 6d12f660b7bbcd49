import Events
import Platform

/// Somebody who is signed in.
struct Session: Sendable {
    let owner: SessionOwner
    /// Names it where others may read it, such as in the record; lets nobody in.
    let publicName: String
    let formToken: String
    let address: String
    /// By the clock on the wall, for showing.
    let began: Timestamp
    fileprivate let start: Timestamp
    fileprivate(set) var lastUse: Timestamp
    fileprivate(set) var revealed = RevealedContent()

    /// How long nobody has used it.
    func rest(_ clock: any Clock) -> Timestamp.Span { clock.steady() - lastUse }
}

/// Who is signed in to the pages. In memory only: a restart signs everybody out.
///
/// - Threads: any.
final class SessionList: Sendable {
    /// From the last use to the end. - Default: 1 h
    static let idleTime = Timestamp.Span.hours(1)
    /// From signing in to the end, used or not. - Default: 12 h
    static let wholeTime = Timestamp.Span.hours(12)
    /// Above it the one that was used longest ago ends.
    static let limit = 10_000

    /// What is told of a session that ended without a wish of its owner, and why.
    typealias Ended = @Sendable (Session, _ reason: String) -> Void

    private let sessions = Locked<[String: Session]>([:])
    private let clock: any Clock
    private let ended: Ended

    init(clock: any Clock, ended: @escaping Ended = { _, _ in }) {
        self.clock = clock
        self.ended = ended
    }

    /// - Returns: the new session, and its name: 256 random bits as 64 hexadecimal digits.
    func begin(for owner: SessionOwner, from address: String) -> (id: String, session: Session) {
        let id = RandomName.make(words: 4)
        let now = clock.steady()
        let session = Session(
            owner: owner, publicName: RandomName.make(words: 1), formToken: RandomName.make(words: 4),
            address: address, began: clock.now(), start: now, lastUse: now)
        let gone = sessions.withLock { sessions in
            var gone = sessions.filter { !Self.lives($0.value, now) }.map { ($0.value, "its time was over") }
            if !gone.isEmpty { sessions = sessions.filter { Self.lives($0.value, now) } }
            if sessions.count >= Self.limit, let oldest = sessions.min(by: { $0.value.lastUse < $1.value.lastUse }) {
                sessions[oldest.key] = nil
                gone.append((oldest.value, "there were too many sessions"))
            }
            sessions[id] = session
            return gone
        }
        for (session, reason) in gone { ended(session, reason) }
        return (id, session)
    }

    /// Counts as use.
    func session(_ id: String) -> Session? {
        let now = clock.steady()
        let (session, lives): (Session?, Bool) = sessions.withLock { sessions in
            guard let session = sessions[id] else { return (nil, false) }
            guard Self.lives(session, now) else {
                sessions[id] = nil
                return (session, false)
            }
            sessions[id]?.lastUse = now
            return (session, true)
        }
        guard let session else { return nil }
        if !lives { ended(session, "its time was over") }
        return lives ? session : nil
    }

    /// Shows content in a session for a while, because its owner wishes so.
    func reveal(_ content: CoveredContent, in id: String) {
        let now = clock.steady()
        sessions.withLock { $0[id]?.revealed.add(content, now) }
    }

    /// Because its owner wishes so.
    ///
    /// - Returns: `nil` when there is none.
    @discardableResult
    func end(_ id: String) -> Session? { sessions.withLock { $0.removeValue(forKey: id) } }

    func end(_ id: String, because reason: String) {
        if let session = end(id) { ended(session, reason) }
    }

    /// Ends those that are meant.
    ///
    /// - Returns: those that ended.
    func end(where isMeant: (Session) -> Bool) -> [Session] {
        sessions.withLock { sessions in
            let meant = sessions.filter { isMeant($0.value) }
            for id in meant.keys { sessions[id] = nil }
            return Array(meant.values)
        }
    }

    /// Those of one person, the newest first.
    func all(of owner: SessionOwner) -> [Session] {
        let now = clock.steady()
        return sessions.withLock { sessions in
            sessions.values.filter { Self.lives($0, now) && $0.owner.isSamePerson(as: owner) }
        }.sorted { $0.start > $1.start }
    }

    var count: Int { sessions.withLock { $0.count } }

    private static func lives(_ session: Session, _ now: Timestamp) -> Bool {
        now - session.lastUse < idleTime && now - session.start < wholeTime
    }
}

/// Names that nobody can guess.
enum RandomName {
    /// - Parameter words: of 64 random bits, 16 hexadecimal digits each. The system's generator takes them from the kernel.
    static func make(words: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<words).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
