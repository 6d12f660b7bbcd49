/// What Docket does beyond Elastic's packages, one bit for each idea.
///
/// The mapping is one and the same in both modes; what differs is this set, so that the difference can be
/// read in one place and is not spread over the code.
struct Fixes: OptionSet, Sendable {
    let rawValue: UInt32

    /// An activity type outside the table is categorized by prefix and tagged.
    static let fallbackRules = Fixes(rawValue: 1 << 0)
    /// A boolean `success` counts like the text.
    static let booleansDecide = Fixes(rawValue: 1 << 1)
    /// A failed MCP connection is a failure.
    static let failedConnections = Fixes(rawValue: 1 << 2)
    /// Event names nobody documented are tagged.
    static let unknownEventTag = Fixes(rawValue: 1 << 3)
    /// `prompt` wins over `prompt_text`.
    static let promptWins = Fixes(rawValue: 1 << 4)
    /// The attribute `error.type` is the field error.type, and event.reason takes text only.
    static let errorTypeToRoot = Fixes(rawValue: 1 << 5)
    /// A number that cannot be read stays text, tagged, and is no failure.
    static let badNumbersStayText = Fixes(rawValue: 1 << 6)
    /// Tool parameters are parsed for Cowork too.
    static let coworkTools = Fixes(rawValue: 1 << 7)
    /// Path and URL are taken from the tool's input when its parameters have none.
    static let pathsFromInput = Fixes(rawValue: 1 << 8)
    /// Docket's own fields: tenant, sequence, person, surface and so on.
    static let envelope = Fixes(rawValue: 1 << 9)
    /// A record from which the mapping drops something carries event.original.
    static let keepsOriginalOfLosses = Fixes(rawValue: 1 << 10)

    /// An event whose attributes do not name it is named by its body.
    static let namesFromBody = Fixes(rawValue: 1 << 11)

    static let all = Fixes(rawValue: (1 << 12) - 1)
}
