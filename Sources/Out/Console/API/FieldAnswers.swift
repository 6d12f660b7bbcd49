import Codecs
import Events
import Network
import Query

/// The fields that there are.
struct FieldListAnswer {
    private let fields: [JSONValue]

    init(_ schema: FieldSchema, fitting pattern: Wildcard?, inUse used: Set<String>) {
        let fitting = schema.fields.filter { field in
            guard let pattern else { return true }
            return pattern.matches(field.name) || field.aliases.contains { pattern.matches($0) }
        }
        fields = fitting.sorted { $0.name < $1.name }.map { field in
            [
                "name": .string(field.name), "type": .string(field.type.rawValue),
                "aliases": .array(field.aliases.map { .string($0) }), "multi_valued": .bool(field.isMultiValued),
                "streams": .array(field.streams.map { .string($0) }), "has_values": .bool(used.contains(field.name)),
            ]
        }
    }

    var response: HTTPResponse { APIAnswer.json(["fields": .array(fields)]) }
}

/// The values that most events have in one field.
struct FieldValuesAnswer {
    private let value: JSONValue

    init(field: String, _ answer: ESQLAnswer, _ schema: FieldSchema) {
        let counted = CountedValues(answer)
        let values = counted.values.map { value -> JSONValue in
            ["value": value.value.json(counted.type), "count": .integer(Int64(value.count))]
        }
        var remarks = answer.remarks
        if schema.field(named: field) == nil, schema.flattenedField(holding: field) == nil {
            let near = schema.nearestName(to: field).map { "; did you mean `\($0)`?" } ?? ""
            remarks.append("`\(field)` is no field of the catalog\(near)")
        }
        value = [
            "field": .string(field), "type": .string(counted.type.rawValue), "values": .array(values),
            "partial": .bool(answer.isPartial), "warnings": QueryWarnings.json([], remarks),
            "took_milliseconds": .integer(Int64(answer.tookMilliseconds)),
        ]
    }

    var response: HTTPResponse { APIAnswer.json(value) }
}
