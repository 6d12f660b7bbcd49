import Platform

/// Writes rows to a Parquet file, durably.
struct SegmentFile {
    let connection: Connection

    /// Whole numbers as differences, texts without a length before each: a fifth smaller than the first version of the
    /// format's encodings, for the same time.
    private static let form = "FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION V2"

    /// - Parameter rows: a query.
    /// - Parameter groupRows: rows of a row group.
    /// - Parameter filters: whether columns of few values get Bloom filters: not worth it for what is merged soon.
    /// - Returns: how large it is.
    func write(
        _ rows: String, _ values: [BoundValue] = [], to name: String, in folder: String, groupRows: Int,
        filters: Bool = true
    ) throws -> Int {
        try connection.execute(
            "COPY (\(rows)) TO \(Self.quoted("\(folder)/\(name).new")) "
                + "(\(Self.form), WRITE_BLOOM_FILTER \(filters), ROW_GROUP_SIZE \(groupRows))",
            values)
        let disk = FolderDisk(folder: folder)
        let file = try disk.open("\(name).new")
        try file.sync()
        let bytes = try file.size()
        try disk.rename("\(name).new", to: name)
        try disk.syncNames()
        return bytes
    }

    /// The rows of files in SQL, with a column for each that one of them has.
    static func rows(of paths: [String]) -> String {
        "read_parquet([\(paths.map(quoted).joined(separator: ", "))], union_by_name = true)"
    }

    /// The same with some columns alone, of which a file may have none.
    ///
    /// The engine then looks at no file before it reads rows: with `union_by_name` it first looks at the columns of all of
    /// them, on one thread, which takes longer than counting the rows of a small file.
    ///
    /// - Parameter columns: one at the least.
    static func rows(of paths: [String], columns: [ScanColumn]) -> String {
        let schema = columns.map { column in
            let name = quoted(column.name)
            return "\(name): {name: \(name), type: '\(column.type.sql)', default_value: NULL}"
        }
        return "read_parquet([\(paths.map(quoted).joined(separator: ", "))], "
            + "schema = MAP {\(schema.joined(separator: ", "))})"
    }

    static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}
