/// What one LogRecord says besides its attributes, which the ``OTLPReader`` holds.
public struct OTLPLog: Sendable {
    /// Unit: nanoseconds since 1970; 0 when not given.
    public var time: UInt64 = 0
    public var observedTime: UInt64 = 0
    public var severityNumber: Int64 = 0
    public var severityText = OTLPText.empty
    public var body = OTLPValue.empty
    public var eventName = OTLPText.empty
    /// Lowercase hexadecimal digits, as in JSON.
    public var traceID = OTLPText.empty
    public var spanID = OTLPText.empty
    public var flags: UInt64 = 0
    public var droppedAttributes: UInt64 = 0
    public var attributes = OTLPAttributes.none

    public init() {}
}

/// A Resource or an InstrumentationScope.
public struct OTLPOrigin: Sendable {
    /// Name of the scope.
    public var name = OTLPText.empty
    public var version = OTLPText.empty
    public var attributes = OTLPAttributes.none

    public init() {}
}
