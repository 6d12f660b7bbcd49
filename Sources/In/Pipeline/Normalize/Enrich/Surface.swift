import Codecs

/// Where Claude was used: `docket.surface`.
enum Surface {
    /// Of telemetry.
    ///
    /// - Parameter isClaudeCode: whether the scope is Claude Code's. A program built on the Agent SDK names its
    ///   service itself, so the scope counts more than the name.
    static func of(service: RawSpan, terminal: RawSpan, isClaudeCode: Bool) -> StaticString? {
        if service.isEqual(to: "cowork") { return "cowork" }
        if service.isEqual(to: "claude-code-desktop") || service.isEqual(to: "claude-desktop") { return "desktop" }
        if service.isEqual(to: "office-agent") { return "office" }
        if service.isEqual(to: "claude-platform") { return "api" }
        guard isClaudeCode else { return nil }
        for name in editors where terminal.isEqual(to: name) { return "ide" }
        return "cli"
    }

    /// Editors that show up as terminals.
    private static let editors: [StaticString] = [
        "vscode", "cursor", "windsurf", "zed", "JetBrains-JediTerm", "pycharm", "intellij", "webstorm", "goland",
    ]

    /// Of an activity; nothing when neither actor nor user agent says.
    static func of(actor: RawSpan, userAgent: RawSpan) -> StaticString? {
        if actor.isEqual(to: "api_actor") || actor.isEqual(to: "admin_api_key_actor")
            || actor.isEqual(to: "service_account_actor")
        {
            return "api"
        }
        return of(userAgent: userAgent)
    }

    /// Of a row of the audit log. The help page knows the platforms of telephones only.
    static func of(platform: RawSpan, userAgent: RawSpan) -> StaticString? {
        platform.isEqual(to: "iOS") || platform.isEqual(to: "Android") ? "mobile" : of(userAgent: userAgent)
    }

    private static func of(userAgent: RawSpan) -> StaticString? {
        if contains(userAgent, " Claude/") { return "desktop" }
        if userAgent.starts(with: "claude-cli/") || userAgent.starts(with: "claude-code/") { return "cli" }
        return userAgent.starts(with: "Mozilla/") ? "web" : nil
    }

    private static func contains(_ text: RawSpan, _ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        let first = Literal.bytes(word)[0]
        guard text.byteCount >= count else { return false }
        for place in 0...text.byteCount - count where text[place] == first {
            if text.extracting(place..<place + count).isEqual(to: word) { return true }
        }
        return false
    }
}
