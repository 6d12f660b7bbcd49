import Events
import Foundation
import TestKit
import Testing

@testable import Journal

/// `docs/formats/journal.md` opens with a file as this program writes it, so that it can never be out of date.
@Suite struct FormatTests {
    private static let document = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/formats/journal.md")

    /// One finished segment: two records of one request and the bookmark of a feed.
    private func example() throws -> [UInt8] {
        let disk = SimulatedDisk(seed: 1)
        var limits = JournalLimits()
        limits.segmentSize = 400
        let journal = try SteppedJournal(disk, limits: limits)
        journal.write(.sample(["{\"id\":1}", "{\"id\":2}"], source: "feed", bookmark: "page 2"))
        journal.write(.sample(["{\"id\":3}"], source: "feed", bookmark: "page 3"))
        return try #require(disk.bytes(of: Segment.fileName(1)))
    }

    private func dump(_ bytes: [UInt8]) -> String {
        func hex(_ number: Int, _ digits: Int) -> String {
            let text = String(number, radix: 16)
            return String(repeating: "0", count: digits - text.count) + text
        }
        var lines: [String] = []
        var before: ArraySlice<UInt8> = []
        for start in stride(from: 0, to: bytes.count, by: 16) {
            let row = bytes[start..<min(start + 16, bytes.count)]
            if row.elementsEqual(before) {
                if lines.last != "*" { lines.append("*") }
                continue
            }
            before = row
            let text = row.map { (0x20..<0x7F).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
            let numbers = row.map { hex(Int($0), 2) }.joined(separator: " ")
            lines.append(
                "\(hex(start, 4))  " + numbers.padding(toLength: 47, withPad: " ", startingAt: 0) + "  \(text)")
        }
        lines.append(hex(bytes.count, 4))
        return lines.joined(separator: "\n")
    }

    @Test func `the example in the description of the format is what is written`() throws {
        let text = try String(contentsOf: Self.document, encoding: .utf8)
        let start = try #require(text.range(of: "```hex\n"))
        let end = try #require(text.range(of: "\n```", range: start.upperBound..<text.endIndex))
        let expected = dump(try example())
        guard ProcessInfo.processInfo.environment["GOLDEN"] == "write" else {
            #expect(text[start.upperBound..<end.lowerBound] == expected)
            return
        }
        let written = text.replacingCharacters(in: start.upperBound..<end.lowerBound, with: expected)
        try Data(written.utf8).write(to: Self.document)
        Issue.record("wrote \(Self.document.path); read the diff, then run again")
    }
}
