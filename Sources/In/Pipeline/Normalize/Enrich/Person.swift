import Codecs
import Events

/// What Docket adds about who it was and where.
enum Person {
    /// Sets user.key: one key for a person over all sources.
    ///
    /// The e-mail address is what all sources share when they know the person at all; it is compared without
    /// regard to case. Behind it come the ids, the one that both feeds have first.
    static func setKey(
        _ field: FieldID, email: RawSpan, accountID: RawSpan, accountUUID: RawSpan, userID: RawSpan,
        in document: inout Document, _ scratch: inout ByteBuffer
    ) {
        guard email.byteCount > 0 else {
            let id = accountID.byteCount > 0 ? accountID : accountUUID.byteCount > 0 ? accountUUID : userID
            return document.set(field, text: id)
        }
        scratch.removeAll()
        scratch.append(email)
        lowercase(&scratch)
        document.set(field, text: scratch.bytes)
    }

    /// Makes the letters A to Z small; addresses are compared that way.
    static func lowercase(_ text: inout ByteBuffer) {
        for place in 0..<text.count {
            let byte = text.bytes[place]
            if byte >= 65, byte <= 90 { text.replace(at: place, littleEndian: byte | 0x20) }
        }
    }

    /// Where Claude Code ran.
    static func surface(service: RawSpan, terminal: RawSpan) -> StaticString {
        if service.isEqual(to: "claude-code-desktop") { return "desktop" }
        for name in editors where terminal.isEqual(to: name) { return "ide" }
        return "cli"
    }

    /// Editors that show up as terminals.
    private static let editors: [StaticString] = [
        "vscode", "cursor", "windsurf", "zed", "JetBrains-JediTerm", "pycharm", "intellij", "webstorm", "goland",
    ]

    /// Where an activity came from; nothing when neither actor nor user agent says.
    static func surface(actor: RawSpan, userAgent: RawSpan) -> StaticString? {
        if actor.isEqual(to: "api_actor") || actor.isEqual(to: "admin_api_key_actor")
            || actor.isEqual(to: "service_account_actor")
        {
            return "api"
        }
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
