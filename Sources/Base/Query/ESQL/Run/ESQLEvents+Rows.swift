import Codecs
import Events
import Platform

extension ESQLEvents {
    /// What EQL found, as rows.
    func batches(of answer: EQLAnswer, needed: Set<Int>, width: Int) -> [ESQLBatch] {
        var rows: [(hit: SearchHit, sequence: Int?, stage: Int?, keys: EQLJoinKey?)] = []
        switch answer.found {
        case .events(let hits): rows = hits.map { ($0, nil, nil, nil) }
        case .sequences(let sequences):
            for (number, sequence) in sequences.enumerated() {
                for (stage, hit) in sequence.events.enumerated() {
                    if let hit { rows.append((hit, number, stage, sequence.key)) }
                }
            }
        }
        let wanted = columns.filter { needed.contains($0.key) }
        return stride(from: 0, to: rows.count, by: ESQLBatch.size).map { start in
            let part = rows[start..<min(start + ESQLBatch.size, rows.count)]
            var batch = ESQLBatch(count: part.count, columns: Array(repeating: [], count: width))
            let documents = part.map { row in
                (try? JSONValue(parsing: row.hit.document)).map { JSONDocument($0, schema: relation.schema) }
            }
            for (number, column) in wanted {
                batch.columns[number] = zip(part, documents).map { row, document in
                    value(of: column, row.hit, document)
                }
            }
            batch.columns[sequence] = part.map { $0.sequence.map { .integer(Int64($0)) } ?? .null }
            batch.columns[stage] = part.map { $0.stage.map { .integer(Int64($0)) } ?? .null }
            batch.columns[keys] = part.map { row in
                ESQLValue(row.keys?.values.map { .text($0?.text ?? "null") } ?? [])
            }
            return batch
        }
    }

    private func value(of column: ESQLTableColumn, _ hit: SearchHit, _ document: JSONDocument?) -> ESQLValue {
        switch column {
        case .field(let place):
            let known = relation.columns[place]
            guard let document, let field = relation.schema.field(named: known.name) else { return .null }
            return ESQLValue(document.values(of: .column(field)).compactMap { ESQLValue($0, known.type) })
        case .member(let reference):
            return ESQLValue(document?.values(of: reference).map { .text($0.text) } ?? [])
        case .metadata(.id): return .text(hit.id)
        case .metadata(.index): return .text(hit.stream)
        case .metadata(.version): return .integer(1)
        case .metadata(.score): return .double(1)
        case .metadata(.source): return .text(String(decoding: hit.document, as: UTF8.self))
        case .metadata, .holds: return .null
        }
    }
}

extension ESQLValue {
    /// - Returns: `nil` for a value that does not suit the type.
    fileprivate init?(_ value: FieldValue, _ type: ESQLType) {
        switch (value, type) {
        case (.integer(let number), .long), (.integer(let number), .integer): self = .integer(number)
        case (.integer(let number), .double): self = .double(Double(number))
        case (.double(let number), .double): self = .double(number)
        case (.boolean(let flag), .boolean): self = .boolean(flag)
        case (.date(let moment), .date): self = .integer(moment.nanoseconds.flooredDivision(by: 1_000_000))
        case (.date(let moment), .dateNanos): self = .integer(moment.nanoseconds)
        case (.ip(let address), .ip): self = .address(address)
        default: self.init(text: value.text, type)
        }
    }
}
