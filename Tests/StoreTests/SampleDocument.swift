import Codecs
import Events
import Platform
import Query
import TestKit

@testable import Store

/// A document as it is appended, and the answers that it must give to filters.
struct SampleDocument: Sendable {
    enum Value: Sendable {
        case text(String)
        /// Bytes that are not UTF-8, and the text that they become.
        case broken([UInt8], String)
        case long(Int64)
        case double(Double)
        case boolean(Bool)
        case date(Timestamp)
        case json(JSONValue)
    }

    struct Entry: Sendable {
        var name: String
        var value: Value
    }

    var entries: [Entry]

    init(_ entries: [(String, Value)]) { self.entries = entries.map { Entry(name: $0.0, value: $0.1) } }

    /// With an id and a time, as most have.
    init(id: String, time: Timestamp, _ entries: [(String, Value)] = []) {
        self.init([("@timestamp", .date(time)), ("event.id", .text(id))] + entries)
    }

    func has(_ name: String) -> Bool { entries.contains { $0.name == name } }

    func fill(_ document: inout Document) {
        for entry in entries {
            let field = Self.field(entry.name)
            switch entry.value {
            case .text(let text): Self.set(field, entry.name, .text, Array(text.utf8), &document)
            case .broken(let bytes, _): Self.set(field, entry.name, .text, bytes, &document)
            case .json(let value): Self.set(field, entry.name, .json, Array(value.text.utf8), &document)
            case .long(let number): Self.set(field, entry.name, .long, UInt64(bitPattern: number), &document)
            case .double(let number): Self.set(field, entry.name, .double, number.bitPattern, &document)
            case .boolean(let flag): Self.set(field, entry.name, .boolean, flag ? 1 : 0, &document)
            case .date(let moment):
                Self.set(field, entry.name, .date, UInt64(bitPattern: moment.nanoseconds), &document)
            }
        }
    }

    private static func set(
        _ field: FieldID?, _ name: String, _ kind: Document.Kind, _ bytes: [UInt8], _ document: inout Document
    ) {
        if let field {
            document.set(field, kind: kind) { $0.append(bytes) }
        } else {
            document.set(kind: kind, name: { $0.append(text: name) }, value: { $0.append(bytes) })
        }
    }

    private static func set(
        _ field: FieldID?, _ name: String, _ kind: Document.Kind, _ bits: UInt64, _ document: inout Document
    ) {
        guard let field else { return document.set(kind: kind, bits: bits, name: { $0.append(text: name) }) }
        switch kind {
        case .long: document.set(field, long: Int64(bitPattern: bits))
        case .double: document.set(field, double: Double(bitPattern: bits))
        case .boolean: document.set(field, boolean: bits != 0)
        default: document.set(field, date: Timestamp(nanoseconds: Int64(bitPattern: bits)))
        }
    }

    /// The document as JSON, with what the store adds to one that lacks it.
    func json(sequence: Int, id: String) -> String {
        var document = Document()
        fill(&document)
        let catalog = FieldCatalog.standard
        if !has("@timestamp") { document.set(catalog.known("@timestamp"), date: SampleStore.accepted) }
        if !has("docket.sequence") { document.set(catalog.known("docket.sequence"), long: Int64(sequence)) }
        if !has("event.id") { document.set(catalog.known("event.id"), text: id) }
        var out = ByteBuffer()
        var writer = DocumentWriter()
        writer.write(document, to: &out)
        return out.text
    }

    static func field(_ name: String) -> FieldID? {
        guard let id = FieldCatalog.standard.id(of: name), FieldCatalog.standard[id].name == name else { return nil }
        return id
    }
}

/// A document for ``Filter/matches(_:)``, made of a sample without the store.
struct SampleAnswers: FilterDocument {
    private var columns: [String: [FieldValue]] = [:]
    private var objects: [String: JSONValue] = [:]
    private var rest: [String: JSONValue] = [:]

    init(_ sample: SampleDocument, sequence: Int, id: String) {
        var names: [String] = []
        for entry in sample.entries where !names.contains(where: { $0.utf8.elementsEqual(entry.name.utf8) }) {
            names.append(entry.name)
        }
        for name in names {
            let values = sample.entries.filter { $0.name.utf8.elementsEqual(name.utf8) }.map(\.value)
            if let field = SampleDocument.field(name) {
                add(values, of: FieldCatalog.standard[field])
            } else {
                rest[name] = Self.json(values, isMany: false)
            }
        }
        // What each row has, so that it can be ordered and named.
        if columns["@timestamp"] == nil { columns["@timestamp"] = [.date(SampleStore.accepted)] }
        if columns["docket.sequence"] == nil { columns["docket.sequence"] = [.integer(Int64(sequence))] }
        if columns["event.id"] == nil { columns["event.id"] = [.text(id)] }
    }

