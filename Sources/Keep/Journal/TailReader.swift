import Codecs
import Events
import Platform

/// Reads the last segment after any end of the program: what counts, what is damage, what is a torn tail.
///
/// A commit begins only when the one before it is durable. So a commit with a whole frame proves that all before
/// its start was durable once: what is not whole there is damage. What is not whole and has no later commit
/// behind it is the commit that a crash tore; nobody was told that it is safe, and it is cut off from the first
/// byte that is not whole.
struct TailReader {
    let name: String
    var state: JournalState
    private(set) var findings: [JournalFinding] = []
    /// Behind the last frame that counts.
    private(set) var end: Int
    /// Where the last commit that counts begins.
    private(set) var lastCommit: Int
    private(set) var frames: UInt64
    private(set) var records: UInt64 = 0
    private(set) var seal: (SegmentSeal, offset: Int)?
    /// Whether there are whole frames behind the end.
    private(set) var cutsFrames = false

    private var isDamaged: Bool
    private var suspects: [Suspect] = []

    /// What stands at or behind the first thing that is not whole.
    private struct Suspect {
        var range: Range<Int>
        /// `nil` for bytes that are no frame.
        var frame: Frame?
        /// As much of it as ``BatchPayload/Head`` needs.
        var payload: [UInt8]?
    }

    /// - Parameters:
    ///   - state: as it was in front of the first frame that is read.
    ///   - offset: of that frame.
    ///   - frames: how many whole ones are before it.
    ///   - isDamaged: whether something before it is lost.
    init(name: String, state: JournalState, from offset: Int, frames: UInt64, isDamaged: Bool) {
        self.name = name
        self.state = state
        self.frames = frames
        self.isDamaged = isDamaged
        end = offset
        lastCommit = offset
    }

    /// Something in front of the first frame was durable once and is not whole.
    mutating func damaged(_ range: Range<Int>) { findings.append(.damage(file: name, range: range)) }

    mutating func take(_ item: SegmentScanner.Item) throws(JournalError) {
        switch item {
        case .unknown(let range):
            throw .unreadable(
                file: name, reason: "the frame at \(range.lowerBound) was written by a newer version of Docket")
        case .damage(let range): suspects.append(Suspect(range: range))
        case .lost(let frame, let range):
            settle(before: range.lowerBound - frame.commitDistance)
            suspects.append(Suspect(range: range, frame: frame))
        case .frame(let frame, let payload, let offset):
            let suspect = Suspect(range: offset..<offset + frame.size, frame: frame, payload: payload)
            settle(before: offset - frame.commitDistance)
            if !suspects.isEmpty || !follows(suspect) {
                suspects.append(suspect)
            } else {
                try accept(suspect)
            }
        }
    }

    /// Nothing follows: what is suspect still is the torn tail.
    mutating func finish() { cutsFrames = suspects.contains { $0.payload != nil } }

    /// The segment goes on with a commit at this place, so everything before it was durable.
    private mutating func settle(before commit: Int) {
        guard let first = suspects.first, first.range.lowerBound < commit else { return }
        isDamaged = true
        let settled = suspects
        suspects = []
        for suspect in settled {
            if suspect.payload != nil, (try? accept(suspect)) != nil { continue }
            findings.append(.damage(file: name, range: suspect.range))
            end = suspect.range.upperBound
            guard let frame = suspect.frame, frame.kind == .batch,
                let tenant = state.nextSequence.keys.first(where: { $0.checksum == frame.tenant })
            else { continue }
            pass(tenant, to: frame.sequence)
            let next = frame.sequence + UInt64(frame.count)
            if next > state.nextSequence[tenant] ?? 0 { pass(tenant, to: next) }
        }
    }

    /// Whether the frame goes on where its tenant's log is.
    private func follows(_ suspect: Suspect) -> Bool {
        guard let frame = suspect.frame, let payload = suspect.payload else { return false }
        guard frame.kind == .batch, let head = BatchPayload.Head(payload) else { return true }
        let expected = state.nextSequence[head.tenant] ?? 0
        return frame.sequence == expected || (isDamaged && frame.sequence > expected)
    }

    private mutating func accept(_ suspect: Suspect) throws(JournalError) {
        guard let frame = suspect.frame, let payload = suspect.payload else { return }
        switch frame.kind {
        case .state, .moved: break
        case .seal: seal = SegmentSeal(payload).map { ($0, offset: suspect.range.lowerBound) }
        case .batch:
            guard let head = BatchPayload.Head(payload) else {
                throw .unreadable(
                    file: name,
                    reason: "the frame at \(suspect.range.lowerBound) was written by a newer version of Docket")
            }
            pass(head.tenant, to: frame.sequence)
            state.apply(head, frame)
            records += UInt64(frame.count)
        }
        if frame.kind != .seal { frames += 1 }
        end = suspect.range.upperBound
        lastCommit = suspect.range.lowerBound - frame.commitDistance
    }

    /// The log of a tenant goes on here; what is skipped is missing.
    private mutating func pass(_ tenant: TenantName, to sequence: UInt64) {
        let expected = state.nextSequence[tenant] ?? 0
        guard sequence > expected else { return }
        findings.append(.missing(tenant: tenant, sequences: expected..<sequence))
        state.nextSequence[tenant] = sequence
    }
}

extension TenantName {
    /// See ``Frame/tenant``.
    var checksum: UInt32 {
        let bytes = Array(text.utf8)
        return unsafe CRC32C.of(bytes.span.bytes)
    }
}
