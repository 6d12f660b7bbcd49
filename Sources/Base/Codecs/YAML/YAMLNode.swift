/// A piece of YAML that remembers where it stood, so that an error can point at it.
public struct YAMLNode: Sendable {
    public enum Content: Sendable {
        /// - Parameter isPlain: not quoted, so it may be a number, a truth value or nothing.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([(key: YAMLNode, value: YAMLNode)])
    }

    public let content: Content
    /// Counts from 1.
    public let line: Int
    /// Counts from 1.
    public let column: Int

    public init(_ content: Content, line: Int, column: Int) {
        self.content = content
        self.line = line
        self.column = column
    }

    /// The scalar's text, or `nil` for anything else and for an empty or `null` plain scalar.
    public var text: String? {
        guard case .scalar(let text, let isPlain) = content else { return nil }
        return isPlain && ["", "~", "null", "Null", "NULL"].contains(text) ? nil : text
    }

    public var isNull: Bool {
        if case .scalar = content { return text == nil }
        return false
    }
}

/// Why a YAML file cannot be read.
public struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
    public let message: String
    public let line: Int
    public let column: Int
    public var description: String { "\(line):\(column): \(message)" }

    public init(_ message: String, line: Int, column: Int) {
        self.message = message
        self.line = line
        self.column = column
    }
}
