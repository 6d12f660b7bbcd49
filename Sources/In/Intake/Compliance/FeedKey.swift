/// A key of Anthropic, and what its beginning tells about it.
///
/// - Shape: printing it shows its kind, never the key.
public struct FeedKey: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    public enum Kind: String, Sendable {
        /// Made in claude.ai, all compliance endpoints, scopes fixed when it was made.
        case complianceAccess = "Compliance Access Key"
        /// Made in the Claude Console; may read the Activity Feed and nothing else of the Compliance API.
        case admin = "Admin API key"
        /// For models only.
        case claude = "Claude API key"
        case unknown = "key of an unknown kind"
    }

    private let text: String

    /// - Parameter text: white space around it is dropped, as files end with a line feed.
    public init(_ text: String) {
        let isSpace: (Character) -> Bool = { $0.isWhitespace }
        let front = text.drop(while: isSpace)
        self.text = String(front.prefix(front.count - front.reversed().prefix(while: isSpace).count))
    }

    /// The only way to the key itself.
    public func reveal() -> String { text }

    public var isEmpty: Bool { text.isEmpty }

    public var kind: Kind {
        if text.hasPrefix("sk-ant-api01-") { return .complianceAccess }
        if text.hasPrefix("sk-ant-admin01-") { return .admin }
        if text.hasPrefix("sk-ant-api03-") { return .claude }
        return .unknown
    }

    public var description: String { kind.rawValue }
    public var debugDescription: String { kind.rawValue }
}
