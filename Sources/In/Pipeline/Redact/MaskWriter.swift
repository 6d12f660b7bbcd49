import Codecs
import Detect
import Integrity

/// Writes what stands in the place of what was found.
struct MaskWriter: Sendable {
    /// The key of the tenant; without it a token is a mask.
    let key: HMAC?

    static let withheld: StaticString = "[WITHHELD]"
    /// Characters of a code: 80 bits.
    static let codeLength = 16

    func write(_ detector: Detector, _ action: Detector.Action, _ value: RawSpan, to out: inout ByteBuffer) {
        switch action {
        case .token: writeToken(detector, value, &out)
        case .partial: writePartial(detector, value, &out)
        case .mask, .drop, .keep: writeLabel(detector, &out)
        }
    }

    private func writeLabel(_ detector: Detector, _ out: inout ByteBuffer) {
        out.append(UInt8(ascii: "["))
        out.append(text: detector.label)
        out.append(UInt8(ascii: "]"))
    }

    /// The same value of the same class gives the same code, however it was written.
    private func writeToken(_ detector: Detector, _ value: RawSpan, _ out: inout ByteBuffer) {
        guard let key else { return writeLabel(detector, &out) }
        var message = ByteBuffer(capacity: 64 + value.byteCount)
        message.append(text: detector.id)
        message.append(0)
        for place in 0..<value.byteCount {
            let byte = value[place]
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): message.append(detector.group == .secret ? byte : byte | 0x20)
            case 0x20, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "("), UInt8(ascii: ")"):
                // Separators of numbers say nothing; those of addresses and secrets do.
                if detector.group == .contact && detector.id == "email" || detector.group == .secret {
                    message.append(byte)
                }
            default: message.append(byte)
            }
        }
        let code = key.code(for: message.bytes)
        out.append(UInt8(ascii: "["))
        out.append(text: detector.label)
        out.append(UInt8(ascii: ":"))
        out.append(text: String(Base32.text(of: code.bytes).prefix(Self.codeLength)))
        out.append(UInt8(ascii: "]"))
    }

    private func writePartial(_ detector: Detector, _ value: RawSpan, _ out: inout ByteBuffer) {
        if detector.id == "email" {
            var at = 0
            while at < value.byteCount, value[at] != UInt8(ascii: "@") { at += 1 }
            writeLabel(detector, &out)
            // An address in another spelling has no sign that could be told.
            return out.append(value.extracting(at..<value.byteCount))
        }
        var digits: [UInt8] = []
        for place in 0..<value.byteCount where (48...57).contains(value[place]) { digits.append(value[place]) }
        // Four of nine or more tell which one it is, and not what it is.
        guard digits.count >= 9 else { return writeLabel(detector, &out) }
        out.append(UInt8(ascii: "["))
        out.append(text: detector.label)
        out.append(" \u{2026}" as StaticString)
        for digit in digits.suffix(4) { out.append(digit) }
        out.append(UInt8(ascii: "]"))
    }
}
