import Events
public import Integrity
import Platform

/// What is compared of the log of all logs.
extension LedgerVerifier {
    /// Builds its tree again from its entries, and compares each entry with the checkpoint of its tenant.
    ///
    /// - Parameter keys: the signer's; without any, signatures are not checked.
    public mutating func verifyAll(_ all: LogOfLogsView, keys: [Ed25519.PublicKey]) throws(LedgerError) {
        guard try verifyTree(of: all) else { return }
        try verify(all.checkpoint, of: all, keys, isNeeded: all.head.size > 0)
        try verify(all.witnessed, of: all, keys, isNeeded: false)
        var count: UInt64 = 0
        for log in view.logs {
            try verifyEntries(of: log, in: all)
            count += all.count(of: log.tenant)
        }
        if count != all.head.size { find(nil, nil, .entryMissing) }
    }

    /// - Returns: false when there is no use in looking further.
    private mutating func verifyTree(of all: LogOfLogsView) throws(LedgerError) -> Bool {
        var tree = TileWriter(lanes: lanes)
        var isWhole = true
        while tree.size < all.head.size {
            let rows = tree.size..<min(tree.size + Self.chunk, all.head.size)
            guard let bytes = try all.entryBytes(rows) else {
                find(nil, rows.lowerBound, .entryMissing)
                return false
            }
            var hashes: [Digest] = []
            unsafe lanes.append(digestsOfEach: Digest.size, in: bytes.span.bytes, prefix: 0x00, to: &hashes)
            for tile in tree.append(hashes) where try !isStored(tile, all) { isWhole = false }
        }
        for tile in tree.partialTiles where try !isStored(tile, all) { isWhole = false }
        if tree.root != all.head.root {
            find(nil, nil, .root)
            isWhole = false
        }
        return isWhole
    }

    private mutating func isStored(_ tile: Tile, _ all: LogOfLogsView) throws(LedgerError) -> Bool {
        let first = tile.place.index * UInt64(TilePlace.fullWidth)
        let rows = first..<first + UInt64(tile.place.width)
        if try all.hashBytes(rows, level: tile.place.level) == tile.bytes { return true }
        find(nil, first << UInt64(8 * tile.place.level), .tree)
        return false
    }

    private mutating func verify(
        _ note: SignedNote?, of all: LogOfLogsView, _ keys: [Ed25519.PublicKey], isNeeded: Bool
    ) throws(LedgerError) {
        guard let note else {
            if isNeeded { find(nil, nil, .checkpointMissing) }
            return
        }
        guard let checkpoint = Checkpoint(text: note.text) else { return find(nil, nil, .checkpointMissing) }
        if !isSigned(note, checkpoint, by: keys, origin: all.origin) { find(nil, nil, .checkpoint) }
        guard checkpoint.size <= all.head.size, try all.root(at: checkpoint.size) == checkpoint.root else {
            return find(nil, nil, .root)
        }
    }

    private mutating func verifyEntries(of log: LedgerView.Log, in all: LogOfLogsView) throws(LedgerError) {
        var last: TenantEntry?
        // The tree grows beside the checkpoints, so that each root costs a few hashes.
        var tree = RightEdge()
        for number in 0..<all.count(of: log.tenant) {
            let entry = try all.entry(number, of: log)
            let checkpoint = entry.checkpoint.checkpoint
            let isNext = last.map { $0.index < entry.index && $0.checkpoint.checkpoint.size < checkpoint.size } ?? true
            last = entry
            guard isNext, entry.index < all.head.size, checkpoint.size <= log.size,
                try all.entryBytes(entry.index..<entry.index + 1) == entry.checkpoint.entry.array
            else {
                find(log.tenant, nil, .entry)
                continue
            }
            while tree.size < checkpoint.size {
                let rows = tree.size..<min(tree.size + Self.chunk, checkpoint.size)
                guard let hashes = try view.leafHashes(rows, of: log) else {
                    return find(log.tenant, rows.lowerBound, .tree)
                }
                tree.append(hashes, lanes: lanes)
            }
            if tree.root != checkpoint.root { find(log.tenant, nil, .entry) }
        }
    }
}
