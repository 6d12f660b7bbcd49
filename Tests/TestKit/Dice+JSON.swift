extension Dice {
    /// Texts with everything that is special to somebody: to JSON, to SQL, to patterns, to Unicode.
    public static let awkwardTexts = [
        "a", "b", "ab", "A", "Disk full", "100%", "x_y", "it's", "say \"hi\"", "back\\slash", "é", "e\u{301}", "世界 🦆",
        "line\nfeed", "tab\t", "\u{1}", "\u{0}", "\u{7f}", "10.0.0.1", "-7", "42", "*", "a.b", "null", "true",
        "\u{FEFF}bom", "\u{202E}turned", "{\"k\":1}", "more than twelve bytes", "; DROP TABLE x; --",
    ]

    /// Names of fields that no catalog has.
    public static let awkwardNames = [
        "a", "a.b", "a.b.c", "a!", "ab", "a\u{0}", "a..b", ".a", "a.", "", ".", "it's", "say \"hi\"", "back\\slash",
        "é.ü", "世界.🦆", "sp ace", "*", "a*", "$1", "line\nfeed", "vendor.color", "vendor.count", "vendor.deep.color",
        "user", "user.name.first", "tags.x", "event.id.x",
    ]

    public mutating func awkwardText() -> String { (0...roll(3)).map { _ in pick(Self.awkwardTexts) }.joined() }
}
