import Codecs
import Events
import Platform

/// Makes the frames of one commit. Keeps its memory from one to the next.
struct CommitEncoder: ~Copyable {
    private(set) var out = ByteBuffer(capacity: 1 << 20)
    private(set) var frames = 0
    private(set) var records = 0

    private let frameSize: Int
    /// What is smaller than this stays as it is: packing it takes longer than writing it.
    private static let packedSize = 256
    private let compressor = ZstandardCompressor(level: 1)
    private var payload = ByteBuffer(capacity: 1 << 20)
    private var packed = ByteBuffer(capacity: 1 << 20)

    /// - Parameter frameSize: see ``JournalLimits/frameSize``.
    init(frameSize: Int) { self.frameSize = frameSize }

    /// Writes the batches; neighbors of one tenant and source share frames.
    ///
    /// - Parameter state: moves on over the batches.
    mutating func encode(
        _ taken: [Journal.Pending], at place: Frame.Place, accepted: Timestamp, _ state: inout JournalState
    ) {
        out.removeAll()
        (frames, records) = (0, 0)
        var start = 0
        while start < taken.count {
            let first = taken[start].batch
            var size = taken[start].size
            var end = start + 1
            while end < taken.count, taken[end].batch.tenant == first.tenant, taken[end].batch.source == first.source,
                taken[end].batch.redaction?.rules == first.redaction?.rules, size + taken[end].size <= frameSize
            {
                size += taken[end].size
                end += 1
            }
            let batches = taken[start..<end].map(\.batch)
            write(batches, sequence: state.nextSequence[first.tenant] ?? 0, accepted: accepted, at: place)
            for batch in batches { state.apply(batch, firstSequence: state.nextSequence[batch.tenant] ?? 0) }
            start = end
        }
    }

    /// A commit of nothing but the state. That it is there proves that everything before it was durable.
    mutating func encodeMark(_ state: JournalState, at place: Frame.Place, accepted: Timestamp) {
        out.removeAll()
        payload.removeAll()
        state.write(to: &payload)
        let frame = Frame(kind: .state, rawSize: payload.count, accepted: accepted)
        frame.write(payload: payload, to: &out, commit: place)
        (frames, records) = (1, 0)
    }

    private mutating func write(_ batches: [RecordBatch], sequence: UInt64, accepted: Timestamp, at place: Frame.Place)
    {
        payload.removeAll()
        BatchPayload.write(batches[...], to: &payload)
        packed.removeAll()
        if payload.count >= Self.packedSize { Self.compress(payload, compressor, to: &packed) }
        let count = batches.reduce(0) { $0 + $1.entries.count }
        var frame = Frame(
            kind: .batch, rawSize: payload.count, count: count, sequence: sequence, accepted: accepted,
            tenant: batches[0].tenant.checksum)
        if packed.count > 0, packed.count < payload.count {
            frame.compression = .zstandard
            frame.write(payload: packed, to: &out, commit: place)
        } else {
            frame.write(payload: payload, to: &out, commit: place)
        }
        frames += 1
        records += count
    }

    private static func compress(
        _ payload: borrowing ByteBuffer, _ compressor: borrowing ZstandardCompressor, to packed: inout ByteBuffer
    ) {
        compressor.compress(payload.bytes, to: &packed)
    }
}
