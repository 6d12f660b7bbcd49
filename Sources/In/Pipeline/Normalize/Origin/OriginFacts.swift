import Codecs
import Events

/// What the resource and the scope of a request say, read once for all records that share them.
struct OriginFacts: ~Copyable {
    /// Which mapping the log records and spans of this scope take.
    enum Program: Sendable {
        case code, cowork, traces, office, other
    }

    private(set) var program = Program.other
    private var text = ByteBuffer(capacity: 1_024)
    private(set) var scopeName = ByteRange.empty
    private(set) var scopeVersion = ByteRange.empty
    private(set) var serviceName = ByteRange.empty
    private(set) var serviceVersion = ByteRange.empty
    private(set) var hostName = ByteRange.empty
    private(set) var hostArchitecture = ByteRange.empty
    private(set) var osType = ByteRange.empty
    private(set) var osVersion = ByteRange.empty
    /// The attributes of the resource as one JSON object with flat names.
    private(set) var resource = ByteRange.empty
    /// Resource and scope as they go into ids, the same for both encodings and any order of attributes.
    private(set) var identity = ByteRange.empty
    /// Another one for each resource and scope that was read.
    private(set) var number = 0
    private var order = AttributeOrder()
    /// Those of the scope; empty when it has none.
    private(set) var scope = ByteRange.empty
    /// The bytes that all this was read from.
    private var key: [UInt8] = []
    private var resourceCount = -1
    private var encoding = OTLPEncoding.protobuf

    /// Text of one of the ranges.
    subscript(range: ByteRange) -> RawSpan {
        @_lifetime(borrow self)
        get { text.bytes[range] }
    }

    /// What all ranges are ranges of.
    var all: RawSpan {
        @_lifetime(borrow self)
        get { text.bytes }
    }

    /// Reads a resource and a scope, unless they are the last ones again.
    mutating func read(
        _ context: RecordBatch.Context, _ bytes: RawSpan, _ encoding: OTLPEncoding, _ reader: inout OTLPReader
    ) {
        if isSame(context, bytes, encoding) { return }
        key.removeAll(keepingCapacity: true)
        key += bytes[context.resource].array
        key += bytes[context.scope].array
        resourceCount = context.resource.count
        self.encoding = encoding
        clear()
        number += 1
        reader.reset()
        let start = text.count
        // What cannot be read says nothing; the records themselves are still mapped.
        let scope = (try? reader.readOrigin(bytes, context.scope, encoding, isScope: true)) ?? OTLPOrigin()
        scopeName = keepCounted(reader.bytes(of: scope.name, in: bytes))
        scopeVersion = keepCounted(reader.bytes(of: scope.version, in: bytes))
        order.append(scope.attributes, bytes, reader, to: &text)
        let resource = (try? reader.readOrigin(bytes, context.resource, encoding, isScope: false)) ?? OTLPOrigin()
        order.append(resource.attributes, bytes, reader, to: &text)
        identity = ByteRange(start..<text.count)
        keepResource(resource.attributes, bytes, reader)
        self.scope = keepJSON(scope.attributes, bytes, reader)
        self.resource = keepJSON(resource.attributes, bytes, reader)
        reader.reset()
        program = Self.program(scope: text.bytes[scopeName], service: text.bytes[serviceName])
    }

    private func isSame(_ context: RecordBatch.Context, _ bytes: RawSpan, _ encoding: OTLPEncoding) -> Bool {
        guard resourceCount == context.resource.count, self.encoding == encoding,
            key.count == context.resource.count + context.scope.count
        else { return false }
        let known = unsafe key.span.bytes
        return known.extracting(0..<resourceCount).isEqual(to: bytes[context.resource])
            && known.extracting(resourceCount..<known.byteCount).isEqual(to: bytes[context.scope])
    }

    private mutating func clear() {
        text.removeAll()
        program = .other
        scopeName = .empty
        scopeVersion = .empty
        serviceName = .empty
        serviceVersion = .empty
        hostName = .empty
        hostArchitecture = .empty
        osType = .empty
        osVersion = .empty
        resource = .empty
        scope = .empty
    }

    private mutating func keep(_ bytes: RawSpan) -> ByteRange {
        let start = text.count
        text.append(bytes)
        return ByteRange(start: start, count: bytes.byteCount)
    }

    private mutating func keepCounted(_ bytes: RawSpan) -> ByteRange {
        text.append(counted: bytes)
        return ByteRange(text.count - bytes.byteCount..<text.count)
    }

    private mutating func keepResource(
        _ attributes: OTLPAttributes, _ bytes: RawSpan, _ reader: borrowing OTLPReader
    ) {
        for place in attributes.range {
            let attribute = reader.attributes[place]
            guard attribute.value.kind == .string else { continue }
            let name = reader.bytes(of: attribute.key, in: bytes)
            let value = reader.bytes(of: attribute.value.text, in: bytes)
            if name.isEqual(to: "service.name") { serviceName = keep(value) }
            if name.isEqual(to: "service.version") { serviceVersion = keep(value) }
            if name.isEqual(to: "host.name") { hostName = keep(value) }
            if name.isEqual(to: "host.arch") { hostArchitecture = keep(value) }
            if name.isEqual(to: "os.type") { osType = keep(value) }
            if name.isEqual(to: "os.version") { osVersion = keep(value) }
        }
    }

    /// Attributes as one object; nothing when all of them are empty.
    private mutating func keepJSON(
        _ attributes: OTLPAttributes, _ bytes: RawSpan, _ reader: borrowing OTLPReader
    ) -> ByteRange {
        let start = text.count
        var isLossy = false
        let hasValues = reader.appendJSON(of: attributes, in: bytes, to: &text, isLossy: &isLossy)
        return hasValues ? ByteRange(start: start, count: text.count - start) : .empty
    }

    /// Claude's programs are known by their scope; a program built on the Agent SDK names its service itself.
    private static func program(scope: RawSpan, service: RawSpan) -> Program {
        if scope.isEqual(to: "com.anthropic.claude_code.events") {
            return service.isEqual(to: "cowork") ? .cowork : .code
        }
        if scope.isEqual(to: "com.anthropic.claude_code.tracing")
            || scope.isEqual(to: "com.anthropic.claude_code.traces")
        {
            return .traces
        }
        return service.isEqual(to: "office-agent") ? .office : .other
    }
}
