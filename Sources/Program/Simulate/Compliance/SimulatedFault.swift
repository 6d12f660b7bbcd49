/// What can go wrong, as it goes wrong with the real API.
public enum SimulatedFault: String, Sendable, CaseIterable {
    /// A few answers of 429 with `retry-after`, whatever the budget says.
    case rateStorm = "rate-storm"
    /// 500 once.
    case error
    /// 500 with `x-should-retry: false`, until a smaller page is asked for.
    case finalError = "final-error"
    /// 503 once.
    case unavailable
    /// 529 once.
    case overloaded
    /// The page comes, but late.
    case slow
    /// The connection ends in the middle of the page.
    case cut
    /// 200 with a page that ends in the middle of its JSON.
    case badJSON = "bad-json"
    /// 400 for a cursor that was good.
    case expiredCursor = "expired-cursor"
    /// Activities that are listed later than others that were created after them.
    case late
    /// Activities with the same time as others.
    case equalTimes = "equal-times"
    /// Cursors that are no ids.
    case opaqueCursors = "opaque-cursors"
    /// Each call is an activity itself.
    case selfNoise = "self-noise"

    /// Faults that happen to single requests.
    static let ofRequests: [SimulatedFault] = [
        .rateStorm, .error, .finalError, .unavailable, .overloaded, .slow, .cut, .badJSON, .expiredCursor,
    ]
}

/// Decides which request meets which fault. The same seed and the same requests give the same faults.
struct FaultPlan: Sendable {
    private let enabled: [SimulatedFault]
    private let chance: Double
    private var draws: Draws
    private var storm = 0
    /// The size of the page that fails for good.
    private var poisoned: Int?

    init(_ faults: Set<SimulatedFault>, chance: Double, seed: UInt64) {
        enabled = SimulatedFault.ofRequests.filter { faults.contains($0) }
        self.chance = chance
        draws = Draws(seed: seed ^ 0x6661_756c)
    }

    mutating func next(limit: Int, hasCursor: Bool) -> SimulatedFault? {
        if storm > 0 {
            storm -= 1
            return .rateStorm
        }
        if let size = poisoned {
            if limit >= size { return .finalError }
            poisoned = nil
        }
        guard !enabled.isEmpty, draws.isTrue(chance) else { return nil }
        let fault = draws.one(of: enabled)
        switch fault {
        case .rateStorm: storm = draws.number(below: 3)
        case .finalError:
            guard limit > 1 else { return nil }
            poisoned = limit
        case .expiredCursor where !hasCursor: return nil
        default: break
        }
        return fault
    }

    /// Seconds that a storm asks to wait.
    mutating func stormSeconds() -> Int { 1 + draws.number(below: 3) }
}
