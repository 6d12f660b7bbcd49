import Codecs
import Integrity
import Platform

/// The segment at the end of the journal, the only one that grows.
final class OpenSegment {
    let number: UInt64
    private let salt: UInt32
    private let file: any DiskFile
    /// Bytes that are durable.
    private(set) var size: Int
    private var reserved = 0
    private(set) var records: UInt64
    private var frames: UInt64
    /// Of the ``size`` bytes.
    private var hash: SHA256
    private var finished: Digest?
    private let sealed: Digest?
    private var takesSeal: Bool
    /// Steady time.
    let began: Timestamp

    /// Space is set aside in steps of this many bytes.
    private static let reserveStep = 16 << 20

    /// Why nothing was added.
    enum Failure: Error {
        /// The file is as it was; the same may come once more.
        case notWritten(DiskError)
        /// What the file has behind its durable end is not known, nor what it would take from now on.
        case unknown(DiskError)
    }

    /// - Parameter takesSeal: `false` when something was cut off behind its end. A reader may have been there,
    ///   and must not find something else in its place.
    init(
        number: UInt64, salt: UInt32, file: any DiskFile, size: Int, records: UInt64, frames: UInt64,
        hash: consuming SHA256, seal: SegmentSeal?, takesSeal: Bool, began: Timestamp
    ) {
        self.number = number
        self.salt = salt
        self.file = file
        self.size = size
        self.records = records
        self.frames = frames
        self.hash = hash
        self.takesSeal = takesSeal && seal == nil
        sealed = seal?.digest
        self.began = began
    }

    /// Where the next commit will stand.
    var place: Frame.Place { Frame.Place(salt: salt, offset: size) }

    /// Makes some frames durable.
    func append(_ commit: RawSpan, frames: Int, records: Int) throws(Failure) {
        do throws(DiskError) {
            try reserve(size + commit.byteCount)
            try file.write(commit, at: size)
        } catch {
            throw cut(after: error)
        }
        do throws(DiskError) {
            try file.sync()
        } catch {
            // What the kernel did with the pages is unknown, and a second sync would say nothing about them.
            // (Rebello et al., Can Applications Recover from fsync Failures?, USENIX ATC 2020.)
            throw .unknown(error)
        }
        hash.update(commit)
        size += commit.byteCount
        self.frames += UInt64(frames)
        self.records += UInt64(records)
    }

    /// Writes down what the segment holds. Nothing can be added behind it.
    ///
    /// - Returns: `false` for a segment that ends without a seal, or that had one already.
    func seal(now: Timestamp) throws(Failure) -> Bool {
        guard takesSeal else { return false }
        let seal = SegmentSeal(frames: frames, records: records, digest: finish())
        var payload = ByteBuffer()
        seal.write(to: &payload)
        var out = ByteBuffer()
        Frame(kind: .seal, rawSize: payload.count, count: 0, accepted: now)
            .write(payload: payload.bytes, to: &out, commit: place)
        try append(out.bytes, frames: 0, records: 0)
        takesSeal = false
        // Gives back what was set aside and not used; where that fails, it is only room.
        try? file.truncate(to: size)
        return true
    }

    /// What the next segment says of this one: the digest of everything before the seal, as the seal has it.
    /// Nothing can be added behind it.
    func finish() -> Digest { sealed ?? contentDigest() }

    /// The digest of everything before the seal, as it is now.
    func contentDigest() -> Digest {
        if let finished { return finished }
        let digest = hash.finish()
        finished = digest
        return digest
    }

    /// Takes off what may stand behind the durable end, so that no later start takes it for durable.
    /// A reader does not depend on it: the next segment says where this one ends.
    func abandon() {
        takesSeal = false
        try? file.truncate(to: size)
    }

    /// Whether the disk itself, and not only memory, has every byte that was confirmed.
    func isOnDisk() throws(DiskError) -> Bool {
        file.forget()
        return try DiskPieces.digest(file, upTo: size) == finish()
    }

    /// A failed write may have left any part of itself.
    private func cut(after error: DiskError) -> Failure {
        do throws(DiskError) {
            try file.truncate(to: size)
            reserved = 0
            return .notWritten(error)
        } catch {
            return .unknown(error)
        }
    }

    private func reserve(_ needed: Int) throws(DiskError) {
        guard needed > reserved else { return }
        let size = (needed + Self.reserveStep - 1) / Self.reserveStep * Self.reserveStep
        try file.reserve(upTo: size)
        reserved = size
    }
}
