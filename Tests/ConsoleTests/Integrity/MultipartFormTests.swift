import Platform
import TestKit
import Testing

@testable import Console

struct MultipartFormTests {
    private static let type = "multipart/form-data; boundary=x1"

    private func form(_ body: String, _ type: String = Self.type) throws(MultipartForm.Flaw) -> MultipartForm {
        try MultipartForm(contentType: type, body: Array(body.utf8))
    }

    private func part(_ head: String, _ content: String) -> String {
        "--x1\r\nContent-Disposition: form-data; \(head)\r\n\r\n\(content)\r\n"
    }

    @Test func `files and fields are told apart, and bytes are left alone`() throws {
        let content = "line\r\n--x2\r\n\r\n--x"
        let read = try form(
            part(#"name="form-token""#, "secret")
                + part(#"name="files"; filename="a b.txt""# + "\r\nContent-Type: text/plain", content)
                + part(#"name="files"; filename="""#, "") + "--x1--\r\n")
        #expect(read.fields["form-token"] == "secret")
        #expect(read.files == [UploadedFile(name: "a b.txt", bytes: Array(content.utf8))])
        #expect(read.parts.count == 3)
    }

    @Test func `a boundary in quotes and any case of the head are taken`() throws {
        let body = "--x1\r\nCONTENT-DISPOSITION:form-data; name=\"a\"\r\n\r\nb\r\n--x1--"
        #expect(try form(body, "Multipart/Form-Data; charset=utf-8; Boundary=\"x1\"").fields["a"] == "b")
        #expect(try form("--x1--").parts.isEmpty)
    }

    @Test(arguments: [
        "", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=a b", "multipart/form-data; boundary=\(String(repeating: "a", count: 71))",
        "multipart/mixed; boundary=x1", "multipart/form-data; boundary=\u{E9}",
    ])
    func `another type is refused`(type: String) {
        #expect(throws: MultipartForm.Flaw.type) { try form("--x1--", type) }
    }

    @Test(arguments: [
        "", "x", "--x1", "--x1\r\n", "--x1\r\n\r\n\r\n--x1--", "--x2--", "preamble\r\n--x1--",
        "--x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nnever ends",
        "--x1\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nb\r\n--x1--",
        "--x1\r\nContent-Disposition: form-data\r\n\r\nb\r\n--x1--", "--x1\r\nContent-Type: a\r\n\r\nb\r\n--x1--",
        "--x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x1 --",
        "--x1\nContent-Disposition: form-data; name=\"a\"\n\nb\n--x1--",
        "--x1\r\nX: \(String(repeating: "a", count: 5_000))\r\n\r\nb\r\n--x1--",
    ])
    func `a body that is not whole is refused`(body: String) {
        #expect(throws: MultipartForm.Flaw.body) { try form(body) }
    }

    @Test func `parts have a bound`() throws {
        let parts = (0..<17).map { part("name=\"f\($0)\"", "") }
        #expect(try form(parts[..<16].joined() + "--x1--").parts.count == 16)
        #expect(throws: MultipartForm.Flaw.tooManyParts) { try form(parts.joined() + "--x1--") }
    }

    @Test func `any bytes are read or refused, and what is read is what was written`() throws {
        var dice = Dice(seed: 7)
        let good = Array((part(#"name="files"; filename="f""#, "abc\r\ndef") + "--x1--\r\n").utf8)
        var (read, refused) = (0, 0)
        for _ in 0..<5_000 {
            var bytes = good
            for _ in 0...dice.roll(3) {
                let place = dice.roll(bytes.count)
                switch dice.roll(3) {
                case 0: bytes[place] = UInt8(dice.roll(256))
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: "\r\n--x1".utf8.prefix(dice.roll(7) + 1), at: place)
                }
            }
            do throws(MultipartForm.Flaw) {
                let form = try MultipartForm(contentType: Self.type, body: bytes)
                // Every byte of a part was sent, and none holds what parts them.
                for part in form.parts {
                    #expect(part.bytes.count <= bytes.count)
                    #expect(!String(decoding: part.bytes, as: UTF8.self).utf8.elementsEqual("\r\n--x1".utf8))
                }
                read += 1
            } catch {
                refused += 1
            }
        }
        #expect(read > 100 && refused > 100)
    }
}

struct CheckFormTests {
    private func wish(_ fields: (String, String)...) throws(APIError) -> CheckWish {
        try CheckForm(FormFields(fields.map { ($0.0, $0.1) })).wish(now: .sample)
    }

    @Test func `what is wished for is read`() throws {
        #expect(try wish(("what", "all")) == .all)
        #expect(try wish(("what", "records"), ("first", "3"), ("last", "9")) == .records(3...9))
        #expect(try wish(("what", "records"), ("first", "3"), ("last", "")) == .records(3...3))
        #expect(try wish(("what", "time"), ("from", "now-1h"), ("to", "now")) == .time(.sample - .hours(1)..<(.sample)))
        #expect(try wish(("what", "time"), ("from", ""), ("to", "")) == .time(Timestamp(nanoseconds: 0)..<(.sample)))
    }

    @Test(arguments: [
        [("what", "some")], [("what", "records")], [("what", "records"), ("first", "-1")],
        [("what", "records"), ("first", "9"), ("last", "3")], [("what", "records"), ("first", "18446744073709551615")],
        [("what", "records"), ("first", "0"), ("last", "18446744073709551615")], [("what", "time"), ("from", "x")],
        [("what", "time"), ("from", "now"), ("to", "now-1h")], [("what", "time"), ("from", "now+1h"), ("to", "")],
    ])
    func `what cannot be meant is refused`(fields: [(String, String)]) {
        let error = #expect(throws: APIError.self) { try CheckForm(FormFields(fields)).wish(now: .sample) }
        #expect(error?.kind == .badRequest)
    }
}
