import Foundation
import Pipeline
import Platform

/// A data directory that goes away with the value.
final class BookFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var file: String { "\(path)/\(CredentialBook.fileName)" }
    func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: file)) }
    func text() throws -> String { try String(contentsOfFile: file, encoding: .utf8) }
    func book() throws -> CredentialBook { try CredentialBook(folder: path) }
}

extension Timestamp {
    /// 2026-10-08T08:15:18Z
    static let sample = Timestamp(nanoseconds: 1_791_447_318_000_000_000)
}
