import Codecs
import Foundation
import TestKit
import Testing

@testable import Events

@Suite struct `The field catalog` {
    private let catalog = FieldCatalog.standard

    /// Below the root of the repository.
    private static func text(_ path: String, file: String = #filePath) throws -> String {
        let root = URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    @Test func `The page of fields is what the catalog says`() throws {
        let isFresh = try Self.text("docs/fields.md") == catalog.page
        #expect(isFresh, "docs/fields.md is not what Content/fields.tsv says; `make docs` writes it anew")
    }

    @Test func `Fields that Elastic's packages declare have the same types`() throws {
        let rows = try Self.text("Conformance/fields/packages.tsv").split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(rows.count == 1 + 172 + 76)
        for row in rows.dropFirst() {
            let cells = row.split(separator: "\t").map(String.init)
            let field = try #require(catalog.id(of: cells[0]), "\(cells[0]) is missing")
            #expect(catalog[field].name == cells[0], "\(cells[0]) is only another name")
            #expect(catalog[field].type.rawValue == cells[1], "\(cells[0])")
        }
    }

    @Test func `Every field is described in a sentence of its own`() {
        var meanings: [String: [String]] = [:]
        for field in catalog.fields {
            #expect(field.description.hasSuffix("."), "\(field.name)")
            #expect(!field.description.contains("|"), "\(field.name): a bar would end the cell of the page")
            // Reports are split by the same things.
            let name = field.name.replacing("claude_cowork.", with: "claude_code.")
                .replacing("anthropic.cost.", with: "anthropic.usage.")
                .replacing("anthropic.analytics.", with: "anthropic.usage.")
            meanings[field.description, default: []].append(name)
        }
        for (meaning, names) in meanings where Set(names).count > 1 {
            Issue.record("\(names) are all said to be: \(meaning)")
        }
    }

    @Test func `Claude Code and Cowork share the meaning of an attribute`() {
        for field in catalog.fields where field.name.hasPrefix("claude_cowork.events.") {
            let name = field.name.replacing("claude_cowork.", with: "claude_code.")
            guard let twin = catalog.id(of: name).map({ catalog[$0] }), twin.name == name else { continue }
            #expect(twin.type == field.type && twin.isMany == field.isMany, "\(name)")
            #expect(twin.description == field.description, "\(name)")
        }
    }

    @Test func `Golden documents hold what the catalog says`() throws {
        var counts: [String: Count] = [:]
        for golden in try GoldenCase.all(of: "normalize") {
            let imported = try golden.text("stream.txt") == "ecs.imported"
            for line in try golden.text("expected.ndjson")?.split(separator: "\n") ?? [] where !line.isEmpty {
                let document = try JSONValue(parsing: String(line))
                look(at: document, "", golden.testDescription, isImported: imported, &counts)
            }
        }
        #expect(counts.count > 150)
        // A value that the catalog does not expect is the subject of one case or another, never the rule.
        for (name, count) in counts where count.fitting == 0 {
            #expect(count.cases.count < 2, "\(name) never holds what the catalog says, in \(count.cases)")
        }
    }

    private struct Count {
        var fitting = 0
        var cases: Set<String> = []
    }

    /// Every leaf is a field of the catalog, below a flattened one, or an attribute of a stream.
    private func look(
        at value: JSONValue, _ name: String, _ example: String, isImported: Bool, _ counts: inout [String: Count]
    ) {
        if let id = catalog.id(of: name), catalog[id].name == name {
            let field = catalog[id]
            if field.type != .flattened {
                let isList = value.array != nil
                // What a tool was given is written as it was sent, whatever it was.
                #expect(isList == field.isMany || example == "tool-values-of-any-type", "\(name) in \(example)")
            }
            let values = field.type == .flattened ? [value] : value.array ?? [value]
            for value in values {
                counts[name, default: Count()].cases.insert(example)
                if Self.fits(value, field.type) { counts[name, default: Count()].fitting += 1 }
            }
            return
        }
        if let members = value.members, !members.isEmpty {
            for member in members {
                let name = name.isEmpty ? member.key : "\(name).\(member.key)"
                look(at: member.value, name, example, isImported: isImported, &counts)
            }
            return
        }
        let streams = [
            "anthropic.audit.", "anthropic.audit_log.", "claude_code.events.", "claude_code.metrics.",
            "claude_cowork.events.",
        ]
        #expect(
            isImported || streams.contains { name.hasPrefix($0) }, "\(name) in \(example) is not in Content/fields.tsv")
    }

    private static func fits(_ value: JSONValue, _ type: FieldType) -> Bool {
        switch (type, value) {
        case (.keyword, .string), (.text, .string), (.ip, .string), (.boolean, .bool), (.geoPoint, .object): true
        case (.flattened, .object), (.flattened, .array): true
        case (.date, .string(let text)): text.hasSuffix("Z") && text.contains("T")
        case (.long, .integer), (.double, .integer), (.double, .double): true
        default: false
        }
    }
}
