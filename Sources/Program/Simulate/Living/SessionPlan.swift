import Platform

/// A session that is going to be: by whom, when, and what is planted in it.
struct SessionPlan: Sendable {
    enum Program: Sendable { case code, cowork }

    let colleague: Int
    let start: Timestamp
    let program: Program
    /// How many prompts.
    let turns: Int
    /// Makes its draws its own.
    let seed: UInt64
    var attack: Attack.Mark?
    var gap: Gap.Mark?

    /// The turn in which what is planted happens, counted from zero.
    static let plantedTurn = 1
}
