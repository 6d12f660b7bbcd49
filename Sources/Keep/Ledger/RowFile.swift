import Platform

/// Rows of one size, one behind the other, in files of a million rows each.
///
/// A row is found by its number alone, so nothing has to be kept that says where it is, and a tile of a tree is a
/// stretch of rows. What stands behind the rows that the state counts is left over from a crash and written over.
///
/// - Shape: files `NAME.0000`, `NAME.0001` and so on, or longer numbers.
/// - Threads: one at a time.
final class RowFile {
    /// Rows of a file.
    static let rowsPerFile: UInt64 = 1 << 20

    private let disk: any Disk
    private let name: String
    let rowSize: Int
    private var open: [UInt64: any DiskFile] = [:]
    private var unsynced: Set<UInt64> = []
    /// Whether a file is new, so that its name has to be made durable, too.
    private var hasNewNames = false

    /// Files that are kept open; they are read one after another nearly always.
    private static let openLimit = 4

    init(disk: any Disk, name: String, rowSize: Int) {
        self.disk = disk
        self.name = name
        self.rowSize = rowSize
    }

    /// Writes whole rows.
    func write(_ bytes: RawSpan, at row: UInt64) throws(DiskError) {
        precondition(bytes.byteCount % rowSize == 0, "not a whole number of rows")
        var row = row
        var place = 0
        while place < bytes.byteCount {
            let number = row / Self.rowsPerFile
            let rows = min(UInt64((bytes.byteCount - place) / rowSize), (number + 1) * Self.rowsPerFile - row)
            let end = place + Int(rows) * rowSize
            try file(number, creates: true)!.write(bytes.extracting(place..<end), at: offset(of: row))
            unsynced.insert(number)
            row += rows
            place = end
        }
    }

    /// - Returns: `nil` when there are not so many rows.
    func read(_ rows: Range<UInt64>) throws(DiskError) -> [UInt8]? {
        var bytes: [UInt8] = []
        var row = rows.lowerBound
        while row < rows.upperBound {
            let number = row / Self.rowsPerFile
            let end = min(rows.upperBound, (number + 1) * Self.rowsPerFile)
            guard let file = try file(number, creates: false) else { return nil }
            var part = [UInt8](repeating: 0, count: Int(end - row) * rowSize)
            var span = part.mutableSpan
            var target = unsafe span.mutableBytes
            guard try file.read(into: &target, at: offset(of: row)) == part.count else { return nil }
            bytes = bytes.isEmpty ? part : bytes + part
            row = end
        }
        return bytes
    }

    /// Makes durable what was written to some of them, and the names of new files.
    static func sync(_ files: [RowFile], _ disk: any Disk) throws(DiskError) {
        for file in files { try file.sync() }
        guard files.contains(where: \.hasNewNames) else { return }
        try disk.syncNames()
        for file in files { file.hasNewNames = false }
    }

    private func sync() throws(DiskError) {
        for number in unsynced.sorted() { try file(number, creates: false)?.sync() }
        unsynced.removeAll()
    }

    /// A name and a number of four digits at least.
    static func fileName(_ name: String, _ number: UInt64) -> String {
        let digits = String(number)
        return "\(name).\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)"
    }

    private func offset(of row: UInt64) -> Int { Int(row % Self.rowsPerFile) * rowSize }

    private func file(_ number: UInt64, creates: Bool) throws(DiskError) -> (any DiskFile)? {
        if let known = open[number] { return known }
        let fileName = Self.fileName(name, number)
        let isThere = try disk.names().contains(fileName)
        if !isThere, !creates { return nil }
        if open.count >= Self.openLimit, unsynced.isEmpty { open.removeAll() }
        let file = try isThere ? disk.open(fileName) : disk.create(fileName)
        if !isThere { hasNewNames = true }
        open[number] = file
        return file
    }
}
