public import Integrity
public import Platform

/// Bytes on their way into an archive, read piece by piece.
public struct ArchiveContent: Sendable {
    /// - Unit: bytes.
    public let size: Int
    public let digest: Digest
    public let read: @Sendable (Range<Int>) throws(DiskError) -> [UInt8]

    public init(size: Int, digest: Digest, read: @escaping @Sendable (Range<Int>) throws(DiskError) -> [UInt8]) {
        self.size = size
        self.digest = digest
        self.read = read
    }

    public init(_ bytes: [UInt8]) {
        self.init(size: bytes.count, digest: unsafe Digest(of: bytes.span.bytes)) { Array(bytes[$0]) }
    }
}

/// How long nobody can delete an object.
public struct Retention: Sendable, Equatable {
    public var until: Timestamp?
    public var isHeld: Bool

    public init(until: Timestamp?, isHeld: Bool) {
        self.until = until
        self.isHeld = isHeld
    }
}

/// Where objects are put once and for all.
///
/// - Threads: one at a time.
public protocol ArchiveTarget: Sendable {
    /// Sees that the place is what it is said to be, before anything is put there.
    func check() throws(ArchiveError)

    /// Puts a new object, durably.
    ///
    /// - Returns: its version, where names have several. When the same content is there already, that one's.
    /// - Throws: ``ArchiveError/conflict(_:)`` when another content is there; it is never written over.
    func put(_ name: String, _ content: ArchiveContent, keep: Retention) throws(ArchiveError) -> String?

    /// - Returns: `nil` when there is no such object.
    func get(_ name: String, version: String?) throws(ArchiveError) -> [UInt8]?

    /// The names of all objects, in their order.
    func names() throws(ArchiveError) -> [String]

    /// How long the place itself keeps an object; `nil` where it does not say.
    func retention(of name: String, version: String?) throws(ArchiveError) -> Retention?
}

/// Where copies of keys are. It is not locked: a key that was forgotten must go there, too.
///
/// - Threads: one at a time.
public protocol KeyPlace: Sendable {
    /// Replaces a file durably, and lets go of what it was.
    func replace(_ name: String, with bytes: [UInt8]) throws(ArchiveError)
    func get(_ name: String) throws(ArchiveError) -> [UInt8]?
}
