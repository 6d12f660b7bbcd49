public import Codecs
public import Events

/// What somebody wants of the orders of legal holds.
public enum HoldWish: Sendable, Equatable {
    case list
    case show(String)
    case request(JSONValue)
    case approve(String), refuse(String), resume(String), release(String)
}

/// Why it is not done.
public struct HoldProblem: Error, Sendable, Equatable {
    public enum Kind: Sendable { case flaw, forbidden, notThere, conflict, unavailable }

    public let kind: Kind
    /// For the person who asked.
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}

/// Where orders of legal holds are kept.
public protocol HoldDesk: Sendable {
    /// Answers on another thread.
    ///
    /// - Returns: false when there are too many to answer; then `done` is not called.
    func answer(
        _ wish: HoldWish, by credential: Credential,
        _ done: @escaping @Sendable (Result<JSONValue, HoldProblem>) -> Void
    ) -> Bool
}
