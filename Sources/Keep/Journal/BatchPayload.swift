import Codecs
import Events

/// How a batch stands inside its frame.
///
///     text tenant · text source · u8 what follows: 1 [bytes bookmark], 2 [bytes facts of redaction]
///     u32 contexts × ( bytes resource · bytes scope · text credential · text peer )
///     u32 records  × u8 kind · records × u8 encoding · records × u32 context · records × u32 size
///     the bytes of the records, one after another
///
/// Numbers are little-endian; `bytes` and `text` have their size in a u32 before them. Equal things stand
/// together, so that they compress.
enum BatchPayload {
    /// Bytes that a batch takes at the most.
    static func size(of batch: RecordBatch) -> Int {
        let contexts = batch.contexts.reduce(0) { $0 + 16 + $1.credential.utf8.count + $1.peer.utf8.count }
        let names = batch.tenant.text.utf8.count + batch.source.text.utf8.count
        return batch.byteCount + contexts + 10 * batch.entries.count + names + (batch.bookmark?.count ?? 0) + 24
            + (batch.redaction?.payloadSize ?? 0)
    }

    /// Writes batches of one tenant and source as if they had come as one.
    ///
    /// - Parameter batches: at least one.
    static func write(_ batches: ArraySlice<RecordBatch>, to out: inout ByteBuffer) {
        let first = batches.first!
        append(Array(first.tenant.text.utf8), to: &out)
        append(Array(first.source.text.utf8), to: &out)
        let bookmark = batches.last { $0.bookmark != nil }?.bookmark
        let redaction = RedactionFacts(joining: batches)
        out.append((bookmark == nil ? 0 : hasBookmark) | (redaction == nil ? 0 : hasRedaction))
        if let bookmark { append(bookmark, to: &out) }
        if let redaction { append(redaction.payload, to: &out) }

        out.append(littleEndian: UInt32(batches.reduce(0) { $0 + $1.contexts.count }))
        for batch in batches {
            let storage = unsafe batch.storage.span.bytes
            for context in batch.contexts {
                append(storage[context.resource], to: &out)
                append(storage[context.scope], to: &out)
                append(Array(context.credential.utf8), to: &out)
                append(Array(context.peer.utf8), to: &out)
            }
        }

        out.append(littleEndian: UInt32(batches.reduce(0) { $0 + $1.entries.count }))
        for batch in batches { for entry in batch.entries { out.append(entry.kind.rawValue) } }
        for batch in batches { for entry in batch.entries { out.append(entry.encoding.rawValue) } }
        var contexts: UInt32 = 0
        for batch in batches {
            for entry in batch.entries { out.append(littleEndian: contexts + entry.context) }
            contexts += UInt32(batch.contexts.count)
        }
        for batch in batches { for entry in batch.entries { out.append(littleEndian: UInt32(entry.range.count)) } }
        for batch in batches {
            let storage = unsafe batch.storage.span.bytes
            for entry in batch.entries { out.append(storage[entry.range]) }
        }
    }

    private static let hasBookmark: UInt8 = 1
    private static let hasRedaction: UInt8 = 2

    /// What stands in front of the records: all that a start has to know.
    struct Head: Equatable {
        let tenant: TenantName
        let source: SourceName
        private(set) var bookmark: [UInt8]?
        fileprivate let hasRedaction: Bool

        /// - Returns: `nil` when the bytes are no batch, or too few of one.
        init?(_ payload: [UInt8]) {
            var reader = PayloadReader(payload)
            self.init(&reader, payload)
        }

        fileprivate init?(_ reader: inout PayloadReader, _ payload: [UInt8]) {
            guard let tenant = reader.text().flatMap({ TenantName($0) }), let source = reader.text(),
                let parts = reader.byte(), parts <= BatchPayload.hasBookmark | BatchPayload.hasRedaction
            else { return nil }
            self.tenant = tenant
            self.source = SourceName(source)
            bookmark = nil
            hasRedaction = parts & BatchPayload.hasRedaction != 0
            guard parts & BatchPayload.hasBookmark != 0 else { return }
            guard let range = reader.range() else { return nil }
            bookmark = Array(payload[range.range])
        }
    }

