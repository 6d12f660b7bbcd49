import Codecs
public import Events

/// What is sealed of a record: everything that the journal has of it and that could be about somebody.
///
/// - Shape: 1 byte encoding, 1 whether a bookmark follows and then that; credential, sender's address, OpenTelemetry
///   resource, OpenTelemetry scope; each with its size in four bytes before it, the low one first. The rest is the
///   record as it was received.
public struct RecordText: Sendable, Equatable {
    public let encoding: UInt8
    /// Of the source behind the batch that this record is the last of.
    public let bookmark: [UInt8]?
    public let credential: String
    public let peer: String
    public let resource: [UInt8]
    public let scope: [UInt8]
    public let record: [UInt8]

    /// Writes what is to be sealed of a record of a batch.
    static func write(_ index: Int, of batch: RecordBatch, to out: inout ByteBuffer) {
        let entry = batch.entries[index]
        let context = batch.contexts[Int(entry.context)]
        let storage = unsafe batch.storage.span.bytes
        out.append(entry.encoding.rawValue)
        if let bookmark = batch.bookmark, index == batch.entries.count - 1 {
            out.append(1)
            append(bookmark, to: &out)
        } else {
            out.append(0)
        }
        append(Array(context.credential.utf8), to: &out)
        append(Array(context.peer.utf8), to: &out)
        for range in [context.resource, context.scope] {
            out.append(littleEndian: UInt32(range.count))
            out.append(storage[range])
        }
        out.append(storage[entry.range])
    }

    private static func append(_ bytes: [UInt8], to out: inout ByteBuffer) {
        out.append(littleEndian: UInt32(bytes.count))
        out.append(bytes)
    }

    /// - Returns: `nil` for bytes that ``write(_:of:to:)`` does not write.
    init?(_ bytes: [UInt8]) {
        var place = 0
        func byte() -> UInt8? {
            guard place < bytes.count else { return nil }
            defer { place += 1 }
            return bytes[place]
        }
        func piece() -> [UInt8]? {
            guard bytes.count - place >= 4 else { return nil }
            let size = (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
            guard size <= bytes.count - place - 4 else { return nil }
            defer { place += 4 + size }
            return Array(bytes[place + 4..<place + 4 + size])
        }
        guard let encoding = byte(), let hasBookmark = byte(), hasBookmark <= 1 else { return nil }
        var bookmark: [UInt8]?
        if hasBookmark == 1 {
            guard let found = piece() else { return nil }
            bookmark = found
        }
        guard let credential = piece(), let peer = piece(), let resource = piece(), let scope = piece() else {
            return nil
        }
        self.encoding = encoding
        self.bookmark = bookmark
        self.credential = String(decoding: credential, as: UTF8.self)
        self.peer = String(decoding: peer, as: UTF8.self)
        self.resource = resource
        self.scope = scope
        record = Array(bytes[place...])
    }

    /// The record as a batch of its own.
    ///
    /// - Returns: `nil` when its kind or encoding is not known here.
    public func batch(tenant: TenantName, source: SourceName, kind: UInt8) -> RecordBatch? {
        guard let kind = RecordKind(rawValue: kind), let encoding = RecordEncoding(rawValue: encoding) else {
            return nil
        }
        var batch = RecordBatch(tenant: tenant, source: source, bookmark: bookmark)
        func add(_ bytes: [UInt8]) -> ByteRange {
            defer { batch.storage += bytes }
            return ByteRange(start: batch.storage.count, count: bytes.count)
        }
        batch.contexts = [.init(resource: add(resource), scope: add(scope), credential: credential, peer: peer)]
        batch.entries = [.init(kind: kind, encoding: encoding, context: 0, range: add(record))]
        return batch
    }
}
