import Codecs
import Events
import Integrity
import Platform

/// Finds the end of a journal and what its writer has to know.
struct JournalRecovery {
    let disk: any Disk
    let clock: any Clock
    /// Chance for the salts of new segments.
    let random: RandomBytes

    struct Opened {
        var state: JournalState
        /// The segment to go on with.
        var segment: OpenSegment
        /// Whether to go on with a new segment instead.
        var needsNewSegment: Bool
        var findings: [JournalFinding]
    }

    func open() throws(JournalError) -> Opened {
        let names = try onDisk { () throws(DiskError) in try disk.names() }
        // A segment gets its name when it is durable; what has none yet was never used.
        for name in names where name.hasSuffix(".seg.new") || name.hasSuffix(SegmentEraser.suffix) {
            try onDisk { () throws(DiskError) in try disk.remove(name) }
        }
        let numbers = names.compactMap(Segment.number(in:)).sorted()
        guard let last = numbers.last else {
            let segment = try onDisk { () throws(DiskError) in
                try create(1, previousEnd: 0, previousDigest: .zero, state: JournalState())
            }
            return Opened(state: JournalState(), segment: segment, needsNewSegment: false, findings: [])
        }
        let findings = try kept(names) + link(numbers)
        var opened = try open(last, of: numbers)
        opened.findings = findings + opened.findings
        return opened
    }

    private func open(_ number: UInt64, of numbers: [UInt64]) throws(JournalError) -> Opened {
        let name = Segment.fileName(number)
        let (file, header) = try openFile(name)
        let size = try onDisk { () throws(DiskError) in try file.size() }
        let (tail, hasState) = try read(file, header, of: numbers, upTo: size)
        return try onDisk { () throws(DiskError) in
            var findings = tail.findings
            if tail.end < size { findings.append(try cut(file, name, size, tail)) }
            try rewrite(file, tail.lastCommit..<tail.end)
            // What was read may be in memory alone: a program that was killed had no time to sync.
            try file.sync()
            try disk.syncNames()

            let segment = OpenSegment(
                number: number, salt: header.salt, file: file, size: tail.end, records: tail.records,
                frames: tail.frames, hash: try hash(file, tail.seal?.offset ?? tail.end), seal: tail.seal?.0,
                takesSeal: tail.end == size, began: clock.steady())
            if let (seal, _) = tail.seal, segment.contentDigest() != seal.digest {
                findings.append(.changed(file: name))
            }
            return Opened(
                state: tail.state, segment: segment,
                // Where something was cut off, a reader may have been further than the end is now.
                needsNewSegment: tail.seal != nil || !hasState || tail.end < size, findings: findings)
        }
    }

    private func openFile(_ name: String) throws(JournalError) -> (any DiskFile, Segment.Header) {
        let (file, header) = try onDisk { () throws(DiskError) in
            let file = try disk.open(name)
            return (file, try Segment.Header.read(file))
        }
        guard let header else {
            throw .unreadable(
                file: name, reason: "its header is damaged, so nothing in it can be read; restore the file")
        }
        return (file, header)
    }

    /// Reads a segment from its state on.
    private func read(
        _ file: any DiskFile, _ header: Segment.Header, of numbers: [UInt64], upTo end: Int
    ) throws(JournalError) -> (tail: TailReader, hasState: Bool) {
        let name = Segment.fileName(header.number)
        let scanner = SegmentScanner(
            file: file, salt: header.salt, from: Segment.headerSize, end: end, opensHeads: true)
        let first = try onDisk { () throws(DiskError) in try scanner.next() }
        var tail: TailReader
        var hasState = false
        if case .frame(let frame, let payload, _) = first, frame.kind == .state, let state = JournalState(payload) {
            tail = TailReader(name: name, state: state, from: scanner.offset, frames: 1, isDamaged: false)
            hasState = true
        } else {
            // The state is what the segment before it ends with.
            let state = try state(before: header, of: numbers)
            tail = TailReader(name: name, state: state, from: scanner.offset, frames: 0, isDamaged: true)
            tail.damaged(Segment.headerSize..<max(scanner.offset, Segment.headerSize))
        }
        while let item = try onDisk({ () throws(DiskError) in try scanner.next() }) { try tail.take(item) }
        tail.finish()
        return (tail, hasState)
    }

