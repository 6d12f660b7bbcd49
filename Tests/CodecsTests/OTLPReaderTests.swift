import Codecs
import Testing

@Suite struct `OpenTelemetry records` {
    private struct Read: Equatable {
        var key: String
        var kind: OTLPValue.Kind
        var bits: UInt64
        var text: String
    }

    private func attributes(_ bytes: [UInt8], _ encoding: OTLPEncoding) throws -> [Read] {
        var reader = OTLPReader()
        let span = unsafe bytes.span.bytes
        let log = try reader.readLog(span, ByteRange(start: 0, count: bytes.count), encoding)
        return log.attributes.range.map { place in
            let attribute = reader.attributes[place]
            var json = ByteBuffer()
            _ = try? reader.appendJSON(of: attribute.value, in: span, to: &json)
            return Read(
                key: reader.bytes(of: attribute.key, in: span).text, kind: attribute.value.kind,
                bits: attribute.value.bits, text: json.text)
        }
    }

    @Test(arguments: [
        "5B8EFFF798038103D269B633813FC60C", "5b8efff798038103d269b633813fc60c",
        #"5\u00428efff798038103d269b633813fc60c"#,
    ])
    func `An id of JSON is in lower case, however it came`(written: String) throws {
        var reader = OTLPReader()
        let bytes = Array(#"{"traceId":"\#(written)"}"#.utf8)
        let span = unsafe bytes.span.bytes
        let log = try reader.readLog(span, ByteRange(start: 0, count: bytes.count), .json)
        #expect(reader.bytes(of: log.traceID, in: span).text == "5b8efff798038103d269b633813fc60c")
    }

    @Test func `Both encodings give the same attributes`() throws {
        var writer = ProtobufWriter()
        func add(_ key: String, _ value: @escaping (inout ProtobufWriter) -> Void) {
            writer.message(6) { pair in
                pair.text(1, key)
                pair.message(2, value)
            }
        }
        add("text") { $0.text(1, "a \"é\"") }
        add("flag") { $0.varint(2, 1) }
        add("whole") { $0.varint(3, UInt64(bitPattern: -5)) }
        add("number") { $0.fixed64(4, 1.5.bitPattern) }
        add("list") { any in any.message(5) { $0.message(1) { $0.fixed64(4, 2.0.bitPattern) } } }
        add("object") { any in
            any.message(6) { list in
                list.message(1) { pair in
                    pair.text(1, "k")
                    pair.message(2) { $0.text(1, "v") }
                }
            }
        }
        add("bytes") { $0.bytes(7, [1, 2, 3]) }
        add("nothing") { _ in }
        let json = #"""
            {"attributes":[{"key":"text","value":{"stringValue":"a \"\u00e9\""}},
            {"value":{"boolValue":true},"key":"flag"},{"key":"whole","value":{"intValue":"-5"}},
            {"key":"number","value":{"doubleValue":1.50}},
            {"key":"list","value":{"arrayValue":{"values":[{"doubleValue":2}]}}},
            {"key":"object","value":{"kvlistValue":{"values":[{"value":{"stringValue":"v"},"key":"k"}]}}},
            {"key":"bytes","value":{"bytesValue":"AQID"}},{"key":"nothing","value":{}}]}
            """#
        let fromJSON = try attributes(Array(json.utf8), .json)
        #expect(fromJSON.map(\.key) == ["text", "flag", "whole", "number", "list", "object", "bytes", "nothing"])
        #expect(
            fromJSON.map(\.text) == [
                #""a \"é\"""#, "true", "-5", "1.5", fromJSON[4].text, #"{"k":"v"}"#, #""AQID""#, "",
            ])
        #expect(try attributes(writer.array, .protobuf).map(\.kind) == fromJSON.map(\.kind))
        #expect(try attributes(writer.array, .protobuf).map(\.bits) == fromJSON.map(\.bits))
        #expect(try attributes(writer.array, .protobuf).map(\.key) == fromJSON.map(\.key))
    }

    @Test func `Integers are taken as numbers and as text`() throws {
        let json =
            #"{"timeUnixNano":1,"attributes":[{"key":"a","value":{"intValue":7}},{"key":"b","value":{"intValue":"7"}}]}"#
        let read = try attributes(Array(json.utf8), .json)
        #expect(read.map(\.kind) == [.integer, .integer])
        #expect(read.map(\.bits) == [7, 7])
    }

    @Test func `Values nested too deeply are refused, not followed`() throws {
        var json = #"{"intValue":1}"#
        for _ in 0..<20 { json = #"{"arrayValue":{"values":[\#(json)]}}"# }
        let bytes = Array(#"{"attributes":[{"key":"deep","value":\#(json)}]}"#.utf8)
        var reader = OTLPReader()
        let span = unsafe bytes.span.bytes
        _ = try reader.readLog(span, ByteRange(start: 0, count: bytes.count), .json)
        var out = ByteBuffer()
        var thrown: OTLPError?
        do { _ = try reader.appendJSON(of: reader.attributes[0].value, in: span, to: &out) } catch { thrown = error }
        #expect(thrown == .tooDeep)
        let left = out.count
        #expect(left == 0)
    }

    @Test func `Half of a surrogate pair becomes the replacement character in both encodings`() throws {
        let json = try attributes(Array(#"{"attributes":[{"key":"k","value":{"stringValue":"a\ud83d"}}]}"#.utf8), .json)
        var writer = ProtobufWriter()
        writer.message(6) { pair in
            pair.text(1, "k")
            pair.message(2) { $0.bytes(1, [0x61, 0xED, 0xA0, 0xBD]) }
        }
        let protobuf = try attributes(writer.array, .protobuf)
        #expect(json[0].text == "\"a\u{FFFD}\"")
        #expect(protobuf[0].text.hasPrefix("\"a\u{FFFD}"))
    }

    @Test func `Base 64 comes back as it went`() {
        for count in 0..<10 {
            let bytes = (0..<count).map { UInt8($0 * 37 & 255) }
            var text = ByteBuffer()
            unsafe Base64.append(bytes.span.bytes, to: &text)
            #expect(text.count == (count + 2) / 3 * 4)
        }
    }
}
