import Platform

/// Looks at the files as such, before anything in them is read.
extension JournalRecovery {
    /// What earlier starts cut off and kept is told again until somebody takes the file away.
    func kept(_ names: [String]) throws(JournalError) -> [JournalFinding] {
        var findings: [JournalFinding] = []
        for name in names.sorted() {
            let parts = name.split(separator: ".")
            guard parts.count == 4, parts[3] == "torn", let offset = Int(parts[2]) else { continue }
            let size = try onDisk { () throws(DiskError) in try disk.open(name).size() }
            findings.append(.tornTail(file: "\(parts[0]).\(parts[1])", offset: offset, bytes: size, kept: name))
        }
        return findings
    }

    /// A segment as it looks from outside.
    private struct Outline {
        let number: UInt64
        let file: any DiskFile
        let header: Segment.Header?
        let size: Int
    }

    /// Looks at the beginning of every segment, at its size, and at its seal; what is between is for readers.
    func link(_ numbers: [UInt64]) throws(JournalError) -> [JournalFinding] {
        var findings: [JournalFinding] = []
        var previous: Outline?
        for number in numbers {
            let name = Segment.fileName(number)
            if let previous, number != previous.number + 1 { throw missing(previous.number + 1) }
            let segment = try onDisk { () throws(DiskError) in
                let file = try disk.open(name)
                return Outline(number: number, file: file, header: try Segment.Header.read(file), size: try file.size())
            }
            if let header = segment.header, header.number != number {
                throw .unreadable(
                    file: name, reason: "this is segment \(header.number) under another name; restore the file")
            }
            if let previous {
                findings += try onDisk { () throws(DiskError) in try compare(previous, with: segment.header) }
            }
            previous = segment
        }
        return findings
    }

    private func missing(_ number: UInt64) -> JournalError {
        let name = Segment.fileName(number)
        return .unreadable(
            file: name,
            reason: "the segment is missing; restore it, or, if it is lost, make an empty file of this name to go on"
                + " without its records")
    }

    /// What a segment says of the one before it must be true.
    private func compare(_ segment: Outline, with next: Segment.Header?) throws(DiskError) -> [JournalFinding] {
        let name = Segment.fileName(segment.number)
        guard let own = segment.header else {
            return [.damage(file: name, range: 0..<(next.map { Int(clamping: $0.previousEnd) } ?? segment.size))]
        }
        guard let next else { return [] }
        guard let end = Int(exactly: next.previousEnd), end <= segment.size else {
            return [.damage(file: name, range: segment.size..<Int(clamping: next.previousEnd))]
        }
        let seal = try SegmentSeal.read(segment.file, salt: own.salt, end: end)
        return seal.map { (own.finished ?? $0.digest) == next.previousDigest } ?? true ? [] : [.changed(file: name)]
    }
}
