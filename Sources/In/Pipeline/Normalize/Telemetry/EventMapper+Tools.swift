import Codecs
import Events
import Platform

/// What a tool is called, and what it was called with.
extension EventMapper {
    mutating func nameTool(
        _ parsedTool: OTLPValue, _ parsedServer: OTLPValue, _ bytes: RawSpan, _ reader: borrowing OTLPReader,
        _ rules: borrowing EventRules, into document: inout Document
    ) {
        let prefix = rules.prefixBytes
        if rules.client == .code {
            if !isEmpty(parsedServer) {
                values.set(prefix, Literal.bytes("mcp_server_name"), parsedServer, bytes, reader, into: &document)
                if let sent = held(.serverName, reader)?.value, !isSame(sent, parsedServer, reader, bytes) {
                    isLossy = true
                }
            } else if let server = held(.serverName, reader) {
                values.set(prefix, Literal.bytes("mcp_server_name"), server.value, bytes, reader, into: &document)
            }
        }
        let sentTool = held(.toolOfServer, reader)?.value ?? .empty
        let plainTool = held(.toolName, reader)?.value ?? .empty
        let winner: OTLPValue
        if rules.client == .code {
            winner = !isEmpty(parsedTool) ? parsedTool : !isEmpty(sentTool) ? sentTool : plainTool
        } else {
            winner = !isEmpty(sentTool) ? sentTool : !isEmpty(plainTool) ? plainTool : parsedTool
        }
        values.set(fields.toolName, winner, bytes, reader, into: &document)
        // The losers are gone; `mcp_tool` says nothing that the real name does not.
        for loser in [plainTool, sentTool] where !isEmpty(loser) && !isSame(loser, winner, reader, bytes) {
            isLossy = true
        }
    }

    /// A scalar of the tool's parameters as if it were an attribute; nothing for a list or an object.
    func value(_ member: ToolCall.Member?, _ reader: inout OTLPReader, _ bytes: RawSpan) -> OTLPValue {
        guard let member else { return .empty }
        switch member.kind {
        case .string:
            var plain = ByteBuffer(capacity: member.range.count)
            JSONText.appendUnescaped(text(.parameters, reader, bytes)[member.range], to: &plain)
            return OTLPValue(.string, text: reader.copy(plain.bytes))
        case .number:
            let json = text(.parameters, reader, bytes)[member.range]
            if let whole = JSONNumber.int64(json) { return OTLPValue(.integer, bits: UInt64(bitPattern: whole)) }
            return JSONNumber.double(json).map { OTLPValue(.double, bits: $0.bitPattern) } ?? .empty
        case .true, .false: return OTLPValue(.boolean, bits: member.kind == .true ? 1 : 0)
        case .null, .array, .object: return .empty
        }
    }

    mutating func setPlaces(
        _ tool: ToolCall, _ reader: inout OTLPReader, _ bytes: RawSpan, into document: inout Document
    ) {
        set(fields.commandLine, tool.command, .parameters, reader, bytes, into: &document)
        let path = tool.path(.parameters)
        if path != nil || !fixes.contains(.pathsFromInput) {
            set(fields.filePath, path, .parameters, reader, bytes, into: &document)
        } else {
            set(fields.filePath, tool.path(.input), .input, reader, bytes, into: &document)
        }
        if tool.parameters.url != nil || !fixes.contains(.pathsFromInput) {
            set(fields.urlFull, tool.parameters.url, .parameters, reader, bytes, into: &document)
        } else {
            set(fields.urlFull, tool.input.url, .input, reader, bytes, into: &document)
        }
    }

    private mutating func set(
        _ field: FieldID, _ member: ToolCall.Member?, _ slot: AttributeTable.Slot, _ reader: borrowing OTLPReader,
        _ bytes: RawSpan, into document: inout Document
    ) {
        guard let member else { return }
        let json = text(slot, reader, bytes)[member.range]
        scratch.removeAll()
        switch member.kind {
        case .string where member.isEscaped:
            JSONText.appendUnescaped(json, to: &scratch)
            document.set(field, text: scratch.bytes)
        case .string: document.set(field, text: json)
        case .number: FieldValues.set(field, number: json, into: &document)
        case .true, .false: document.set(field, boolean: member.kind == .true)
        case .null: return
        case .array, .object:
            var cursor = JSONCursor(json)
            // Checked when the whole was read.
            if (try? JSONPruner.append(&cursor, json, to: &scratch)) ?? false {
                document.set(field, json: scratch.bytes)
            }
        }
    }
}
