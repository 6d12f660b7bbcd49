import Events
import Platform

/// Where in a journal a record is, found by halves: each segment begins with what the sequences of all tenants are.
struct JournalSearch {
    private let disk: any Disk
    private let tenant: TenantName
    /// Segments that there are, up to the last one that may be read.
    private let numbers: [UInt64]

    /// A state of some thousand tenants is in one read.
    private static let window = 64 << 10

    init(_ disk: any Disk, tenant: TenantName, upTo end: JournalPosition) throws(DiskError) {
        self.disk = disk
        self.tenant = tenant
        numbers = try disk.names().compactMap(Segment.number(in:)).filter { $0 <= end.segment }.sorted()
    }

    /// The last segment that begins at or before a record; the record is in it, if the journal has it and nothing is
    /// damaged.
    ///
    /// A segment whose state cannot be read counts as the one before it, so that reading begins early and not late.
    ///
    /// - Returns: `nil` when there are no segments.
    func segment(of sequence: UInt64) throws(DiskError) -> UInt64? {
        guard !numbers.isEmpty else { return nil }
        var low = 0
        var high = numbers.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if try begin(at: middle).sequence <= sequence { low = middle } else { high = middle }
        }
        return numbers[try begin(at: low).place]
    }

    /// The first sequence of the tenant in a segment, or in the nearest one before it that says so.
    private func begin(at place: Int) throws(DiskError) -> (place: Int, sequence: UInt64) {
        for place in stride(from: place, to: 0, by: -1) {
            if let state = try state(numbers[place]) { return (place, state.nextSequence[tenant] ?? 0) }
        }
        return (0, 0)
    }

    private func state(_ number: UInt64) throws(DiskError) -> JournalState? {
        let file = try disk.open(Segment.fileName(number))
        guard let header = try Segment.Header.read(file) else { return nil }
        let scanner = SegmentScanner(
            file: file, salt: header.salt, from: Segment.headerSize, end: try file.size(), window: Self.window)
        guard case .frame(let frame, let payload, _)? = try scanner.next(), frame.kind == .state else { return nil }
        return JournalState(payload)
    }
}