    private mutating func add(_ values: [SampleDocument.Value], of field: FieldCatalog.Field) {
        let suiting = values.compactMap { Self.suiting($0, field.type) }
        if suiting.count == values.count, values.count == 1 || field.isMany {
            columns[field.name] = suiting
        } else if field.type == .flattened, values.count == 1, case .json(let value) = values[0] {
            objects[field.name] = value
        } else {
            rest[field.name] = Self.json(values, isMany: field.isMany)
        }
    }

    private static func suiting(_ value: SampleDocument.Value, _ type: FieldType) -> FieldValue? {
        switch (value, type) {
        case (.text(let text), .keyword), (.text(let text), .text), (.broken(_, let text), .keyword),
            (.broken(_, let text), .text):
            .text(text)
        case (.text(let text), .ip): IPAddress(text)?.description == text ? .text(text) : nil
        case (.long(let number), .long): .integer(number)
        case (.double(let number), .double): number.isFinite ? .double(number) : nil
        case (.long(let number), .double): number.magnitude <= 1 << 53 ? .double(Double(number)) : nil
        case (.boolean(let flag), .boolean): .boolean(flag)
        case (.date(let moment), .date): .date(moment)
        default: nil
        }
    }

    private static func json(_ values: [SampleDocument.Value], isMany: Bool) -> JSONValue {
        let all = values.map { value -> JSONValue in
            switch value {
            case .text(let text), .broken(_, let text): .string(text)
            case .long(let number): .integer(number)
            case .double(let number): number.isFinite ? .double(number) : .null
            case .boolean(let flag): .bool(flag)
            case .date(let moment): .string(RFC3339.text(moment))
            case .json(let value): value
            }
        }
        return all.count == 1 ? all[0] : .array(all)
    }

    func values(of field: FieldReference) -> [FieldValue] {
        switch field {
        case .column(let column):
            let misfits = rest[column.name].map { Self.leaves($0, column.name) { $0 == column.name } } ?? []
            return (columns[column.name] ?? []) + misfits
        case .member(let column, let name): return members(of: column.name) { $0 == name }
        case .members(let column, let pattern): return members(of: column.name) { pattern.matches($0) }
        case .attribute(let name): return attributes { $0 == name }
        case .attributes(let pattern): return attributes { pattern.matches($0) }
        }
    }

    func searchableTexts() -> [String] {
        let texts = columns.filter { name, _ in
            let type = SampleDocument.field(name).map { FieldCatalog.standard[$0].type }
            return type == .keyword || type == .text || type == .ip
        }.values.flatMap(\.self)
        let members = objects.flatMap { Self.leaves($0.value, $0.key) { _ in true } }
        return (texts + members + attributes { _ in true }).compactMap {
            if case .text(let text) = $0 { text } else { nil }
        }
    }

    func objects(at path: ObjectPath) -> [JSONValue] {
        let whole: [JSONValue?] = if case .member(let field, _) = path { [objects[field.name]] } else { [] }
        let named = zip(whole, [path]).flatMap { value, path -> [JSONValue] in
            guard let value, case .member(let field, let name) = path else { return [] }
            return Self.objects(value, field.name, name)
        }
        return named + rest.flatMap { Self.objects($0.value, $0.key, path.name) }
    }

    /// Each object whose dotted name is the path, one by one.
    private static func objects(_ value: JSONValue, _ name: String, _ path: String) -> [JSONValue] {
        switch value {
        case .array(let elements): return elements.flatMap { objects($0, name, path) }
        case .object(let members):
            if name == path { return [value] }
            return members.flatMap { objects($0.value, "\(name).\($0.key)", path) }
        default: return []
        }
    }

    private func members(of name: String, where fits: (String) -> Bool) -> [FieldValue] {
        let whole = [objects[name], rest[name]].compactMap(\.self).flatMap { Self.leaves($0, name, where: fits) }
        return whole + attributes { $0.hasPrefix(name + ".") && fits($0) }
    }

    private func attributes(where fits: (String) -> Bool) -> [FieldValue] {
        rest.flatMap { Self.leaves($0.value, $0.key, where: fits) }
    }

    private static func leaves(_ value: JSONValue, _ path: String, where fits: (String) -> Bool) -> [FieldValue] {
        switch value {
        case .null: []
        case .object(let members): members.flatMap { leaves($0.value, "\(path).\($0.key)", where: fits) }
        case .array(let elements): elements.flatMap { leaves($0, path, where: fits) }
        case .string(let text): fits(path) ? [.text(text)] : []
        case .bool, .integer, .double: fits(path) ? [.text(value.text)] : []
        }
    }
}
