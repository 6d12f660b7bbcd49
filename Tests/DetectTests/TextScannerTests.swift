import Codecs
import Testing

@testable import Detect

@Suite struct `Looking through a text` {
    private static func found(_ text: [UInt8], name: String = "") -> [(id: String, text: String)] {
        var scanner = TextScanner(.standard)!
        let name = Array(name.utf8)
        let outcome = unsafe scanner.scan(text.span.bytes, name: name.span.bytes)
        #expect(outcome == .done)
        return scanner.findings.map { finding in
            (
                DetectorSet.standard.detectors[finding.detector].id,
                String(decoding: text[finding.range.range], as: UTF8.self)
            )
        }
    }

    private static func found(_ text: String, name: String = "") -> [(id: String, text: String)] {
        found(Array(text.utf8), name: name)
    }

    private static let token = "ghp_" + String(repeating: "aB3dE6gH9", count: 4)

    @Test(arguments: [
        #"{\"mail\":\"jane\u0040example.com\"}"#, #"line\njane@example.com\n"#, "jane%40example.com",
        "jane&#64;example.com",
        "jane&commat;example.com", "ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ja\u{200B}ne@exa\u{00AD}mple.com", #"\\\"jane@example.com\\\""#,
        "scp a.txt jane@example.com:/srv",
    ])
    func `Finds an address however it is written`(_ text: String) {
        let found = Self.found(text)
        #expect(found.map(\.id) == ["email"], "\(text)")
        #expect(!(found.first?.text.contains(" ") ?? true))
    }

    @Test func `Finds digits in other scripts and behind escapes`() {
        #expect(Self.found("SSN ５３６-９０-４３９９").map(\.id) == ["us_ssn"])
        #expect(Self.found(#"ssn\n536-90-4399"#).map(\.id) == ["us_ssn"])
        #expect(Self.found("4111\u{00A0}1111\u{00A0}1111\u{00A0}1111").map(\.id) == ["card"])
        #expect(Self.found("身份证号11010519491231002X").map(\.id) == ["cn_ric"])
    }

    @Test func `Opens base 64 once, and takes all of it`() {
        let plain = Array("{\"user\":\"x\",\"token\":\"\(Self.token)\"}".utf8)
        var blob = ByteBuffer()
        unsafe Base64.append(plain.span.bytes, to: &blob)
        let found = Self.found("echo \(blob.text) | base64 -d")
        #expect(found.map(\.text) == [blob.text])
        var twice = ByteBuffer()
        Base64.append(blob.bytes, to: &twice)
        #expect(Self.found(twice.text).isEmpty, "one level")
    }

    @Test func `Finds a token wherever it stands around the edge of a chunk`() {
        let edge = TextScanner.chunk
        for offset in stride(from: -48, through: 8, by: 1) {
            var text = [UInt8](repeating: 0x20, count: edge + 200)
            text.replaceSubrange(edge + offset..<edge + offset + Self.token.utf8.count, with: Self.token.utf8)
            #expect(Self.found(text).map(\.text) == [Self.token], "at \(offset)")
        }
        for offset in stride(from: -24, through: 8, by: 1) {
            var text = [UInt8](repeating: 0x20, count: edge + 200)
            text.replaceSubrange(edge + offset..<edge + offset + 19, with: "4111 1111 1111 1111".utf8)
            #expect(Self.found(text).map(\.id) == ["card"], "at \(offset)")
        }
    }

    @Test func `Finds the same in bytes that are no text`() {
        let text = [0xFF, 0xFE, 0x00, 0xC3] + Array(" \(Self.token) ".utf8) + [0xF0, 0x9F, 0x80]
        #expect(Self.found(text).map(\.text) == [Self.token])
    }

    @Test func `Lets the name of a field say what a number is`() {
        #expect(Self.found("536904399").isEmpty)
        #expect(Self.found("536904399", name: "employee.ssn").map(\.id) == ["us_ssn"])
    }

    @Test func `Leaves pieces of longer things alone`() {
        for text in [
            "123e4567-e89b-12d3-a456-426614174000", "v1.2.3-4.5.6", "2026-11-28T22:30:00.123456789Z",
            "sha256:" + String(repeating: "0f", count: 32),
            "toolu_01A09q90qw90lq917835lq9", "claude-opus-4-20250514", "1700000000000000000", "input_tokens=123456789",
        ] {
            let kept = Self.found(text).filter { id, _ in
                DetectorSet.standard.detectors.first { $0.id == id }?.action != .keep
            }
            #expect(kept.isEmpty, "\(text): \(kept)")
        }
    }

    @Test func `Gives one finding where several lie over one another, the secret first`() {
        let found = Self.found("https://user:jane@example.com@db.example.com/")
        #expect(found.first?.id == "url_password")
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.text != $1.text })
    }

    // MARK: Cost

    /// Texts that are made to be costly: every literal again and again, and what patterns begin with.
    private static var hostile: [String] {
        let set = DetectorSet.standard
        let anchors = Set(set.detectors.flatMap(\.anchors).map { String(decoding: $0.bytes, as: UTF8.self) }).sorted()
        let starts = set.detectors.flatMap(\.positive).map { String($0.prefix($0.count / 2)) }
        return anchors + starts + [
            "a", "0", "1-", "1 ", "aA0", "\\", "\\\\n", "%41", "&#6", "@a.", "[", "=", "a.b@", "eyJ",
        ]
    }

    @Test func `Costs no more steps a byte in a long text than in a short one`() {
        var scanner = TextScanner(.standard)!
        for piece in Self.hostile where !piece.isEmpty {
            func steps(_ count: Int) -> (Double, TextScanner.Outcome) {
                let text = Array(String(repeating: piece, count: count / piece.utf8.count + 1).utf8)
                let outcome = unsafe scanner.scan(text.span.bytes)
                return (Double(scanner.steps) / Double(text.count), outcome)
            }
            let short = steps(1 << 11)
            let long = steps(1 << 13)
            // A text that is given up costs what it may cost and no more.
            let isBound =
                long.0 <= Double(TextScanner.stepsPerByte) + Double(TextScanner.freeSteps) / Double(1 << 13) + 2
            #expect(isBound, "\(piece): \(long)")
            #expect((long.1 != .done || long.0 <= short.0 * 1.5 + 1), "\(piece): \(short) \(long)")
        }
    }

    @Test func `Gives up a text that has more in it than is kept`() {
        var scanner = TextScanner(.standard)!
        let text = Array(String(repeating: "jane@example.com ", count: TextScanner.findingLimit + 1).utf8)
        let outcome = unsafe scanner.scan(text.span.bytes)
        #expect(outcome == .tooMany)
    }
}
