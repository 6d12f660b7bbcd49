import Codecs
import Foundation
import Platform
import Query
import Testing

/// Runs the cases of `Conformance/esql`, and those of `$DOCKET_CONFORMANCE/esql`, which has the same shape.
struct ESQLConformanceTests {
    static let own = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Conformance/esql")

    static let files: [URL] = {
        let other = ProcessInfo.processInfo.environment["DOCKET_CONFORMANCE"].map {
            URL(filePath: $0).appending(path: "esql")
        }
        return ([own] + (other.map { [$0] } ?? [])).flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            return names.filter { $0.hasSuffix(".jsonl") }.sorted().map { folder.appending(path: $0) }
        }
    }()

    private static func lines(of file: URL) throws -> [(number: Int, text: String)] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated().filter { !$0.element.isEmpty }.map { ($0.offset + 1, String($0.element)) }
    }

    @Test(arguments: files) func `ES|QL by its cases`(file: URL) throws {
        let tables = try MemoryTables(folder: file.deletingLastPathComponent().appending(path: "data"))
        let lines = try Self.lines(of: file)
        for line in lines {
            let test = try ESQLCase(line: line.text)
            if let problem = test.problem(on: tables) {
                Issue.record("\(file.lastPathComponent):\(line.number)\n  \(test.query)\n  \(problem)")
            }
        }
        #expect(!lines.isEmpty)
    }

    @Test func `There are enough cases of ES|QL`() throws {
        let own = Self.files.filter { $0.path.hasPrefix(Self.own.path) }
        #expect(try own.reduce(0) { try $0 + Self.lines(of: $1).count } >= 250)
    }
}

/// One line of a suite.
struct ESQLCase {
    let query: String
    /// As clients send them.
    let parameters: ESQLParameters
    /// `name:type`
    let columns: [String]?
    let rows: [[Any]]
    /// Pieces of the warnings, in any order; all of them must be there, and no others.
    let warnings: [String]?
    let isInAnyOrder: Bool
    /// A piece of the error, with its place in front: `1:7: Unknown column [x]`.
    let error: String?

    init(line: String) throws {
        guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
            let query = object["query"] as? String
        else { throw SuiteError("no case: \(line)") }
        self.query = query
        parameters = try ESQLParameters(try JSONValue(parsing: line)["params"]?.array ?? [])
        columns = object["columns"] as? [String]
        rows = object["rows"] as? [[Any]] ?? []
        warnings = object["warnings"] as? [String]
        isInAnyOrder = object["any_order"] as? Bool ?? false
        error = object["error"] as? String
    }

    /// What is not as it should be.
    func problem(on tables: MemoryTables) -> String? {
        let answer: ESQLAnswer
        do {
            answer = try ESQL.parse(query, parameters).plan(tables, now: .sample).answer(
                from: tables, clock: SystemClock())
        } catch {
            guard let wanted = self.error else { return "error: \(error)" }
            return "\(error)".contains(wanted) ? nil : "error: \(error)\n  expected: \(wanted)"
        }
        if let error { return "no error; expected: \(error)" }
        if let columns {
            let wanted = columns.map(Self.normalized)
            let found = answer.columns.map { "\($0.name):\($0.type.rawValue)" }.map(Self.normalized)
            if wanted != found { return "columns: \(found)\n  expected: \(wanted)" }
        }
        var found = answer.rows
        var wanted: [[ESQLValue]]
        do {
            wanted = try rows.map { row in
                guard row.count == answer.columns.count else {
                    throw SuiteError("a row of the case is not as wide as its table")
                }
                return try zip(row, answer.columns).map { try ESQLValue(suite: $0, $1.type) }
            }
        } catch {
            return "case: \(error)\n  rows: \(text(found, answer))"
        }
        if isInAnyOrder {
            found.sort { "\($0)" < "\($1)" }
            wanted.sort { "\($0)" < "\($1)" }
        }
        let isSame =
            found.count == wanted.count
            && zip(found, wanted).allSatisfy { zip($0, $1).allSatisfy { $0.isNear($1) } }
        if !isSame { return "rows: \(text(found, answer))\n  expected: \(text(wanted, answer))" }
        return warnings.flatMap { problem($0, answer) }
    }

    private func problem(_ wanted: [String], _ answer: ESQLAnswer) -> String? {
        let found = answer.warnings.map(\.description) + answer.remarks
        let missing = wanted.filter { piece in !found.contains { $0.contains(piece) } }
        let more = found.filter { text in !wanted.contains { text.contains($0) } }
        return missing.isEmpty && more.isEmpty ? nil : "warnings: \(found)\n  expected: \(wanted)"
    }

    private func text(_ rows: [[ESQLValue]], _ answer: ESQLAnswer) -> String {
        rows.map { row in
            "[" + zip(row, answer.columns).map { $0.text($1.type) }.joined(separator: ", ") + "]"
        }.joined(separator: ", ")
    }

    /// Types that are two names of one.
    private static func normalized(_ column: String) -> String {
        for (other, name) in [(":datetime", ":date"), (":text", ":keyword")] where column.hasSuffix(other) {
            return column.dropLast(other.count) + name
        }
        return column
    }
}

extension ESQLValue {
    /// The same, but for the last digits of doubles.
    fileprivate func isNear(_ other: ESQLValue) -> Bool {
        switch (self, other) {
        case (.double(let left), .double(let right)):
            left == right || (left - right).magnitude <= 1e-9 * max(left.magnitude, right.magnitude)
        case (.many(let left), .many(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isNear($1) }
        default: self == other
        }
    }
}
