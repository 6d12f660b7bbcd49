public import Codecs
import Events
import Foundation
public import Platform
public import Query
public import Testing

/// Cases of a query language as data, in the shape of `Conformance/README.md`.
public struct ConformanceCase: Sendable, CustomTestStringConvertible {
    /// Documents, and what is known of their fields.
    public struct Data: Sendable {
        public var schema = FieldSchema(.standard)
        /// Whether the schema is the one that the store has.
        public var isStandard = true
        public var documents: [JSONValue] = []
        public var now = Timestamp(nanoseconds: 1_791_447_318_137_000_000)

        /// The id of a document: its `event.id`, or its place, counted from 1.
        public func id(_ place: Int) -> String {
            let document = documents[place]
            let id = document["event.id"] ?? document["event"]?["id"] ?? document["_id"]
            return id.map { $0.string ?? $0.text } ?? String(place + 1)
        }
    }

    public let name: String
    public let query: String
    public let data: Data
    /// What the case says besides.
    public let value: JSONValue

    public var testDescription: String { name }

    /// All cases in the files of `Conformance/<topic>/`, and of a folder in `DOCKET_CONFORMANCE`, where there is one.
    public static func all(of topic: String, file: String = #filePath) throws -> [ConformanceCase] {
        let root = URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var folders = [root.appending(path: "Conformance").appending(path: topic)]
        if let other = ProcessInfo.processInfo.environment["DOCKET_CONFORMANCE"] {
            folders.append(URL(filePath: other).appending(path: topic))
        }
        return try folders.flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            return try names.sorted().filter { $0.hasSuffix(".json") || $0.hasSuffix(".jsonl") }.flatMap {
                try cases(in: folder.appending(path: $0))
            }
        }
    }

    private static func cases(in file: URL) throws -> [ConformanceCase] {
        let text = try String(contentsOf: file, encoding: .utf8)
        var data = Data()
        var values: [JSONValue] = []
        if file.pathExtension == "jsonl" {
            values = try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        } else {
            let suite = try JSONValue(parsing: text)
            data = try read(suite, data, file)
            values = suite["cases"]?.array ?? []
        }
        return try values.enumerated().map { place, value in
            let query = try #require(
                value["query"]?.string, "\(file.lastPathComponent): case \(place + 1) has no query")
            let name = value["name"]?.string ?? query
            return ConformanceCase(
                name: "\(file.deletingPathExtension().lastPathComponent) \(place + 1): \(name)", query: query,
                data: try read(value, data, file), value: value)
        }
    }

    private static func read(_ value: JSONValue, _ known: Data, _ file: URL) throws -> Data {
        var data = known
        if let other = value["data"]?.string {
            let text = try String(
                contentsOf: file.deletingLastPathComponent().appending(path: other), encoding: .utf8)
            data = try read(try JSONValue(parsing: text), data, file)
        }
        if let documents = value["documents"]?.array { data.documents = documents }
        if let fields = value["schema"]?.members {
            data.isStandard = false
            data.schema = FieldSchema(
                try fields.map { member in
                    let type = try #require(member.value.string)
                    let name = type.hasSuffix("[]") ? String(type.dropLast(2)) : type
                    return Field(
                        member.key, try #require(FieldType(rawValue: name), "\(member.key): \(type) is no type"),
                        isMultiValued: type.hasSuffix("[]"))
                })
        }
        if let now = value["now"]?.string { data.now = try #require(RFC3339.parse(now.utf8)) }
        return data
    }

    // MARK: What is expected

    public var ids: [String]? { value["ids"]?.array?.map { $0.string ?? $0.text } }
    public var parsed: String? { value["parsed"]?.string }
    public var isError: Bool { value["error"] != nil && value["error"] != .bool(false) }
    public func isTrue(_ name: String) -> Bool { value[name]?.bool == true }

    /// Compares an error with what the case says of it.
    public func expect(_ error: QueryError, at place: SourceLocation = #_sourceLocation) {
        guard isError else {
            Issue.record("\(query)\n\(error)", sourceLocation: place)
            return
        }
        guard let wanted = value["error"]?.members else { return }
        let found: [String: JSONValue] = [
            "line": .integer(Int64(error.line)), "column": .integer(Int64(error.column)),
            "message": .string(error.message), "hint": error.hint.map { .string($0) } ?? .null,
        ]
        for member in wanted { #expect(found[member.key] == member.value, "\(query)", sourceLocation: place) }
        if value["error"]?["message"] != nil, value["error"]?["hint"] == nil {
            #expect(error.hint == nil, "\(query)", sourceLocation: place)
        }
    }
}

extension ConformanceCase {
    /// What a case says to the reader of KQL.
    public func kqlOptions() throws -> KQLOptions {
        var options = KQLOptions()
        switch value["dialect"]?.string {
        case nil, "kibana": options.dialect = .kibana
        case "elasticsearch": options.dialect = .elasticsearch
        case let other?: Issue.record("\(name): \(other) is no dialect")
        }
        if value["leading_wildcard"]?.bool == false { options.allowsLeadingWildcard = false }
        if isTrue("case_insensitive") { options.letters = .ignored }
        if let seconds = value["zone"]?.integer { options.secondsFromUTC = Int(seconds) }
        return options
    }
}
