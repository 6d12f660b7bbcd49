import Codecs
public import Events

/// The records of one export request, found in its body and not taken out of it.
///
/// Splitting checks all that later readers rely on: the shape of every message, strings that are text,
/// nesting that ends. A record that fails is left out and counted; the others are kept.
public struct OTLPRequest: Sendable {
    public var contexts: [RecordBatch.Context] = []
    public var entries: [RecordBatch.Entry] = []
    /// Records that were left out.
    public var refused = 0
    /// The same in what the sender counts: of metrics, their data points.
    var rejected = 0
    /// Why the first one was.
    public var firstReason: String?

    public init() {}

    mutating func refuse(_ reason: @autoclosure () -> String, rejected count: Int = 1) {
        refused += 1
        rejected += count
        if firstReason == nil { firstReason = reason() }
    }

    // One more than the limit is let in and no more, so that what is over it is told without being held: a
    // group takes two bytes on the wire and a hundred here.

    var hasRoomForContext: Bool { contexts.count <= OTLPLimits.contexts }
    var hasRoomForRecord: Bool { entries.count <= OTLPLimits.records }

    func withinLimits() throws(OTLPError) -> OTLPRequest {
        guard contexts.count <= OTLPLimits.contexts else {
            throw OTLPError("more than \(OTLPLimits.contexts) scopes in one request")
        }
        guard entries.count <= OTLPLimits.records else {
            throw OTLPError("more than \(OTLPLimits.records) records in one request")
        }
        return self
    }
}

/// Why a whole request cannot be read.
public struct OTLPError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

/// Bounds of a request.
enum OTLPLimits {
    /// Records of one request. Behind it the request is refused: 16 MiB could hold millions of empty ones.
    static let records = 200_000
    /// Resources and scopes of one request.
    static let contexts = 20_000
    /// Values within one another.
    static let depth = 16
}
