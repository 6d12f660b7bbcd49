/// A pattern as steps that an automaton goes through.
///
/// - Source: K. Thompson, *Regular expression search algorithm*, 1968.
struct RegexProgram: Sendable {
    enum Step: Sendable {
        /// Takes one character of a set.
        case take(Int32, next: Int32)
        /// Goes both ways, the first one rather.
        case fork(Int32, Int32)
        /// Remembers the place.
        case mark(Int32, next: Int32)
        /// Goes on if what is in front of the place, or behind it, is in a set.
        case look(Int32, isAhead: Bool, next: Int32)
        /// The pattern, or this one of several, matches.
        case match(Int32)
        case fail
    }

    let steps: [Step]
    let start: Int32
    let alphabet: Alphabet
    /// Places that are remembered: two for each group.
    let marks: Int
}
