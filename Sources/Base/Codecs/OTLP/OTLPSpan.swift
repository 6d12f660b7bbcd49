/// What one Span says besides its attributes, events and links, which the ``OTLPReader`` holds.
public struct OTLPSpan: Sendable {
    /// Lowercase hexadecimal digits, as in JSON.
    public var traceID = OTLPText.empty
    public var spanID = OTLPText.empty
    public var parentSpanID = OTLPText.empty
    public var traceState = OTLPText.empty
    public var name = OTLPText.empty
    /// 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer.
    public var kind: Int64 = 0
    /// Unit: nanoseconds since 1970.
    public var start: UInt64 = 0
    public var end: UInt64 = 0
    /// 0 unset, 1 ok, 2 error.
    public var statusCode: Int64 = 0
    public var statusMessage = OTLPText.empty
    public var flags: UInt64 = 0
    public var attributes = OTLPAttributes.none

    public init() {}
}

/// An event or a link of a span.
public struct OTLPSpanPart: Sendable {
    public var isLink = false
    /// Of an event.
    public var name = OTLPText.empty
    public var time: UInt64 = 0
    /// Of a link.
    public var traceID = OTLPText.empty
    public var spanID = OTLPText.empty
    public var flags: UInt64 = 0
    public var attributes = OTLPAttributes.none
    /// The message itself.
    var range = ByteRange.empty
}