    /// Reads a payload; the batch refers to the bytes and does not copy them.
    ///
    /// - Returns: `nil` when they are no batch. The checksum was right, so that is a newer format or a bug.
    static func read(_ payload: [UInt8]) -> RecordBatch? {
        var reader = PayloadReader(payload)
        guard let head = Head(&reader, payload) else { return nil }
        var batch = RecordBatch(tenant: head.tenant, source: head.source, storage: [], bookmark: head.bookmark)
        var redaction: RedactionFacts?
        if head.hasRedaction {
            guard let range = reader.range(), let facts = RedactionFacts(payload: Array(payload[range.range])) else {
                return nil
            }
            redaction = facts
        }
        guard let contexts = reader.count(ofSize: 16) else { return nil }
        for _ in 0..<contexts {
            guard let resource = reader.range(), let scope = reader.range(), let credential = reader.text(),
                let peer = reader.text()
            else { return nil }
            batch.contexts.append(.init(resource: resource, scope: scope, credential: credential, peer: peer))
        }
        guard let records = reader.count(ofSize: 10) else { return nil }
        let kinds = reader.place
        let encodings = kinds + records
        let contextIndexes = encodings + records
        let sizes = contextIndexes + 4 * records
        var start = sizes + 4 * records
        let bytes = unsafe payload.span.bytes
        batch.entries.reserveCapacity(records)
        for index in 0..<records {
            let size = Int(bytes.littleEndian(at: sizes + 4 * index, as: UInt32.self))
            let context = bytes.littleEndian(at: contextIndexes + 4 * index, as: UInt32.self)
            guard let kind = RecordKind(rawValue: bytes[kinds + index]),
                let encoding = RecordEncoding(rawValue: bytes[encodings + index]), size <= payload.count - start,
                context < contexts
            else { return nil }
            batch.entries.append(
                .init(kind: kind, encoding: encoding, context: context, range: ByteRange(start: start, count: size)))
            start += size
        }
        // A frame keeps its size when records are erased; what they took may be zeros now.
        guard start == payload.count || batch.entries.contains(where: { $0.encoding == .erased }) else { return nil }
        for place in start..<payload.count where payload[place] != 0 { return nil }
        batch.storage = payload
        if let redaction { batch.setRedaction(redaction) }
        return batch
    }

    private static func append(_ bytes: RawSpan, to out: inout ByteBuffer) {
        out.append(littleEndian: UInt32(bytes.byteCount))
        out.append(bytes)
    }

    static func append(_ bytes: [UInt8], to out: inout ByteBuffer) {
        out.append(littleEndian: UInt32(bytes.count))
        out.append(bytes)
    }
}

/// Takes sized pieces off the front of a payload.
struct PayloadReader {
    private let payload: [UInt8]
    private(set) var place = 0

    init(_ payload: [UInt8]) { self.payload = payload }

    var isAtEnd: Bool { place == payload.count }

    mutating func byte() -> UInt8? {
        guard place < payload.count else { return nil }
        defer { place += 1 }
        return payload[place]
    }

    mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) -> Number? {
        let size = MemoryLayout<Number>.size
        guard payload.count - place >= size else { return nil }
        defer { place += size }
        return unsafe payload.span.bytes.littleEndian(at: place, as: type)
    }

    /// A count of things that take at least so many bytes each, so that it cannot ask for memory that the
    /// payload does not back.
    mutating func count(ofSize size: Int) -> Int? {
        guard let count = number(UInt32.self), Int(count) <= (payload.count - place) / size else { return nil }
        return Int(count)
    }

    mutating func range() -> ByteRange? {
        guard let size = number(UInt32.self), Int(size) <= payload.count - place else { return nil }
        defer { place += Int(size) }
        return ByteRange(start: place, count: Int(size))
    }

    mutating func text() -> String? { range().map { String(decoding: payload[$0.range], as: UTF8.self) } }
}

extension RecordBatch {
    /// Whether every range and every index is inside of what it refers to. A batch that is not could be written
    /// and never read.
    var isSound: Bool {
        func holds(_ range: ByteRange) -> Bool {
            range.start >= 0 && range.count >= 0 && range.start <= storage.count
                && range.count <= storage.count - range.start
        }
        return redaction?.rules.count ?? RedactionFacts.rulesSize == RedactionFacts.rulesSize
            && contexts.allSatisfy { holds($0.resource) && holds($0.scope) }
            && entries.allSatisfy { holds($0.range) && Int($0.context) < contexts.count }
    }
}
