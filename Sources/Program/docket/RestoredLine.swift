import Archive
import ArchiveFormat
import Codecs
import Events
import Platform
import Server

/// A record of an archive as a line of JSON.
enum RestoredLine {
    static func bytes(_ record: ArchiveAudit.Record) -> [UInt8] {
        var members: [(String, JSONValue)] = [
            ("tenant", .string(record.tenant.text)), ("sequence", .integer(Int64(record.line.sequence))),
            ("accepted", .string(RFC3339.text(record.line.accepted, digits: 9))),
        ]
        if let content = record.line.content {
            members += [("kind", .integer(Int64(content.kind))), ("source", .string(content.source))]
        }
        if let text = record.text {
            let isText = text.encoding != RecordEncoding.protobuf.rawValue
            func value(_ bytes: [UInt8]) -> JSONValue {
                if isText { return .string(String(decoding: bytes, as: UTF8.self)) }
                var out = ByteBuffer()
                unsafe Base64.append(bytes.span.bytes, to: &out)
                return .string(out.text)
            }
            members += [
                ("encoding", .integer(Int64(text.encoding))), ("credential", .string(text.credential)),
                ("peer", .string(text.peer)), ("resource", value(text.resource)), ("scope", value(text.scope)),
                ("record", value(text.record)),
            ]
        } else {
            members.append((record.line.content == nil ? "lost" : record.lacksKey ? "locked" : "erased", .bool(true)))
        }
        var out = ByteBuffer()
        JSONValue.object(members.map { .init($0.0, $0.1) }).write(to: &out)
        return out.array
    }
}
