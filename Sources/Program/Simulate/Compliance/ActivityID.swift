/// Ids that look like Anthropic's: a prefix, `01`, and 22 letters and digits.
///
/// The id of an activity can be turned back into its number, so that a cursor is found without an index over
/// a million texts.
enum ActivityID {
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    private static let prefix = "activity_01"
    /// Odd, so multiplying by it can be undone, and neighbors do not look alike.
    private static let factor: UInt64 = 0x9e37_79b9_7f4a_7c15
    private static let inverse: UInt64 = 0xf1de_83e1_9937_733d

    static func text(_ number: Int, seed: UInt64) -> String {
        prefix + word(Draws.mixed(seed ^ UInt64(number))) + word(UInt64(number) &* factor)
    }

    static func number(_ text: String, seed: UInt64) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == prefix.utf8.count + 22, text.hasPrefix(prefix) else { return nil }
        var value: UInt64 = 0
        for byte in bytes.suffix(11) {
            guard let digit = digits.firstIndex(of: byte) else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 62)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        guard let number = Int(exactly: value &* inverse), number >= 0, Self.text(number, seed: seed) == text else {
            return nil
        }
        return number
    }

    /// Any other id.
    static func other(_ prefix: String, _ draws: inout Draws) -> String {
        prefix + "_01" + word(draws.next()) + word(draws.next())
    }

    /// A number as eleven letters and digits.
    private static func word(_ value: UInt64) -> String {
        var rest = value
        var out = [UInt8](repeating: digits[0], count: 11)
        for place in (0..<11).reversed() {
            out[place] = digits[Int(rest % 62)]
            rest /= 62
        }
        return String(decoding: out, as: UTF8.self)
    }
}
