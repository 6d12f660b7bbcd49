public import Codecs

/// The receipt of an export as a file beside it, as the console gives it.
///
/// - Shape: `docs/formats/export-receipt.md`.
public struct ExportReceiptFile: Sendable {
    public let id: String
    /// The place of the receipt's record in the log; `nil` where it was not known.
    public let record: UInt64?
    public let bytes: Int
    /// SHA-256 of the file, in hexadecimal digits.
    public let digest: String
    public let json: JSONValue

    /// What receipts begin with, and no other file.
    private static let beginning = #"{"receipt":"docket-export/v1""#

    /// Whether a file says that it is one.
    public static func isOne(_ file: [UInt8]) -> Bool { file.starts(with: beginning.utf8) }

    /// - Returns: `nil` for what is none, and for one of an export that broke off.
    public init?(_ file: [UInt8]) {
        guard Self.isOne(file), let json = try? JSONValue(parsing: file), let id = json["id"]?.string,
            let bytes = json["bytes"]?.integer, let digest = json["sha256"]?.string
        else { return nil }
        self.id = id
        self.bytes = Int(clamping: bytes)
        self.digest = digest
        self.json = json
        record = json["record"]?.integer.flatMap { UInt64(exactly: $0) }
    }

    /// What it says, a line each, for people.
    public var facts: [String] {
        func text(_ name: String) -> String? { json[name]?.string }
        var lines = ["Taken at \(text("time") ?? "?") by \(text("user") ?? "somebody without a name")."]
        let query = text("query").flatMap { $0.isEmpty ? nil : $0 } ?? "all events"
        lines.append("Query: \(query)" + (text("filter").map { "; filter: \($0)" } ?? ""))
        lines.append("Time: \(text("from") ?? "the beginning") to \(text("to") ?? "the end")")
        lines.append("\(json["rows"]?.integer ?? 0) rows, \(bytes) bytes.")
        if json["cut"]?.bool == true {
            lines.append("There was more than an export may have, or something could not be looked at.")
        }
        if let size = json["checkpoint"]?["size"]?.integer, let origin = json["checkpoint"]?["origin"]?.string {
            lines.append("The last checkpoint then: \(size) records of \(origin).")
        }
        return lines
    }
}