    private func state(before header: Segment.Header, of numbers: [UInt64]) throws(JournalError) -> JournalState {
        guard header.number > 1 else { return JournalState() }
        guard numbers.contains(header.number - 1) else {
            throw .unreadable(
                file: Segment.fileName(header.number),
                reason: "its beginning is damaged, and the segment before it is not there")
        }
        let (file, previous) = try openFile(Segment.fileName(header.number - 1))
        let size = try onDisk { () throws(DiskError) in try file.size() }
        return try read(file, previous, of: numbers, upTo: min(size, Int(clamping: header.previousEnd))).tail.state
    }

    /// Cuts off a torn commit. If there is anything whole in it, a copy is kept: a fault of the disk in the last
    /// commit looks the same, and then it is evidence.
    private func cut(_ file: any DiskFile, _ name: String, _ size: Int, _ tail: TailReader) throws(DiskError)
        -> JournalFinding
    {
        var kept: String?
        if tail.cutsFrames {
            let copy = "\(name).\(tail.end).torn"
            if try disk.names().contains(copy) { try disk.remove(copy) }
            let target = try disk.create(copy)
            try DiskPieces.read(file, tail.end..<size) { bytes, place throws(DiskError) in
                try target.write(bytes, at: place - tail.end)
            }
            try target.sync()
            try disk.syncNames()
            kept = copy
        }
        try file.truncate(to: tail.end)
        return .tornTail(file: name, offset: tail.end, bytes: size - tail.end, kept: kept)
    }

    /// Writes what is there once more. After a sync that failed, the kernel may hold the last commit for clean
    /// and never write it; then a sync alone would confirm what is in memory and nowhere else.
    private func rewrite(_ file: any DiskFile, _ range: Range<Int>) throws(DiskError) {
        try DiskPieces.read(file, range) { bytes, place throws(DiskError) in try file.write(bytes, at: place) }
    }

    private func hash(_ file: any DiskFile, _ size: Int) throws(DiskError) -> SHA256 {
        var hash = SHA256()
        try DiskPieces.read(file, 0..<size) { bytes, _ throws(DiskError) in hash.update(bytes) }
        return hash
    }

    /// Makes a segment durable, name and all, before anything is written into it. It has its name only when its
    /// content is on the disk, so a segment without a header is damaged and never just unfinished.
    func create(
        _ number: UInt64, previousEnd: UInt64, previousDigest: Digest, state: JournalState
    ) throws(DiskError) -> OpenSegment {
        let salt = unsafe random.bytes(4).span.bytes.littleEndian(at: 0, as: UInt32.self)
        let place = Frame.Place(salt: salt, offset: 0)
        var out = ByteBuffer()
        Segment.Header(
            number: number, created: clock.now(), previousEnd: previousEnd, previousDigest: previousDigest, salt: salt
        ).write(to: &out)
        var payload = ByteBuffer()
        state.write(to: &payload)
        Frame(kind: .state, payloadSize: payload.count, rawSize: payload.count, accepted: clock.now())
            .write(payload: payload.bytes, to: &out, commit: place)

        let name = Segment.fileName(number)
        let unfinished = name + ".new"
        if try disk.names().contains(unfinished) { try disk.remove(unfinished) }
        let whole = try disk.create(unfinished)
        try whole.write(out.bytes, at: 0)
        try whole.sync()
        try disk.rename(unfinished, to: name)
        try disk.syncNames()
        // Opened by its name, so that errors tell it.
        let file = try disk.open(name)
        var hash = SHA256()
        hash.update(out.bytes)
        return OpenSegment(
            number: number, salt: salt, file: file, size: out.count, records: 0, frames: 1, hash: hash, seal: nil,
            takesSeal: true, began: clock.steady())
    }
}
