/// The parts into which what a record says is cut, so that one can be shown without the others.
///
/// - Order: as here; it is the order of the commitments.
public enum DisclosureGroup: UInt8, Sendable, CaseIterable {
    case who = 1
    case whereFrom = 2
    case action = 3
    case object = 4
    case content = 5
    case metrics = 6
    case rest = 7

    public static let count = allCases.count
    /// What people call it.
    public var word: String {
        switch self {
        case .who: "who"
        case .whereFrom: "where-from"
        case .action: "action"
        case .object: "object"
        case .content: "content"
        case .metrics: "metrics"
        case .rest: "rest"
        }
    }

    /// From zero.
    public var index: Int { Int(rawValue) - 1 }
}

/// The chance that hides what a record's commitments are to.
///
/// Without it nobody finds the content by trying likely values. Deleting it, and the content, erases the record: the
/// commitments stay, and say nothing.
///
/// - Shape: 32 bytes, one for each record, from ``RandomBytes`` or a ``SeedTree``.
public struct ContentSeed: Sendable {
    public static let size = 32
    let storage: Digest

    public init(random: RandomBytes) {
        let bytes = random.bytes(Self.size)
        storage = Digest(at: 0, of: bytes.rawBytes)
    }

    /// Seeds for many records, drawn at once.
    public static func many(_ count: Int, random: RandomBytes) -> [ContentSeed] {
        let bytes = random.bytes(count * size)
        return (0..<count).map { ContentSeed(storage: Digest(at: $0 * size, of: bytes.rawBytes)) }
    }

    /// One that was kept.
    ///
    /// - Returns: `nil` unless there are 32 bytes.
    public init?(kept bytes: RawSpan) {
        guard let storage = Digest(bytes: bytes) else { return nil }
        self.storage = storage
    }

    init(storage: Digest) { self.storage = storage }

    /// The only way to the bytes: to be stored, apart from the record.
    public func append(to bytes: inout [UInt8]) { storage.append(to: &bytes) }

    /// What hides one group: `HMAC(seed, "g" ‖ group)`. To show a group is to give away this, and not the seed.
    public func salt(of group: DisclosureGroup) -> Digest {
        let message = [Self.saltLabel, group.rawValue]
        return HMAC(key: storage.bytes).code(for: message.rawBytes)
    }

    static let saltLabel = UInt8(ascii: "g")
}

extension ContentSeed: CustomStringConvertible, CustomReflectable {
    public var description: String { "(seed)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
