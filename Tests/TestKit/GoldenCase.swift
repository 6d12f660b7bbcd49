public import Foundation
public import Testing

/// A folder of `Conformance/<topic>/` with what goes in and what is expected to come out.
public struct GoldenCase: Sendable, CustomTestStringConvertible {
    public let folder: URL

    /// All cases of a topic, in the order of their names.
    public static func all(of topic: String, file: String = #filePath) throws -> [GoldenCase] {
        let root = URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let topic = root.appending(path: "Conformance").appending(path: topic)
        return try FileManager.default.contentsOfDirectory(atPath: topic.path).sorted()
            .map { GoldenCase(folder: topic.appending(path: $0)) }
            // Beside them there may be files of cases, which others read.
            .filter { (try? FileManager.default.contentsOfDirectory(atPath: $0.folder.path)) != nil }
    }

    public var testDescription: String { folder.lastPathComponent }

    /// The text of a file of the case, without the line feed at its end; `nil` if there is no such file.
    public func text(_ name: String) throws -> String? {
        let file = folder.appending(path: name)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        let text = try String(contentsOf: file, encoding: .utf8)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// Compares with a file of the case. With `GOLDEN=write` it writes that file instead, and still fails,
    /// so that nobody merges what nobody read.
    public func expect(_ actual: String, in name: String, at place: SourceLocation = #_sourceLocation) throws {
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["GOLDEN"] == "write" {
            try Data((actual + "\n").utf8).write(to: file)
            Issue.record("wrote \(file.path); read the diff, then run again", sourceLocation: place)
        } else {
            let expected = try text(name)
            #expect(actual == expected, sourceLocation: place)
        }
    }
}
