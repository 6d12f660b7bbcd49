public import Codecs

/// A table as text: what stands in front, a piece for each row, and what stands behind them. So a large one can leave
/// piece by piece.
public struct ESQLTableText: Sendable {
    public let answer: ESQLAnswer
    public let format: AnswerFormat
    /// Whether NDJSON has a line behind the rows, `{"docket":{…}}`, that says what is to be said about all of them.
    public let hasLastLine: Bool
    /// Whether cells of CSV stay as they are, also those that a spreadsheet would take for a formula.
    public var isRaw = false

    public init(_ answer: ESQLAnswer, _ format: AnswerFormat, hasLastLine: Bool = true) {
        self.answer = answer
        self.format = format
        self.hasLastLine = hasLastLine
    }

    public func writeHead(to out: inout ByteBuffer) {
        switch format {
        case .json:
            out.append("{\"columns\":" as StaticString)
            columns.write(to: &out)
            out.append(",\"values\":[" as StaticString)
        case .ndjson: break
        case .csv: write(line: answer.columns.map(\.name), to: &out)
        }
    }

    public func writeRow(_ place: Int, to out: inout ByteBuffer) {
        let row = answer.rows[place]
        switch format {
        case .json:
            if place > 0 { out.append(UInt8(ascii: ",")) }
            out.append(UInt8(ascii: "["))
            for (number, column) in answer.columns.enumerated() {
                if number > 0 { out.append(UInt8(ascii: ",")) }
                row[number].write(column.type, to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .ndjson:
            var separator = UInt8(ascii: "{")
            for (column, value) in zip(answer.columns, row) where !value.isNull {
                out.append(separator)
                out.append(jsonString: column.name)
                out.append(UInt8(ascii: ":"))
                value.write(column.type, to: &out)
                separator = UInt8(ascii: ",")
            }
            if separator == UInt8(ascii: "{") { out.append(separator) }
            out.append("}\n" as StaticString)
        case .csv: write(line: zip(answer.columns, row).map { $1.cell($0.type) }, to: &out)
        }
    }

    public func writeEnd(to out: inout ByteBuffer) {
        switch format {
        case .json:
            out.append("]," as StaticString)
            writeRemarks(to: &out)
            out.append("}\n" as StaticString)
        case .ndjson where hasLastLine:
            out.append("{\"docket\":{\"columns\":" as StaticString)
            columns.write(to: &out)
            out.append(UInt8(ascii: ","))
            writeRemarks(to: &out)
            out.append("}}\n" as StaticString)
        case .ndjson, .csv: break
        }
    }

    private var columns: JSONValue {
        .array(answer.columns.map { ["name": .string($0.name), "type": .string($0.type.rawValue)] })
    }

    /// Members of an object without its braces.
    private func writeRemarks(to out: inout ByteBuffer) {
        out.append("\"is_partial\":" as StaticString)
        out.append(text: String(answer.isPartial))
        out.append(",\"is_cut\":" as StaticString)
        out.append(text: String(answer.isCut))
        out.append(",\"warnings\":" as StaticString)
        QueryWarnings.json(answer.warnings, answer.remarks).write(to: &out)
        out.append(",\"took\":" as StaticString)
        out.append(decimal: Int64(answer.tookMilliseconds))
    }

    private func write(line cells: [String], to out: inout ByteBuffer) {
        out.append(text: CSVText.line(cells, isRaw: isRaw) + CSVText.lineEnd)
    }
}

extension ESQLValue {
    /// As JSON: numbers and truth as such, everything else as text in its own form, several values as a list.
    public func write(_ type: ESQLType, to out: inout ByteBuffer) {
        switch self {
        case .null: out.append("null" as StaticString)
        case .boolean(let flag): out.append(text: String(flag))
        case .integer(let number) where !type.isDate: out.append(decimal: number)
        case .unsigned(let number): out.append(decimal: number)
        case .double(let number): out.append(jsonNumber: number)
        case .many(let values):
            for (place, value) in values.enumerated() {
                out.append(place > 0 ? UInt8(ascii: ",") : UInt8(ascii: "["))
                value.write(type, to: &out)
            }
            out.append(UInt8(ascii: "]"))
        default: out.append(jsonString: text(type))
        }
    }

    /// The value in one cell of a table: nothing for null, several values one behind the other.
    public func cell(_ type: ESQLType) -> String { elements.map { $0.text(type) }.joined(separator: ", ") }
}
