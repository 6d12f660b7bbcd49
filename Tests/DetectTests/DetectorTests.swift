import Codecs
import Testing

@testable import Detect

@Suite struct `Detectors` {
    @Test func `Find their examples and nothing in the others`() {
        let failures = DetectorExamples.failures(of: .standard)
        #expect(failures.isEmpty, "\(failures.map(\.description).joined(separator: "\n"))")
    }

    @Test func `Are many, each with a source and a negative example`() {
        let all = DetectorSet.standard.detectors
        #expect(all.count >= 150)
        #expect(all.allSatisfy { !$0.source.isEmpty && !$0.negative.isEmpty })
        let secrets = all.filter { $0.group == .secret }
        #expect(secrets.count(where: \.isAlways) == secrets.count, "no policy keeps a secret")
        let numbers = all.filter { $0.id == "id_nik" || $0.id == "id_npwp" }
        #expect(numbers.count(where: \.isAlways) == 2)
    }

    private static func file(_ detector: String) -> String { "group: person\ndetectors:\n  - \(detector)\n" }

    @Test(arguments: [
        ("group: persons\n", "x.yaml:1:8: `group` cannot be `persons`"),
        ("detectors: []\n", "x.yaml:1:1: `group` is missing"),
        ("group: person\n", "`detectors` must be a list"),
        (file("{ id: A, name: a, class: A, pattern: a, positive: [a] }"), "`A` is no id"),
        (file("{ id: a, name: a, class: Z, pattern: a, positive: [a] }"), "`class` of `a` cannot be `Z`"),
        (
            file("{ id: a, name: a, class: A, pattern: 'a*a', positive: [a] }"),
            "x.yaml:3:42: `pattern`: what may be repeated"
        ),
        (file("{ id: a, name: a, class: A, pattern: a, check: luhm, positive: [a] }"), "there is no check `luhm`"),
        (file("{ id: a, name: a, class: C, pattern: a, positive: [a] }"), "only found near a word"),
        (file("{ id: a, name: a, class: A, pattern: a }"), "must have an example"),
        (file("{ id: a, name: a, class: A, patern: a, positive: [a] }"), "there is no key `patern`"),
        (file("{ id: a, name: a, class: A, after: a, positive: [a] }"), "needs an `anchor`"),
        (file("{ id: a, name: a, class: A, positive: [a] }"), "needs a `pattern`"),
        ("group: person\ndetectors: [", "x.yaml:"),
    ])
    func `Of a broken file are refused with the place and the remedy`(_ text: String, _ message: String) {
        let error = #expect(throws: DetectorError.self) { try DetectorSet([("x.yaml", Array(text.utf8))]) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func `Of a file of one's own stand beside Docket's`() throws {
        let own = Self.file("{ id: badge, name: badge, class: A, pattern: 'ACME-\\d{4}', positive: [ACME-1234] }")
        let set = try DetectorSet(DetectorSet.standardFiles + [("own.yaml", Array(own.utf8))])
        #expect(DetectorExamples.failures(of: set).isEmpty)
        #expect(set.digest != DetectorSet.standard.digest)
        #expect(throws: DetectorError.self) {
            try DetectorSet([("a.yaml", Array(own.utf8)), ("b.yaml", Array(own.utf8))])
        }
    }

    @Test func `Know the digest of Ethereum`() {
        let digest = Keccak.digest([])
        #expect(digest.prefix(4) == [0xC5, 0xD2, 0x46, 0x01])
        #expect(Keccak.digest(Array("abc".utf8)).prefix(4) == [0x4E, 0x03, 0x65, 0x7A])
    }

    @Test(arguments: [(1.0, 0.0), (8, 3), (0.5, -1), (10, 3.321928)])
    func `Know logarithms`(_ number: Double, _ logarithm: Double) {
        #expect(abs(Logarithm.base2(number) - logarithm) < 0.0001)
    }
}
