import Codecs
import Network
import Query

/// What a query in EQL found.
struct SequenceAnswer {
    private let answer: EQLAnswer
    private let selection: FieldSelection?

    init(_ answer: EQLAnswer, _ selection: FieldSelection?) {
        self.answer = answer
        self.selection = selection
    }

    /// - Parameter format: JSON or NDJSON; there a line is an event as it is stored, or a sequence.
    func response(_ format: AnswerFormat, hasLastLine: Bool) -> HTTPResponse {
        var out = ByteBuffer(capacity: 4 << 10)
        guard format == .ndjson else {
            // All but the closing brace.
            out.append(text: String(JSONValue.object(remarks).text.dropLast()))
            switch answer.found {
            case .events(let hits):
                list("hits", hits, to: &out) { hit, out in hit.write(document(hit), to: &out) }
            case .sequences(let sequences): list("sequences", sequences, to: &out) { $0.write(to: &$1, document) }
            }
            out.append("}\n" as StaticString)
            return APIAnswer.json(out.array)
        }
        switch answer.found {
        case .events(let hits):
            for hit in hits { out.append((document(hit) ?? hit.document) + [10]) }
        case .sequences(let sequences):
            for sequence in sequences {
                sequence.write(to: &out, document)
                out.append(10)
            }
        }
        if hasLastLine { out.append(text: (["docket": .object(remarks)] as JSONValue).text + "\n") }
        var response = HTTPResponse(
            200, headers: ["content-type": format.contentType, "docket-total": String(count)], body: out.array)
        if answer.isPartial { response.headers.append("docket-partial", "true") }
        if !answer.warnings.isEmpty { response.headers.append("docket-warnings", String(answer.warnings.count)) }
        return response
    }

    /// Of events or of sequences.
    var count: Int {
        switch answer.found {
        case .events(let hits): hits.count
        case .sequences(let sequences): sequences.count
        }
    }

    private var remarks: [JSONValue.Member] {
        [
            .init("total", .integer(Int64(count))), .init("examined", .integer(Int64(answer.examined))),
            .init("partial", .bool(answer.isPartial)),
            .init("took_milliseconds", .integer(Int64(answer.tookMilliseconds))),
            .init("warnings", QueryWarnings.json([], answer.warnings)),
        ]
    }

    private func list<Element>(
        _ name: String, _ elements: [Element], to out: inout ByteBuffer,
        _ write: (Element, inout ByteBuffer) -> Void
    ) {
        out.append(text: ",\"\(name)\":[")
        for (place, element) in elements.enumerated() {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            write(element, &out)
        }
        out.append(UInt8(ascii: "]"))
    }

    private func document(_ hit: SearchHit) -> [UInt8]? { selection?.document(hit.document) }
}
