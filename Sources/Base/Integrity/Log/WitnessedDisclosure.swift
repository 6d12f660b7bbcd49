/// The way from a record up to the log of all logs: the `extra` of a ``LogProof`` of that log.
///
///     record ─▶ leaf ─▶ root of the tenant's log ─▶ entry ─▶ root of the log of all logs, which witnesses have seen
///
/// | Bytes | Holds |
/// | ---: | --- |
/// | 1 | version: 2 |
/// | 32 | blinding |
/// | 2 | how many bytes |
/// | … | the text of the tenant's checkpoint |
/// | 1 | how many hashes |
/// | 32 each | from the neighbor of the leaf to the child of the checkpoint's root |
/// | … | ``Disclosure`` |
///
/// - Shape: numbers have their low byte first.
public struct WitnessedDisclosure: Sendable, Equatable {
    static let version: UInt8 = 2

    /// The tenant's checkpoint, which is the entry.
    public let checkpoint: BlindedCheckpoint
    /// The way of the leaf to the root of that checkpoint.
    public let path: [Digest]
    public let disclosure: Disclosure

    public init(checkpoint: BlindedCheckpoint, path: [Digest], disclosure: Disclosure) {
        self.checkpoint = checkpoint
        self.path = path
        self.disclosure = disclosure
    }

    /// Whether these bytes are of this kind and not a ``Disclosure`` alone.
    public static func isOne(_ extra: [UInt8]) -> Bool { extra.first == version }

    /// Proves that the leaf is under the tenant's checkpoint.
    ///
    /// - Parameter origin: of the log of all logs. Those of its tenants begin as it does.
    /// - Throws: ``LogProofError/anotherLog`` or ``LogProofError/notInTheLog``.
    public func prove(_ leaf: Leaf, in origin: String) throws(LogProofError) {
        let own = checkpoint.checkpoint
        guard let name = Self.instance(of: origin),
            own.origin.utf8.elementsEqual("\(name)/t/\(leaf.log.hexadecimal)".utf8)
        else { throw .anotherLog }
        // The number in the leaf is its place in the log.
        let proof = InclusionProof(index: leaf.sequence, size: own.size, path: path)
        guard proof.proves(leaf.hash, in: own.root) else { throw .notInTheLog }
    }

    private static func instance(of origin: String) -> Substring? {
        origin.hasSuffix("/all") ? origin.dropLast(4) : nil
    }

    public var bytes: [UInt8] {
        let text = Array(checkpoint.checkpoint.text.utf8)
        var bytes: [UInt8] = [Self.version]
        bytes += checkpoint.blinding
        bytes.append(littleEndian: UInt16(text.count))
        bytes += text
        bytes.append(UInt8(path.count))
        for hash in path { hash.append(to: &bytes) }
        return bytes + disclosure.bytes
    }

    /// - Throws: ``DisclosureError/malformed``.
    public init(bytes: RawSpan) throws(DisclosureError) {
        var place = 0
        func take(_ count: Int) throws(DisclosureError) -> Range<Int> {
            guard count <= bytes.byteCount - place else { throw .malformed }
            defer { place += count }
            return place..<place + count
        }
        guard bytes.number(at: try take(1).lowerBound, as: UInt8.self) == Self.version else { throw .malformed }
        let blinding = bytes.extracting(try take(Digest.size)).array
        let size = Int(bytes.number(at: try take(2).lowerBound, as: UInt16.self))
        let text = String(validating: bytes.extracting(try take(size)).array, as: UTF8.self)
        guard let text, let checkpoint = Checkpoint(text: text),
            let blinded = BlindedCheckpoint(checkpoint, blinding: blinding)
        else { throw .malformed }
        let steps = Int(bytes.number(at: try take(1).lowerBound, as: UInt8.self))
        var path: [Digest] = []
        for _ in 0..<steps { path.append(Digest(at: try take(Digest.size).lowerBound, of: bytes)) }
        self.checkpoint = blinded
        self.path = path
        disclosure = try Disclosure(bytes: bytes.extracting(place..<bytes.byteCount))
    }
}

extension RawSpan {
    fileprivate var array: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }
}
