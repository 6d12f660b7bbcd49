/// A value that an expression has for an event, with its fields found and its constants worked out.
///
/// - Shape: an expression has none, one or several values. None is null. A field with several values gives all of
///   them, and a function is asked of each.
indirect enum EQLNode: Sendable, Hashable {
    case constant(FieldValue?)
    case field(FieldReference)
    case call(EQLFunction, LetterCase, [EQLNode])
    case negative(EQLNode)
    case arithmetic(Arithmetic, EQLNode, EQLNode)
    case test(EQLTest)
    /// A text in small letters.
    case folded(EQLNode)

    /// The value of a constant; `nil` for what depends on the event.
    var constant: FieldValue?? { if case .constant(let value) = self { value } else { nil } }
}

/// A question to an event.
///
/// - Any value: it holds if it holds for one of the values.
/// - Missing: a field without a value passes no test, so `not` of a test, and `!=`, hold for it, as in Elasticsearch's
///   own filters; `!=` of a field that no schema knows does not. Only what is compared with `null` itself is neither true nor false. Whether a test is null can be
///   asked, too: then one of a missing value is.
indirect enum EQLTest: Sendable, Hashable {
    /// - Shape: `nil` is neither true nor false.
    case constant(Bool?)
    case all([EQLTest])
    case any([EQLTest])
    case not(EQLTest)
    case isNull(EQLNode)
    case holds(EQLNode, FieldTest)
    case matches(EQLNode, EQLPattern)
}

/// A pattern that the tests of KQL cannot say.
enum EQLPattern: Sendable, Hashable {
    /// One of these fits the whole text.
    case globs([EQLGlob])
    case expressions([EQLRegex])

    func matches(_ text: String) -> Bool {
        switch self {
        case .globs(let globs): globs.contains { $0.matches(text) }
        case .expressions(let expressions): expressions.contains { $0.matches(text) }
        }
    }
}

/// A pattern for a whole text in which `*` is any run of characters and `?` is one. Nothing is escaped: a backslash is
/// one, as in the paths of Windows.
///
/// - Guarantee: two are equal if they say the same.
struct EQLGlob: Sendable, Hashable {
    let text: String
    let letters: LetterCase
    private let pattern: LikePattern

    init(_ text: String, _ letters: LetterCase) throws(RegexError) {
        self.text = text
        self.letters = letters
        pattern = try LikePattern(Self.folded(text, letters).replacing("\\", with: "\\\\"))
    }

    static func == (left: EQLGlob, right: EQLGlob) -> Bool { (left.text, left.letters) == (right.text, right.letters) }

    func hash(into hasher: inout Hasher) {
        hasher.combine(text)
        hasher.combine(letters)
    }

    /// A test of KQL that holds wherever this fits: one character becomes any run of them.
    var wider: FieldTest {
        let pieces = text.split(omittingEmptySubsequences: false) { $0 == "*" || $0 == "?" }.map(String.init)
        return pieces.count == 1
            ? .equals([.text(pieces[0])], letters) : .text(.glob(Wildcard(pieces), letters))
    }

    /// Whether it has a `?`, which no test of KQL can say.
    var hasSingles: Bool { pattern.pieces.contains(.one) }

    func matches(_ text: String) -> Bool { pattern.matches(Self.folded(text, letters)) }

    /// The case of letters is looked over as in filters.
    private static func folded(_ text: String, _ letters: LetterCase) -> String {
        letters == .ignored ? Words.lowercased(text) : text
    }
}

/// A regular expression for a whole text.
///
/// - Guarantee: two are equal if they say the same.
struct EQLRegex: Sendable, Hashable {
    let text: String
    let letters: LetterCase
    private let expression: LuceneRegex

    init(_ text: String, _ letters: LetterCase) throws(RegexError) {
        self.text = text
        self.letters = letters
        expression = try LuceneRegex(text, ignoringCase: letters == .ignored)
    }

    static func == (left: EQLRegex, right: EQLRegex) -> Bool {
        (left.text, left.letters) == (right.text, right.letters)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(text)
        hasher.combine(letters)
    }

    func matches(_ text: String) -> Bool { expression.matches(text) }
}
