/// A text of an event as a session shows it. What somebody or a model wrote is counted and compared by what it says, and
/// shown once somebody asked for it.
struct SessionText: Sendable, Hashable, Comparable {
    private let written: String
    let isCovered: Bool

    init(_ written: String, isCovered: Bool = false) {
        self.written = written
        self.isCovered = isCovered
    }

    /// What may stand on a page.
    var shown: String { isCovered ? ContentCurtain.Cover.size.text(over: written) : written }

    func says(_ text: String) -> Bool { written == text }

    /// Texts that are made of it, covered as it is.
    func parts(_ make: (String) -> [String]) -> [SessionText] {
        make(written).map { SessionText($0, isCovered: isCovered) }
    }

    static func < (left: SessionText, right: SessionText) -> Bool { left.written < right.written }
}
