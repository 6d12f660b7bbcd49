public import Codecs
public import Integrity
public import Platform

/// One record in an object of an archive: what is not personal in clear, its leaf as it is hashed, and the rest sealed.
///
///     {"sequence":17,"accepted":"2026-11-28T13:00:02.5Z","kind":1,"source":"otlp-http","leaf":"AQ…","sealed":"AT…"}
public struct ArchiveLine: Sendable, Equatable {
    /// Of a record whose content is in the archive.
    public struct Content: Sendable, Equatable {
        /// By the numbers of the journal.
        public let kind: UInt8
        public let source: String
        /// See ``Integrity/RecordSeal``; `nil` when the record was erased before it was archived.
        public let sealed: [UInt8]?

        public init(kind: UInt8, source: String, sealed: [UInt8]?) {
            self.kind = kind
            self.source = source
            self.sealed = sealed
        }
    }

    public let leafBytes: [UInt8]
    public let leaf: Leaf
    /// `nil` for a record that the journal has lost.
    public let content: Content?

    public var sequence: UInt64 { leaf.sequence }
    public var accepted: Timestamp { Timestamp(nanoseconds: Int64(clamping: leaf.accepted)) }

    /// - Returns: `nil` when the bytes are no leaf.
    public init?(leafBytes: [UInt8], content: Content?) {
        guard let leaf = unsafe Leaf(bytes: leafBytes.span.bytes) else { return nil }
        self.leafBytes = leafBytes
        self.leaf = leaf
        self.content = content
    }

    /// Appends the line with its line feed.
    public func write(to out: inout ByteBuffer) {
        out.append("{\"sequence\":" as StaticString)
        out.append(decimal: sequence)
        out.append(",\"accepted\":\"" as StaticString)
        var moment: [UInt8] = []
        RFC3339.append(accepted, digits: 9, to: &moment)
        out.append(moment)
        if let content {
            out.append("\",\"kind\":" as StaticString)
            out.append(decimal: UInt64(content.kind))
            out.append(",\"source\":" as StaticString)
            out.append(jsonString: content.source)
            out.append(",\"leaf\":\"" as StaticString)
        } else {
            out.append("\",\"leaf\":\"" as StaticString)
        }
        unsafe Codecs.Base64.append(leafBytes.span.bytes, to: &out)
        switch content {
        case .none: out.append("\",\"lost\":true}\n" as StaticString)
        case .some(let content):
            guard let sealed = content.sealed else {
                out.append("\",\"erased\":true}\n" as StaticString)
                return
            }
            out.append("\",\"sealed\":\"" as StaticString)
            unsafe Codecs.Base64.append(sealed.span.bytes, to: &out)
            out.append("\"}\n" as StaticString)
        }
    }

    /// - Parameter line: without its line feed.
    /// - Returns: `nil` for what ``write(to:)`` does not write.
    public init?(parsing line: [UInt8]) {
        guard let value = try? JSONValue(parsing: line), let sequence = value["sequence"]?.integer,
            let leafText = value["leaf"]?.string, let leafBytes = Integrity.Base64.bytes(of: leafText)
        else { return nil }
        if value["lost"]?.bool == true {
            self.init(leafBytes: leafBytes, content: nil)
        } else {
            guard let number = value["kind"]?.integer, let kind = UInt8(exactly: number),
                let source = value["source"]?.string
            else { return nil }
            let sealed = value["sealed"]?.string.flatMap { Integrity.Base64.bytes(of: $0) }
            guard sealed != nil || value["erased"]?.bool == true else { return nil }
            self.init(leafBytes: leafBytes, content: Content(kind: kind, source: source, sealed: sealed))
        }
        // What stands in clear beside the leaf must be what the leaf says.
        guard UInt64(exactly: sequence) == self.sequence, value["accepted"]?.string == RFC3339.text(accepted, digits: 9)
        else { return nil }
    }
}
