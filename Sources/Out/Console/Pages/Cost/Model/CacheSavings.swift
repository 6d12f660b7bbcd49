/// What reading from the prompt cache saved, reckoned from what the client says that requests cost.
///
/// No price stands in an event. The ratios of list prices are the same for all models: an output token costs five times
/// an input token, writing to the cache for five minutes 1.25 times, reading from it a tenth. So the price of an input
/// token follows from cost and tokens, and with it what the same tokens would have cost without a cache.
struct CacheSavings: Equatable {
    let input: Int
    let output: Int
    let reads: Int
    let writes: Int
    let cost: Double

    static let output = 5.0
    static let write = 1.25
    static let read = 0.1

    /// What one input token costs; `nil` when there is nothing to reckon with.
    var price: Double? {
        let weight =
            Double(input) + Self.output * Double(output) + Self.write * Double(writes) + Self.read * Double(reads)
        return weight > 0 && cost > 0 ? cost / weight : nil
    }

    /// May be negative: writing costs more than it saves when nobody reads.
    var saved: Double? {
        price.map { $0 * ((1 - Self.read) * Double(reads) - (Self.write - 1) * Double(writes)) }
    }

    /// Which part of all input came from the cache.
    var hitShare: Double? {
        let all = Double(input) + Double(reads) + Double(writes)
        return all > 0 ? Double(reads) / all : nil
    }
}
