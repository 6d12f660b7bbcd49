import Codecs
import Lookup
import Platform

/// Reads user agents, and remembers what it read.
///
/// - Threads: any; one waits for the other.
/// - Cost: bounded. A text has at most ``longest`` bytes, a pattern at most ``PatternMatcher/stepLimit`` steps back
///   from each of them.
final class UserAgentReader: Sendable {
    /// Those of browsers have 100 to 300 bytes, and servers seldom take heads of more than 8,000.
    static let longest = 2_048

    private let rules: UserAgentRules
    private let style: UserAgentStyle
    private let metrics: EnrichmentMetrics
    private let state = Locked(State())

    private final class State {
        var memory = UserAgentMemory()
        var matcher = PatternMatcher()
        var candidates = PatternSet.Candidates()
    }

    init(_ rules: UserAgentRules, like style: UserAgentStyle, metrics: EnrichmentMetrics) {
        self.rules = rules
        self.style = style
        self.metrics = metrics
    }

    /// - Returns: `nil` when it is too long, or a pattern gave up; then nothing is known of it.
    func read(_ text: RawSpan) -> UserAgent? {
        guard text.byteCount <= Self.longest else {
            metrics.tooLong.add()
            return nil
        }
        return state.withLock { state in
            let hash = UserAgentMemory.hash(text)
            if let known = state.memory.find(text, hash) {
                metrics.remembered.add()
                return known.agent
            }
            let agent = Self.read(text, rules, style, state)
            (agent == nil ? metrics.tooCostly : metrics.read).add()
            state.memory.add(text, hash, agent)
            return agent
        }
    }

    private static func read(
        _ text: RawSpan, _ rules: UserAgentRules, _ style: UserAgentStyle, _ state: State
    ) -> UserAgent? {
        rules.patterns.find(in: text, &state.candidates)
        var names: [VersionedName?] = []
        for topic in UserAgentRules.Topic.allCases {
            var range = rules.range(of: topic)
            var found: VersionedName?
            while found == nil, let number = state.candidates.first(in: range) {
                range = number + 1..<range.upperBound
                switch state.matcher.match(rules.patterns.patterns[number], text) {
                case .notFound: continue
                case .tooCostly: return nil
                case .found:
                    found = style.name(rules.rules[number]) { state.matcher.group($0).map { text[$0].array } }
                }
            }
            names.append(found)
        }
        return UserAgent(agent: names[0], system: names[1], device: names[2])
    }
}

/// The user agents that were read last.
///
/// - Cost: at most 4,096 user agents; 8 MiB when each is as long as may be, and what was read from them.
struct UserAgentMemory {
    struct Entry {
        let text: [UInt8]
        let agent: UserAgent?
    }

    /// Places in which a user agent may be. With fewer, some hundred of two thousand would push one another out.
    private static let ways = 16
    private static let sets = 256
    /// Of the entries, apart from them, so that looking through a set touches little memory.
    private var hashes = [Int](repeating: 0, count: ways * sets)
    private var entries = [Entry?](repeating: nil, count: ways * sets)
    /// Which place of each set is written next.
    private var turns = [Int](repeating: 0, count: sets)

    /// Different in each process, so that nobody can send what meets in one place.
    static func hash(_ text: RawSpan) -> Int {
        var hasher = Hasher()
        unsafe text.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    func find(_ text: RawSpan, _ hash: Int) -> Entry? {
        let start = Self.set(of: hash) * Self.ways
        for place in start..<start + Self.ways where hashes[place] == hash {
            if let entry = entries[place], unsafe entry.text.span.bytes.isEqual(to: text) { return entry }
        }
        return nil
    }

    /// Takes the place of the user agent that came to its set first.
    mutating func add(_ text: RawSpan, _ hash: Int, _ agent: UserAgent?) {
        let set = Self.set(of: hash)
        let place = set * Self.ways + turns[set]
        turns[set] = (turns[set] + 1) % Self.ways
        hashes[place] = hash
        entries[place] = Entry(text: text.array, agent: agent)
    }

    private static func set(of hash: Int) -> Int { hash & (sets - 1) }
}
