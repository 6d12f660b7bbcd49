import Codecs
import Testing

@Suite struct `ZIP archives` {
    /// An archive of one file, written by hand so that every number of it can be wrong.
    private struct Form {
        var name = "log.csv"
        var packed: [UInt8]
        var size: Int
        var method: UInt16 = 8
        var flags: UInt16 = 0
        var checksum: UInt32
        var comment = ""

        init(_ text: String, stored: Bool = false) {
            // A gzip member is a header of ten bytes, the deflated bytes, their checksum and their count.
            let member = unsafe Gzip().compress(Array(text.utf8).span.bytes)
            packed = stored ? Array(text.utf8) : Array(member[10..<member.count - 8])
            method = stored ? 0 : 8
            size = text.utf8.count
            checksum = member.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }

        var bytes: [UInt8] {
            var out = ByteBuffer()
            out.append(littleEndian: UInt32(0x0403_4B50))
            out.append(littleEndian: UInt16(20))
            shared(&out)
            out.append(littleEndian: UInt16(4))
            out.append(text: name + "more")
            out.append(packed)
            let directory = out.count
            out.append(littleEndian: UInt32(0x0201_4B50))
            out.append(littleEndian: UInt32(0x0014_0014))
            shared(&out)
            out.append([UInt8](repeating: 0, count: 16))
            out.append(text: name)
            let end = out.count
            out.append(littleEndian: UInt32(0x0605_4B50))
            out.append(littleEndian: UInt32(0))
            out.append(littleEndian: UInt16(1))
            out.append(littleEndian: UInt16(1))
            out.append(littleEndian: UInt32(end - directory))
            out.append(littleEndian: UInt32(directory))
            out.append(littleEndian: UInt16(comment.utf8.count))
            out.append(text: comment)
            return out.array
        }

        /// From the flags to the size of the name.
        private func shared(_ out: inout ByteBuffer) {
            out.append(littleEndian: flags)
            out.append(littleEndian: method)
            out.append(littleEndian: UInt32(0))
            out.append(littleEndian: checksum)
            out.append(littleEndian: UInt32(packed.count))
            out.append(littleEndian: UInt32(size))
            out.append(littleEndian: UInt16(name.utf8.count))
        }
    }

    private func read(_ form: Form, limit: Int = 1_000) throws -> String {
        let bytes = form.bytes
        let span = unsafe bytes.span.bytes
        let archive = try ZipArchive(span)
        #expect(archive.files.map(\.name) == [form.name])
        return String(decoding: try archive.read(archive.files[0], in: span, limit: limit), as: UTF8.self)
    }

    @Test(arguments: ["", "a", String(repeating: "text ", count: 100)])
    func `What was put in comes out`(text: String) throws {
        #expect(try read(Form(text)) == text)
        #expect(try read(Form(text, stored: true)) == text)
        var form = Form(text)
        form.comment = "PK\u{5}\u{6} is no end"
        #expect(try read(form) == text)
    }

    private static let wrong: [(ZipError, @Sendable (inout Form) -> Void)] = [
        (.malformed, { $0.checksum ^= 1 }), (.malformed, { $0.size += 1 }), (.malformed, { $0.size -= 1 }),
        (.malformed, { $0.packed.removeLast() }), (.encrypted, { $0.flags = 1 }), (.unknownMethod, { $0.method = 12 }),
        (.tooLarge, { $0.size = 1_001 }), (.malformed, { $0.method = 0 }),
    ]

    @Test(arguments: wrong.indices)
    func `What is not what it says is refused`(_ index: Int) {
        var form = Form(String(repeating: "text ", count: 100))
        Self.wrong[index].1(&form)
        #expect(throws: Self.wrong[index].0) { try read(form) }
    }

    @Test func `An archive that is cut anywhere is refused`() {
        let bytes = Form("text").bytes
        for count in 0..<bytes.count {
            #expect(throws: ZipError.self) { try unsafe ZipArchive(Array(bytes[..<count]).span.bytes) }
        }
    }

    @Test func `A small file that says it is huge costs nothing`() throws {
        var form = Form("text")
        form.size = 1 << 30
        #expect(throws: ZipError.malformed) { try read(form, limit: 1 << 31) }
    }
}
