import Codecs

/// A pattern that reads its text once and forwards.
///
/// Its notation is that of regular expressions, cut down to what never has to go back: a repetition must end at a byte
/// that it cannot hold itself. A pattern for which that is not so is refused when it is read, so no text, however it was
/// made, costs more than the bytes that the pattern may hold.
///
/// - Source: `docs/formats/detectors.md`.
struct Shape: Sendable {
    /// Bytes of one set, one behind the other.
    struct Step: Sendable {
        let set: ByteSet
        let least: Int
        let most: Int
    }

    /// One of the alternatives: steps, and the stretch of them that is in parentheses.
    struct Sequence: Sendable {
        var steps: [Step] = []
        /// Steps before and behind the opening and the closing parenthesis.
        var opening: Int?
        var closing: Int?
    }

    let sequences: [Sequence]
}
