import Codecs
public import Platform

/// What a text says as a value of another type, for functions that SQL calls. The same code answers for a
/// document outside the engine, so the two cannot differ.
public enum TextFunctions {
    /// An address as 32 hexadecimal digits, which sort as addresses do.
    public static func address(_ text: RawSpan) -> String? { IPAddress(text.text)?.sortableText }

    /// The objects of a value in JSON that lie under a name, each as JSON.
    public static func objects(_ json: RawSpan, called name: RawSpan, at path: RawSpan) -> [String] {
        guard let value = try? JSONValue(parsing: json.array) else { return [] }
        return ObjectPath.objects(in: value, called: name.text, at: path.text).map(\.text)
    }

    /// A number as JSON writes it.
    public static func number(_ text: RawSpan) -> Double? { Numeral.double(text.text) }

    public static func moment(_ text: RawSpan) -> Timestamp? { RFC3339.parse(text.array) }
}
