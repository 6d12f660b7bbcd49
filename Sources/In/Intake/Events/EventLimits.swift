/// Bounds of what a request or a file may hold.
enum EventLimits {
    /// Events of one request. Behind it the request is refused: 16 MiB could hold millions of small ones.
    static let events = 20_000
    /// Bytes of one event.
    static let eventBytes = 1 << 20
    /// Objects within one another, as Elasticsearch bounds them.
    static let depth = 20
    /// Values of one event.
    static let values = 4_096
    /// Indices that one request names.
    static let indices = 256
    /// Refusals that an answer tells of; the others are counted.
    static let toldRefusals = 100
    /// Bytes of the name that the sender has for a document, as Elasticsearch bounds them.
    static let idBytes = 512
}
