import Codecs
import Platform

/// Which stretches of a file may hold an event id: a file beside each Parquet file, of a byte and a half an event.
///
/// Ids are chance, so the smallest and largest of a row group say nothing of those between, and Parquet has Bloom
/// filters for columns with few values only. This is one for each stretch of rows, with the time that the stretch spans;
/// the engine then reads that row group and no other.
///
/// - Shape: `DKTIDF01`; the number of stretches, 4 bytes; for each the first and the last time, 8 bytes each, and the
///   number of its blocks, 4 bytes; then blocks of 32 bytes, as Parquet's split block Bloom filter has them. All numbers
///   little-endian.
/// - Source: *Split block Bloom filter*, apache/parquet-format, BloomFilter.md, with the hash of ``EventID``.
struct IDFilter: Sendable {
    static let suffix = ".ids"
    private static let magic = Array("DKTIDF01".utf8)
    private static let headSize = 12
    private static let stretchSize = 20
    private static let blockSize = 32
    /// One id in some 300 that a stretch does not have is looked for in vain.
    private static let bitsForID = 12

    private struct Group {
        var earliest = Timestamp(nanoseconds: .max)
        var latest = Timestamp(nanoseconds: .min)
        var ids: [EventID] = []
    }

    private var groups: [Group] = []
    private let groupRows: Int

    /// - Parameter groupRows: rows of a stretch.
    init(groupRows: Int) { self.groupRows = groupRows }

    mutating func add(_ id: RawSpan, _ time: Timestamp) {
        if groups.isEmpty || groups[groups.count - 1].ids.count >= groupRows { groups.append(Group()) }
        let last = groups.count - 1
        groups[last].ids.append(EventID(id))
        groups[last].earliest = min(groups[last].earliest, time)
        groups[last].latest = max(groups[last].latest, time)
    }

    // MARK: Writing

    var bytes: [UInt8] {
        var out = ByteBuffer(capacity: 1 << 12)
        out.append(Self.magic)
        out.append(littleEndian: UInt32(groups.count))
        let counts = groups.map { max(1, ($0.ids.count * Self.bitsForID + 255) / 256) }
        for (group, count) in zip(groups, counts) {
            out.append(littleEndian: group.earliest.nanoseconds)
            out.append(littleEndian: group.latest.nanoseconds)
            out.append(littleEndian: UInt32(count))
        }
        for (group, count) in zip(groups, counts) {
            var words = Array<UInt32>(repeating: 0, count: count * 8)
            for id in group.ids {
                let first = Self.block(of: id, count) * 8
                for lane in 0..<8 { words[first + lane] |= Self.bit(of: id, lane) }
            }
            for word in words { out.append(littleEndian: word) }
        }
        return out.array
    }

    private static func block(of id: EventID, _ count: Int) -> Int {
        Int(id.high.multipliedFullWidth(by: UInt64(count)).high)
    }

    private static let salts: [UInt32] = [
        0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31,
    ]

    private static func bit(of id: EventID, _ lane: Int) -> UInt32 {
        1 << ((UInt32(truncatingIfNeeded: id.low) &* salts[lane]) >> 27)
    }

    // MARK: Reading

    /// The stretches of time in which a file may hold an id; `nil` when there is no filter that can be read.
    static func stretches(holding id: String, in file: any DiskFile) throws(DiskError) -> [ClosedRange<Timestamp>]? {
        var name = id
        let id = name.withUTF8 { unsafe EventID(UnsafeRawBufferPointer($0).bytes) }
        let head = try read(file, at: 0, count: headSize)
        guard head.count == headSize, head.starts(with: magic) else { return nil }
        let count = number(head, 8, 4)
        let size = try file.size()
        guard count <= UInt64(size / stretchSize) else { return nil }
        let table = try read(file, at: headSize, count: Int(count) * stretchSize)
        guard table.count == Int(count) * stretchSize else { return nil }
        var place = headSize + table.count
        var found: [ClosedRange<Timestamp>] = []
        for stretch in 0..<Int(count) {
            let start = stretch * stretchSize
            let blocks = Int(number(table, start + 16, 4))
            let earliest = Timestamp(nanoseconds: Int64(bitPattern: number(table, start, 8)))
            let latest = Timestamp(nanoseconds: Int64(bitPattern: number(table, start + 8, 8)))
            guard blocks > 0, earliest <= latest else { return nil }
            let block = try read(file, at: place + block(of: id, blocks) * blockSize, count: blockSize)
            guard block.count == blockSize else { return nil }
            let isThere = (0..<8).allSatisfy { UInt32(number(block, $0 * 4, 4)) & bit(of: id, $0) != 0 }
            if isThere { found.append(earliest...latest) }
            place += blocks * blockSize
        }
        // One that was cut off would deny what is there.
        return place == size ? found : nil
    }

    private static func read(_ file: any DiskFile, at offset: Int, count: Int) throws(DiskError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        var target = unsafe span.mutableBytes
        let done = try file.read(into: &target, at: offset)
        return Array(bytes[..<done])
    }

    private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
    }
}

extension SegmentFolder {
    /// Writes the filter of a Parquet file durably.
    func write(_ filter: IDFilter, of file: String) throws(DiskError) {
        let (folder, name) = split(file)
        try FolderDisk(folder: folder).replace(name + IDFilter.suffix, with: filter.bytes)
    }

    /// The stretches of time in which a file may hold an event; all of them when its filter cannot be read.
    func stretches(of segment: Segment, holding id: String) -> [ClosedRange<Timestamp>] {
        let (folder, name) = split(segment.file)
        let all = [segment.earliest...segment.latest]
        do throws(DiskError) {
            let file = try FolderDisk(folder: folder, readsOnly: true).open(name + IDFilter.suffix)
            return try IDFilter.stretches(holding: id, in: file) ?? all
        } catch {
            return all
        }
    }

    /// The folder of a shelf's file, and its name there.
    func split(_ file: String) -> (folder: String, name: String) {
        guard let slash = file.lastIndex(of: "/") else { return (path, file) }
        return ("\(path)/\(file[..<slash])", String(file[file.index(after: slash)...]))
    }
}

extension SegmentFile {
    /// Makes the filter of a file that was written.
    func filter(of path: String, groupRows: Int) throws -> IDFilter {
        var filter = IDFilter(groupRows: groupRows)
        var rows = try connection.query("SELECT \"event.id\", \"@timestamp\" FROM \(Self.rows(of: [path]))")
        while let chunk = try rows.next() {
            let (ids, times) = (chunk.column(0), chunk.column(1))
            for row in 0..<chunk.count where !ids.isNull(row) {
                if let time = times.timestamp(row) { filter.add(ids.bytes(row), time) }
            }
        }
        return filter
    }
}
