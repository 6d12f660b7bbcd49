/// Reads single OpenTelemetry messages: a log record, a span, a metric, a resource, a scope.
///
/// Both encodings give the same stream of attributes, so whoever maps them does not know which it was. What
/// cannot be used in place (escaped JSON text, ill-formed UTF-8, ids as hexadecimal digits) is written into
/// the reader's memory once.
///
/// - Cost: nothing is allocated for an attribute; the memory is kept from record to record.
/// - Again: a record's texts are good until the next ``reset()``.
/// - Source: <https://github.com/open-telemetry/opentelemetry-proto>, version 1.7.
public struct OTLPReader: ~Copyable {
    /// Values within values.
    public static let depthLimit = 16

    /// The attributes of everything that was read since ``reset()``.
    public internal(set) var attributes: [OTLPAttribute] = []
    /// The events and links of the last span.
    public internal(set) var parts: [OTLPSpanPart] = []
    /// The data points of the last metric.
    public internal(set) var points: [OTLPPoint] = []
    @usableFromInline var memory = ByteBuffer(capacity: 4_096)
    var encoding = OTLPEncoding.protobuf

    public init() { attributes.reserveCapacity(64) }

    /// Forgets what was read.
    public mutating func reset() {
        attributes.removeAll(keepingCapacity: true)
        memory.removeAll()
    }

    /// The bytes of a text.
    ///
    /// - Parameter bytes: what the record was read from.
    @_lifetime(borrow self, copy bytes)
    @inlinable public func bytes(of text: OTLPText, in bytes: RawSpan) -> RawSpan {
        if text.isCopied { return memory.bytes[text.range] }
        return bytes[text.range]
    }

    /// Puts text into the reader's memory, to be used like text of the record.
    public mutating func copy(_ text: RawSpan) -> OTLPText {
        let start = memory.count
        memory.append(text)
        return OTLPText(ByteRange(start: start, count: memory.count - start), isCopied: true)
    }

    /// Puts the text of a JSON string into the reader's memory, unescaped, unless it can be used in place.
    ///
    /// - Parameter bytes: must not be the reader's own memory.
    public mutating func unescape(_ text: JSONCursor.Text, in bytes: RawSpan) -> OTLPText {
        guard text.isEscaped || UTF8Text.needsRepair(bytes[text.range]) else { return OTLPText(text.range) }
        let start = memory.count
        if text.isEscaped {
            JSONText.appendUnescaped(bytes[text.range], to: &memory)
        } else {
            UTF8Text.appendRepaired(bytes[text.range], to: &memory)
        }
        return OTLPText(ByteRange(start: start, count: memory.count - start), isCopied: true)
    }

    // MARK: Messages

    public mutating func readLog(
        _ bytes: RawSpan, _ range: ByteRange, _ encoding: OTLPEncoding
    ) throws(OTLPError) -> OTLPLog {
        self.encoding = encoding
        let first = attributes.count
        var log: OTLPLog
        switch encoding {
        case .protobuf:
            do { log = try protobufLog(bytes, range) } catch { throw .protobuf(error) }
        case .json:
            do { log = try jsonLog(bytes, range) } catch { throw .json(error) }
        }
        log.attributes = OTLPAttributes(start: first, count: attributes.count - first)
        return log
    }

    /// Reads a Resource or an InstrumentationScope; nothing at all is one without members.
    public mutating func readOrigin(
        _ bytes: RawSpan, _ range: ByteRange, _ encoding: OTLPEncoding, isScope: Bool
    ) throws(OTLPError) -> OTLPOrigin {
        self.encoding = encoding
        guard !range.isEmpty else { return OTLPOrigin() }
        let first = attributes.count
        var origin: OTLPOrigin
        switch encoding {
        case .protobuf:
            do { origin = try protobufOrigin(bytes, range, isScope: isScope) } catch { throw .protobuf(error) }
        case .json:
            do { origin = try jsonOrigin(bytes, range) } catch { throw .json(error) }
        }
        origin.attributes = OTLPAttributes(start: first, count: attributes.count - first)
        return origin
    }
}
