import Events

/// One decoder that is given any bytes at all, and what must hold whatever they are.
///
/// - Threads: one at a time for each value.
protocol FuzzTarget: AnyObject {
    /// - Throws: what did not hold. A trap or a hang of the decoder itself is seen by whoever calls.
    func run(_ input: RawSpan) throws(Violation)
}

/// Something that must hold and did not.
struct Violation: Error, Equatable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }

    static func unless(_ condition: Bool, _ description: @autoclosure () -> String) throws(Violation) {
        guard condition else { throw Violation(description()) }
    }
}

/// All targets, by the names of their folders.
enum FuzzTargets {
    static let names = [
        "archive", "audit-log", "compression", "directory", "eql", "esql", "events", "http1", "http2", "json", "kql",
        "notes",
        "otlp-json", "otlp-protobuf", "patterns", "python", "redact", "user-agents", "yaml", "zip",
    ]

    static func make(_ name: String) -> (any FuzzTarget)? {
        switch name {
        case "archive": ArchiveTarget()
        case "audit-log": AuditLogTarget()
        case "compression": CompressionTarget()
        case "directory": DirectoryTarget()
        case "eql": EQLTarget()
        case "esql": ESQLTarget()
        case "events": EventsTarget()
        case "http1": HTTP1Target()
        case "http2": HTTP2Target()
        case "json": JSONTarget()
        case "kql": KQLTarget()
        case "notes": NoteTarget()
        case "otlp-json": TelemetryTarget(.json)
        case "otlp-protobuf": TelemetryTarget(.protobuf)
        case "patterns": PatternTarget()
        case "python": PythonTarget()
        case "redact": RedactTarget()
        case "user-agents": UserAgentTarget()
        case "yaml": YAMLTarget()
        case "zip": ZipTarget()
        default: nil
        }
    }
}

extension RawSpan {
    /// The first byte, which says how to use the others; 0 when there is none.
    var selector: UInt8 { isEmpty ? 0 : self[0] }

    /// What is behind the selector.
    var payload: [UInt8] {
        guard byteCount > 1 else { return [] }
        return unsafe extracting(droppingFirst: 1).withUnsafeBytes { unsafe Array($0) }
    }

    private subscript(place: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: place, as: UInt8.self) }
}
