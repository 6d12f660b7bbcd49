import ArchiveFormat
import Codecs
import Events
import Integrity
import Platform

/// The files of a tenant whose records wait to be archived.
///
///     TENANT.lines ─▶ TENANT.object, with TENANT.plan when it may have been sent in part
struct WaitingFiles {
    let disk: any Disk
    let tenant: TenantName

    /// Bytes of lines that become one frame.
    static let frame = 1 << 20

    private var linesName: String { "\(tenant).lines" }
    private var objectName: String { "\(tenant).object" }

    /// - Parameter start: bytes of lines that are there already; with none, what is there was given up.
    func append(_ lines: [UInt8], at start: Int) throws(ArchiveError) {
        try onDisk { () throws(DiskError) in
            var isThere = try disk.names().contains(linesName)
            if isThere, start == 0 {
                try disk.remove(linesName)
                isThere = false
            }
            let file = try isThere ? disk.open(linesName) : disk.create(linesName)
            try unsafe file.write(lines.span.bytes, at: start)
        }
    }

    /// Compresses the lines, frame by frame, so that memory has a bound and the same lines are always the same bytes.
    func makeObject() throws(ArchiveError) -> (size: Int, digest: Digest) {
        try onDisk { () throws(DiskError) -> (size: Int, digest: Digest) in
            let source = try disk.open(linesName)
            if try disk.names().contains(objectName) { try disk.remove(objectName) }
            let object = try disk.create(objectName)
            let compressor = ZstandardCompressor(level: 3)
            var digest = SHA256()
            var (place, size) = (0, 0)
            let end = try source.size()
            while place < end {
                let piece = try Self.lines(of: source, from: place, end: end)
                var packed = ByteBuffer(capacity: piece.count / 2)
                unsafe compressor.compress(piece.span.bytes, to: &packed)
                try object.write(packed.bytes, at: size)
                digest.update(packed.bytes)
                size += packed.count
                place += piece.count
            }
            try object.sync()
            try disk.syncNames()
            return (size, digest.finish())
        }
    }

    /// Whole lines: as many as are less than a frame, and one at the least.
    private static func lines(of file: any DiskFile, from place: Int, end: Int) throws(DiskError) -> [UInt8] {
        var count = frame
        while true {
            let bytes = try file.bytes(place..<min(place + count, end))
            if let last = bytes.lastIndex(of: 0x0A) { return Array(bytes[...last]) }
            if place + bytes.count >= end { return bytes }
            count *= 2
        }
    }

    /// Whether the object is there that a manifest tells of.
    func isObject(of manifest: ArchiveManifest) throws(ArchiveError) -> Bool {
        try onDisk { () throws(DiskError) in
            guard try disk.names().contains(objectName) else { return false }
            let file = try disk.open(objectName)
            let size = try file.size()
            let digest = try FileDigest.of(file, size: size)
            return size == manifest.size && digest == manifest.digest
        }
    }

    func object(size: Int, digest: Digest) throws(ArchiveError) -> ArchiveContent {
        let file = try onDisk { () throws(DiskError) in try disk.open(objectName) }
        return ArchiveContent(size: size, digest: digest) { range throws(DiskError) in try file.bytes(range) }
    }

    /// The plan goes first: without it the rest means nothing.
    func remove() throws(ArchiveError) {
        try onDisk { () throws(DiskError) in
            for name in ["\(tenant).plan", objectName, linesName] where try disk.names().contains(name) {
                try disk.remove(name)
                try disk.syncNames()
            }
        }
    }
}
