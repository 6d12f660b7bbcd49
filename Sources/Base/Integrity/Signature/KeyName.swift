/// The name under which a key signs, for example `example.com/log42`.
///
/// - Shape: not empty; no space of any kind, no plus, no control character.
/// - Source: C2SP signed-note, "Format".
public struct KeyName: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    public init?(_ text: String) {
        let isFit = text.unicodeScalars.allSatisfy { scalar in
            scalar != "+" && scalar.value >= 0x20 && !scalar.properties.isWhitespace
        }
        guard isFit, !text.isEmpty else { return nil }
        self.text = text
    }

    public var description: String { text }

    // The bytes decide, and not what they look like.
    public static func == (left: KeyName, right: KeyName) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
