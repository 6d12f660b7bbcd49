import Codecs

/// An amount of money out of its decimal text, without a double in between.
///
/// Reports have amounts in cents with a fraction, such as `41280.000000` for 412.80 USD; here they are billionths of the
/// currency's unit, so that they can be added without an error.
struct Money: Sendable, Equatable {
    let billionths: Int64

    /// The nearest double of the whole amount.
    var units: Double { Double(billionths) / 1e9 }

    /// A cent is 10⁷ billionths: so many digits of its fraction can be told apart.
    private static let digits = 7

    init(billionths: Int64) { self.billionths = billionths }

    /// Reads `-12.5`: a sign, digits, and digits behind a point.
    ///
    /// - Returns: `nil` for anything else, and for what billionths in 64 bits are not exact for.
    init?(cents text: some StringProtocol) {
        var rest = Array(text.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest.removeFirst() }
        let parts = rest.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty else { return nil }
        var fraction = parts.count > 1 ? parts[1] : []
        guard parts.count == 1 || !fraction.isEmpty else { return nil }
        while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        guard fraction.count <= Self.digits else { return nil }
        let zeros = Array(repeating: UInt8(ascii: "0"), count: Self.digits - fraction.count)
        var total: Int64 = 0
        for byte in Array(whole) + Array(fraction) + zeros {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (product, overflow) = total.multipliedReportingOverflow(by: 10)
            let (sum, isOver) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !overflow, !isOver else { return nil }
            total = sum
        }
        billionths = isNegative ? -total : total
    }

    /// - Returns: `nil` when the sum is too large.
    static func + (left: Money, right: Money) -> Money? {
        let (sum, overflow) = left.billionths.addingReportingOverflow(right.billionths)
        return overflow ? nil : Money(billionths: sum)
    }
}
