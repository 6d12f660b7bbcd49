/// What is shown of a record beside the proof that it is in the log: its leaf, and groups of what it says.
///
/// It is the `extra` of a ``LogProof``.
///
/// | Bytes | Holds |
/// | ---: | --- |
/// | 1 | version: 1 |
/// | 126 | the leaf |
/// | 1 | how many groups |
///
/// and for each group
///
/// | Bytes | Holds |
/// | ---: | --- |
/// | 1 | the group |
/// | 32 | its salt |
/// | 4 | how many bytes |
/// | … | the bytes |
/// | 1 | how many hashes |
/// | 32 each | the hashes that lead to the leaf's content |
///
/// - Shape: numbers have their low byte first.
public struct Disclosure: Sendable, Equatable {
    static let version: UInt8 = 1

    /// One group, open to be read.
    public struct Shown: Sendable, Equatable {
        public let group: DisclosureGroup
        public let salt: Digest
        public let bytes: [UInt8]
        public let path: [Digest]

        /// - Parameter commitments: those of the whole record.
        public init(_ group: DisclosureGroup, bytes: [UInt8], seed: ContentSeed, commitments: ContentCommitments) {
            self.init(group, salt: seed.salt(of: group), bytes: bytes, path: commitments.path(of: group))
        }

        init(_ group: DisclosureGroup, salt: Digest, bytes: [UInt8], path: [Digest]) {
            self.group = group
            self.salt = salt
            self.bytes = bytes
            self.path = path
        }

        /// The pieces that the group is made of, without the nine bytes before each; see `docs/formats/log.md`.
        public var pieces: [ArraySlice<UInt8>] {
            var pieces: [ArraySlice<UInt8>] = []
            var place = 0
            while bytes.count - place >= 9 {
                let count = Int(bytes.rawBytes.number(at: place + 5, as: UInt32.self))
                guard count <= bytes.count - place - 9 else { break }
                pieces.append(bytes[place + 9..<place + 9 + count])
                place += 9 + count
            }
            return pieces
        }

        /// The content of the leaf that this belongs to.
        ///
        /// - Returns: `nil` when the path cannot be one.
        var root: Digest? {
            let commitment = ContentCommitments.commitment(to: bytes.rawBytes, group: group, salt: salt)
            let proof = InclusionProof(
                index: UInt64(group.index), size: UInt64(DisclosureGroup.count), path: path)
            return proof.root(from: Digest(leaf: commitment.bytes))
        }
    }

    /// The bytes of the leaf as they are stored.
    public let leaf: [UInt8]
    public let shown: [Shown]

    public init(leaf: Leaf, shown: [Shown]) {
        self.leaf = leaf.bytes
        self.shown = shown
    }

    /// The hash to be proven by ``LogProof/verify(_:origin:keys:)``.
    public var leafHash: Digest { Digest(leaf: leaf.rawBytes) }

    /// The leaf, when every group that is shown belongs to it.
    ///
    /// - Throws: ``DisclosureError/malformed`` or ``DisclosureError/wrongContent(_:)``.
    public func verified() throws(DisclosureError) -> Leaf {
        guard let leaf = Leaf(bytes: leaf.rawBytes) else { throw .malformed }
        for group in shown where group.root != leaf.content { throw .wrongContent(group.group) }
        return leaf
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = [Self.version]
        bytes += leaf
        bytes.append(UInt8(shown.count))
        for group in shown {
            bytes.append(group.group.rawValue)
            group.salt.append(to: &bytes)
            bytes.append(littleEndian: UInt32(group.bytes.count))
            bytes += group.bytes
            bytes.append(UInt8(group.path.count))
            for hash in group.path { hash.append(to: &bytes) }
        }
        return bytes
    }

    /// - Throws: ``DisclosureError/malformed``.
    public init(bytes: RawSpan) throws(DisclosureError) {
        var place = 0
        func take(_ count: Int) throws(DisclosureError) -> Int {
            guard count <= bytes.byteCount - place else { throw .malformed }
            defer { place += count }
            return place
        }
        guard bytes.number(at: try take(1), as: UInt8.self) == Self.version else { throw .malformed }
        leaf = bytes.array(from: try take(Leaf.size), count: Leaf.size)
        let count = Int(bytes.number(at: try take(1), as: UInt8.self))
        guard count <= DisclosureGroup.count else { throw .malformed }
        var shown: [Shown] = []
        for _ in 0..<count {
            guard let group = DisclosureGroup(rawValue: bytes.number(at: try take(1))),
                !shown.contains(where: { $0.group == group })
            else { throw .malformed }
            let salt = Digest(at: try take(Digest.size), of: bytes)
            let size = Int(bytes.number(at: try take(4), as: UInt32.self))
            let content = bytes.array(from: try take(size), count: size)
            let steps = Int(bytes.number(at: try take(1), as: UInt8.self))
            var path: [Digest] = []
            for _ in 0..<steps { path.append(Digest(at: try take(Digest.size), of: bytes)) }
            shown.append(Shown(group, salt: salt, bytes: content, path: path))
        }
        guard place == bytes.byteCount else { throw .malformed }
        self.shown = shown
    }
}

/// What is wrong with something that is shown.
public enum DisclosureError: Error, Equatable {
    /// It cannot be read.
    case malformed
    /// This group is not what the record said when it was taken in.
    case wrongContent(DisclosureGroup)
}

extension RawSpan {
    fileprivate func array(from place: Int, count: Int) -> [UInt8] {
        unsafe extracting(place..<place + count).withUnsafeBytes { unsafe Array($0) }
    }
}
