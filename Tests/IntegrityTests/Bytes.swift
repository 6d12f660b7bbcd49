import Integrity
import TestKit

/// Bytes from chance.
func randomBytes(_ count: Int, _ dice: inout Dice) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
}

func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }

extension Digest {
    init(_ message: [UInt8]) { self.init(of: message.rawBytes) }
}

// `#expect` cannot hold a span, so these take arrays.

func areEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.rawBytes.isEqualInConstantTime(to: right.rawBytes)
}

extension HMAC {
    func isValid(_ code: [UInt8], for message: [UInt8]) -> Bool { isValid(code.rawBytes, for: message.rawBytes) }
}
