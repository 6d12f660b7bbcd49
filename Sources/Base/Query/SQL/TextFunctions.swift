import Codecs
public import Platform

/// What a text says as a value of another type, for functions that SQL calls. The same code answers for a
/// document outside the engine, so the two cannot differ.
public enum TextFunctions {
    /// An address as 32 hexadecimal digits, which sort as addresses do.
    public static func address(_ text: RawSpan) -> String? { IPAddress(text.text)?.sortableText }

    /// A number as JSON writes it.
    public static func number(_ text: RawSpan) -> Double? { Numeral.double(text.text) }

    public static func moment(_ text: RawSpan) -> Timestamp? { RFC3339.parse(text.array) }
}
