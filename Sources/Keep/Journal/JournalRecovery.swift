import Codecs
import Events
import Platform

/// Finds the end of a journal and what its writer has to know.
struct JournalRecovery {
    let disk: any Disk
    let clock: any Clock

    struct Opened {
        var state: JournalState
        var end: JournalPosition
        /// The segment to go on with.
        var file: any DiskFile
        var findings: [JournalFinding]
    }

    func open() throws(JournalError) -> Opened {
        let numbers: [UInt64]
        do throws(DiskError) {
            numbers = try disk.names().compactMap(Segment.number(in:)).sorted()
        } catch {
            throw .disk(error)
        }
        for (earlier, later) in zip(numbers, numbers.dropFirst()) where later != earlier + 1 {
            throw .unreadable(file: Segment.fileName(earlier + 1), reason: "the segment is missing")
        }
        do throws(DiskError) {
            if let last = numbers.last, let opened = try open(last) { return opened }
            if let before = numbers.dropLast().last, let opened = try open(before) { return opened }
            if numbers.count < 2 { return try create(after: nil, state: JournalState(), findings: []) }
        } catch {
            throw .disk(error)
        }
        throw .unreadable(file: Segment.fileName(numbers[numbers.count - 2]), reason: "this is no journal segment")
    }

    /// - Returns: `nil` for a segment that a power loss left without a header; its file is then removed.
    private func open(_ number: UInt64) throws(DiskError) -> Opened? {
        let name = Segment.fileName(number)
        let file = try disk.open(name)
        let size = try file.size()
        if try Self.header(of: file, size: size)?.number != number {
            // Between making the file and its first sync nothing can be acknowledged. If there are records all
            // the same, the header was damaged later: read on, and say so.
            guard try Self.hasRecords(file, size: size) else {
                try disk.remove(name)
                return nil
            }
        }
        var state = JournalState()
        var findings: [JournalFinding] = []
        if try Self.header(of: file, size: size) == nil {
            findings.append(.damage(file: name, range: 0..<Segment.headerSize))
        }
        let scanner = SegmentScanner(file: file, from: Segment.headerSize, end: size)
        while let item = try scanner.next() {
            switch item {
            case .frame(let frame, let payload, _):
                if !Self.apply(frame, payload, to: &state) {
                    findings.append(.damage(file: name, range: scanner.offset - frame.size..<scanner.offset))
                }
            case .damage(let range): findings.append(.damage(file: name, range: range))
            }
        }
        if size > scanner.offset {
            findings.append(.tornTail(file: name, offset: scanner.offset, bytes: size - scanner.offset))
            try file.truncate(to: scanner.offset)
            try file.sync()
        }
        return Opened(
            state: state, end: JournalPosition(segment: number, offset: UInt64(scanner.offset)), file: file,
            findings: findings)
    }

    /// Makes the next segment durable, name and all, before anything is written into it.
    func create(
        after end: JournalPosition?, state: JournalState, findings: [JournalFinding]
    ) throws(DiskError) -> Opened {
        let number = (end?.segment ?? 0) + 1
        var out = ByteBuffer()
        Segment.Header(number: number, created: clock.now(), previousEnd: end?.offset ?? 0).write(to: &out)
        var payload = ByteBuffer()
        state.write(to: &payload)
        Frame(
            kind: .state, compression: .none, payloadSize: payload.count, rawSize: payload.count, count: 0, sequence: 0,
            accepted: clock.now()
        ).write(payload: payload.bytes, to: &out)
        let file = try disk.create(Segment.fileName(number))
        try file.write(out.bytes, at: 0)
        try file.sync()
        try disk.syncNames()
        return Opened(
            state: state, end: JournalPosition(segment: number, offset: UInt64(out.count)), file: file,
            findings: findings)
    }

    private static func hasRecords(_ file: any DiskFile, size: Int) throws(DiskError) -> Bool {
        let scanner = SegmentScanner(file: file, from: Segment.headerSize, end: size)
        while let item = try scanner.next() {
            if case .frame(let frame, _, _) = item, frame.kind == .batch { return true }
        }
        return false
    }

    private static func apply(_ frame: Frame, _ payload: [UInt8], to state: inout JournalState) -> Bool {
        switch frame.kind {
        case .state:
            guard let read = JournalState(payload) else { return false }
            state = read
        case .batch:
            guard let batch = BatchPayload.read(payload) else { return false }
            state.apply(batch, firstSequence: frame.sequence)
        }
        return true
    }

    static func header(of file: any DiskFile, size: Int) throws(DiskError) -> Segment.Header? {
        guard size >= Segment.headerSize else { return nil }
        var bytes = [UInt8](repeating: 0, count: Segment.headerSize)
        var span = bytes.mutableSpan
        var target = unsafe span.mutableBytes
        _ = try file.read(into: &target, at: 0)
        return unsafe Segment.Header(bytes.span.bytes)
    }
}
