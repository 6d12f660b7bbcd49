/// Chance that can be repeated: the same seed gives the same draws.
///
/// - Source: SplitMix64, after G. Steele, D. Lea and C. Flood, 2014.
struct Draws: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// Draws of their own for one of many things.
    init(seed: UInt64, of number: UInt64) {
        state = Self.mixed(seed ^ Self.mixed(number &+ 0x9e37_79b9_7f4a_7c15))
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Self.mixed(state)
    }

    /// A number from zero up to, but not including, `count`.
    mutating func number(below count: Int) -> Int { Int(next() % UInt64(max(1, count))) }

    mutating func one<Item>(of items: [Item]) -> Item { items[number(below: items.count)] }

    /// True this often, from 0 to 1.
    mutating func isTrue(_ share: Double) -> Bool { Double(next() >> 11) * 0x1p-53 < share }

    static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
