/// Chance that can be repeated: the same seed gives the same throws.
///
/// - Source: SplitMix64, after G. Steele, D. Lea and C. Flood, 2014.
public struct Dice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number from zero up to, but not including, `sides`.
    public mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &self) }

    public mutating func pick<Item>(_ items: [Item]) -> Item { items[roll(items.count)] }
}
