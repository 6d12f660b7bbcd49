import Codecs

/// What a sender lets us see: `docket.gates`. A record that would show it and does not says that the gate is closed; a
/// record that never shows it says nothing.
enum Gates {
    /// Whether a text is there and was not taken out by the sender.
    static func shows(_ content: RawSpan) -> Bool { !content.isEmpty && !content.isEqual(to: "<REDACTED>") }
}
