import Integrity
public import Ledger
import Platform

/// The log of a tenant as files that any client of the format reads, on a web server or as they lie.
///
/// - Source: C2SP tlog-tiles.
extension Evidence {
    /// Writes `checkpoint`, `tile/…` and `tile/entries/…`. Tiles that are full never change, and are left alone when they
    /// are there; the checkpoint comes last, so that it never speaks of what is not there.
    ///
    /// - Returns: how many records they hold.
    public func exportTiles(of log: LedgerView.Log, to folder: String) throws(StartError) -> UInt64 {
        let note = try checkpoint(of: log, size: nil)
        guard let size = Checkpoint(text: note.text)?.size, size <= log.size else {
            throw StartError("the last checkpoint of `\(log.tenant)` cannot be read; `docket verify` says more")
        }
        for place in TilePlace.all(of: size) {
            try write(place.path, in: folder, isFinal: place.isFull) { () throws(LedgerError) in
                try view.tile(at: place, of: log).bytes
            }
            guard place.level == 0 else { continue }
            let path = TilePlace.entriesPath(index: place.index, width: place.width)
            try write(path, in: folder, isFinal: place.isFull) { () throws(LedgerError) in
                let first = place.index * UInt64(TilePlace.fullWidth)
                var bundle: [UInt8] = []
                for leaf in try view.leaves(first..<first + UInt64(place.width), of: log) {
                    let bytes = leaf.bytes
                    let isAdded = EntryBundle.append(unsafe bytes.span.bytes, to: &bundle)
                    precondition(isAdded, "a leaf is larger than an entry may be")
                }
                return bundle
            }
        }
        try inFolder { () throws(DiskError) in
            try FolderDisk(folder: folder).replace("checkpoint", with: Array(note.whole.utf8))
        }
        return size
    }

    private func write(
        _ path: String, in folder: String, isFinal: Bool, _ contents: () throws(LedgerError) -> [UInt8]
    ) throws(StartError) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let disk = FolderDisk(folder: "\(folder)/\(path[..<slash])")
        let name = String(path[path.index(after: slash)...])
        let isThere = try inFolder { () throws(DiskError) in
            try FolderDisk.makeFolder(disk.folder)
            let names = isFinal ? try disk.names() : []
            return names.contains(name)
        }
        if isThere { return }
        let bytes = try ledger(contents)
        // A name says that the file is whole.
        let new = name + ".new"
        try inFolder { () throws(DiskError) in
            if try disk.names().contains(new) { try disk.remove(new) }
            try disk.create(new).write(unsafe bytes.span.bytes, at: 0)
            try disk.rename(new, to: name)
        }
    }
}
