public import Integrity

/// What a tenant may know of one of its checkpoints in the log of all logs: where it stands, and what makes the entry.
///
/// | Bytes | Holds |
/// | ---: | --- |
/// | 8 | index in the log of all logs |
/// | 8 | size of the tenant's log |
/// | 32 | root over it |
/// | 32 | blinding |
///
/// - Shape: numbers have their low byte first.
public struct TenantEntry: Sendable, Equatable {
    static let rowSize = 80

    public let index: UInt64
    public let checkpoint: BlindedCheckpoint

    init(index: UInt64, _ checkpoint: BlindedCheckpoint) {
        self.index = index
        self.checkpoint = checkpoint
    }

    /// - Parameter origin: of the tenant's log.
    /// - Returns: `nil` for bytes that are not such a row.
    init?(row: RawSpan, origin: String) {
        guard row.byteCount == Self.rowSize, let root = Digest(bytes: row.extracting(16..<48)) else { return nil }
        let size = Self.number(at: 8, of: row)
        let blinding = unsafe row.extracting(48..<80).withUnsafeBytes { unsafe Array($0) }
        guard let checkpoint = Checkpoint(origin: origin, size: size, root: root),
            let blinded = BlindedCheckpoint(checkpoint, blinding: blinding)
        else { return nil }
        index = Self.number(at: 0, of: row)
        self.checkpoint = blinded
    }

    private static func number(at place: Int, of row: RawSpan) -> UInt64 {
        UInt64(littleEndian: unsafe row.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    var row: [UInt8] {
        let numbers = [index, checkpoint.checkpoint.size].flatMap { number in
            (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
        }
        return numbers + checkpoint.checkpoint.root.array + checkpoint.blinding
    }
}
