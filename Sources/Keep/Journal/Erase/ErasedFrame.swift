import Codecs
import Events
import Integrity

/// A frame of records without what some of them say, as large as it was.
struct ErasedFrame {
    private var frame: Frame
    private let payload: [UInt8]
    /// What goes behind the end of the segment; empty when the frame has room for what is left.
    let moved: [UInt8]

    /// A frame so small has no room to say where its records are. No such frame is known.
    struct DoesNotFit: Error {}

    /// - Parameter old: its payload, opened.
    /// - Parameter end: where something can be put behind the end of the segment.
    /// - Returns: `nil` when there is nothing to erase, and nothing elsewhere that has to be put elsewhere anew.
    init?(
        _ frame: Frame, _ old: [UInt8], erasing: [TenantName: SequenceSet], end: Int
    ) throws(DoesNotFit) {
        guard var batch = BatchPayload.read(old) else { return nil }
        guard Self.erase(erasing[batch.tenant], of: &batch, from: frame.sequence) || frame.isMoved else { return nil }
        var raw = ByteBuffer(capacity: old.count)
        BatchPayload.write([batch], to: &raw)
        self.frame = frame
        let room = Frame.padded(frame.payloadSize)
        if !frame.isMoved, frame.compression == .none, raw.count <= room {
            while raw.count < room { raw.append(0) }
            payload = raw.bytes.array
            moved = []
            self.frame.rawSize = room
            return
        }
        self.frame.rawSize = raw.count
        var packed = Self.packed(raw, level: 3)
        // It was packed in a hurry; more care makes up for what later records could point back to.
        if packed.count > room { packed = Self.packed(raw, level: 19) }
        if packed.count <= room {
            payload = Self.filled(packed, to: room)
            moved = []
            self.frame.compression = .zstandard
        } else {
            guard room >= MovedPayload.size else { throw DoesNotFit() }
            var out = ByteBuffer()
            let digest = unsafe Digest(of: packed.span.bytes)
            MovedPayload(offset: end, size: packed.count, digest: digest).write(to: &out)
            while out.count < room { out.append(0) }
            payload = out.bytes.array
            moved = packed
            self.frame.kind = .moved
            self.frame.compression = .none
        }
    }

    func write(to out: inout ByteBuffer, at place: Frame.Place) {
        let payload = payload
        frame.write(payload: unsafe payload.span.bytes, to: &out, at: place, distance: frame.commitDistance)
    }

    /// - Returns: whether there was any of them.
    private static func erase(
        _ sequences: SequenceSet?, of batch: inout RecordBatch, from first: UInt64
    ) -> Bool {
        guard let sequences else { return false }
        var isNeeded = Array(repeating: false, count: batch.contexts.count)
        var isChanged = false
        for place in batch.entries.indices {
            if sequences.contains(first + UInt64(place)) {
                batch.entries[place].encoding = .erased
                batch.entries[place].range = .empty
                isChanged = true
            } else if batch.entries[place].encoding != .erased {
                isNeeded[Int(batch.entries[place].context)] = true
            }
        }
        guard isChanged else { return false }
        for place in batch.contexts.indices where !isNeeded[place] { batch.contexts[place] = RecordBatch.Context() }
        return true
    }

    private static func packed(_ raw: borrowing ByteBuffer, level: Int32) -> [UInt8] {
        var packed = ByteBuffer(capacity: raw.count)
        ZstandardCompressor(level: level).compress(raw.bytes, to: &packed)
        return packed.bytes.array
    }

    /// Adds a frame that is skipped, if there is room. What is less than the smallest is the padding of ours.
    private static func filled(_ packed: [UInt8], to room: Int) -> [UInt8] {
        let left = room - packed.count
        guard left >= skippedHead else { return packed }
        var out = ByteBuffer(capacity: room)
        out.append(packed)
        out.append(littleEndian: skippedMagic)
        out.append(littleEndian: UInt32(left - skippedHead))
        while out.count < room { out.append(0) }
        return out.bytes.array
    }

    /// RFC 8878, 3.1.2.
    private static let skippedMagic: UInt32 = 0x184D_2A50
    private static let skippedHead = 8
}
