import Events
import Platform

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

    private struct Session: Sendable {
        let credential: Credential
        let start: Timestamp
        var lastUse: Timestamp
    }

    private let sessions = Locked<[String: Session]>([:])
    private let clock: any Clock

    init(clock: any Clock) { self.clock = clock }

    /// - Returns: the new session's name, 256 random bits as 64 hexadecimal digits.
    func begin(for credential: Credential) -> String {
        let id = Self.randomName()
        let now = clock.steady()
        sessions.withLock { sessions in
            sessions = sessions.filter { Self.lives($0.value, now) }
            if sessions.count >= Self.limit, let oldest = sessions.min(by: { $0.value.lastUse < $1.value.lastUse }) {
                sessions[oldest.key] = nil
            }
            sessions[id] = Session(credential: credential, start: now, lastUse: now)
        }
        return id
    }

    /// Whose session it is. Counts as use.
    func credential(of id: String) -> Credential? {
        let now = clock.steady()
        return sessions.withLock { sessions in
            guard let session = sessions[id] else { return nil }
            guard Self.lives(session, now) else {
                sessions[id] = nil
                return nil
            }
            sessions[id]?.lastUse = now
            return session.credential
        }
    }

    func end(_ id: String) { sessions.withLock { $0[id] = nil } }

    var count: Int { sessions.withLock { $0.count } }

    private static func lives(_ session: Session, _ now: Timestamp) -> Bool {
        now - session.lastUse < idleTime && now - session.start < wholeTime
    }

    /// The system's generator takes its numbers from the kernel.
    private static func randomName() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
