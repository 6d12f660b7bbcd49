import Network

/// How somebody wants pages to look. Kept in a cookie, so the server writes it into the page and nothing flashes.
struct Look: Sendable, Equatable {
    enum Theme: String, Sendable, CaseIterable {
        case auto, light, dark

        var label: String {
            switch self {
            case .auto: "As the system"
            case .light: "Light"
            case .dark: "Dark"
            }
        }
    }

    var theme = Theme.auto
    /// Whether the rail shows icons alone.
    var isRailNarrow = false
    /// Whether single letters are commands.
    var hasLetterKeys = true

    static let cookie = "docket-look"

    init() {}

    init(_ request: HTTPRequest) {
        for word in (request.cookie(named: Self.cookie) ?? "").split(separator: "-") { change(String(word)) }
    }

    /// - Parameter word: `light`, `dark`, `auto`, `narrow`, `wide`, `letters`, `noletters`; others mean nothing.
    mutating func change(_ word: String) {
        switch word {
        case "narrow", "wide": isRailNarrow = word == "narrow"
        case "letters", "noletters": hasLetterKeys = word == "letters"
        default: if let theme = Theme(rawValue: word) { self.theme = theme }
        }
    }

    /// What a browser keeps for a year. Says nothing about the person but this.
    var setting: String {
        let words = [theme.rawValue, isRailNarrow ? "narrow" : "wide", hasLetterKeys ? "letters" : "noletters"]
        return "\(Self.cookie)=\(words.joined(separator: "-")); Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict"
    }
}
