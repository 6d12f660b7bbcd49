import CContent
public import Integrity

/// Detectors, made ready to look for all of them in one pass.
///
/// - Threads: any; each search has its own ``TextScanner``.
public final class DetectorSet: Sendable {
    public let detectors: [Detector]
    /// Rises when the same files would find something else: checks and the search itself are code.
    static let engine: UInt8 = 1

    /// The digest of the files that they were read from, and of ``engine``.
    public let digest: Digest

    let literals: LiteralSet
    /// Detectors of each literal.
    let owners: [[Int32]]
    let literalLengths: [Int]
    let steps: StepTable
    /// The alternatives of each detector.
    let alternatives: [[StepTable.Place]]
    let heads: HeadIndex
    /// Words of a list of bits with one for each detector.
    let wordCount: Int

    /// - Parameter files: with the names by which errors call them.
    public init(_ files: [(name: String, text: [UInt8])]) throws(DetectorError) {
        var all: [Detector] = []
        var digest = SHA256()
        digest.update(Self.engine)
        var ids: Set<String> = []
        for file in files {
            let read = try DetectorFile(file.text, file: file.name).detectors
            for detector in read where !ids.insert(detector.id).inserted {
                throw DetectorError(
                    file: file.name, line: 1, column: 1,
                    message: "two detectors have the id `\(detector.id)`; rename one")
            }
            all += read
            unsafe digest.update(file.text.span.bytes)
        }
        detectors = all
        self.digest = digest.finish()

        var places: [LiteralSet.Literal: Int] = [:]
        var list: [LiteralSet.Literal] = []
        var owners: [[Int32]] = []
        for (number, detector) in all.enumerated() {
            for anchor in detector.anchors {
                if let place = places[anchor] {
                    owners[place].append(Int32(number))
                } else {
                    places[anchor] = list.count
                    list.append(anchor)
                    owners.append([Int32(number)])
                }
            }
        }
        // The library takes no empty list.
        if list.isEmpty {
            list.append(LiteralSet.Literal(bytes: Array("\u{1}docket\u{1}".utf8), ignoresCase: false))
            owners.append([])
        }
        guard let literals = LiteralSet(list) else {
            throw DetectorError(
                file: files.first?.name ?? "", line: 1, column: 1,
                message: "the library of literals does not take them; does the processor have SSSE3?")
        }
        self.literals = literals
        self.owners = owners
        literalLengths = list.map(\.bytes.count)

        wordCount = (all.count + 63) / 64
        var alternatives: [[StepTable.Place]] = []
        steps = StepTable(all.map(\.shape), places: &alternatives)
        self.alternatives = alternatives
        heads = HeadIndex(all, alternatives)
    }

    /// The detectors that Docket brings along.
    public static let standard: DetectorSet = {
        do throws(DetectorError) {
            return try DetectorSet(standardFiles)
        } catch {
            preconditionFailure("Content/detectors: \(error)")
        }
    }()

    public static var standardFiles: [(name: String, text: [UInt8])] {
        func file(_ name: String, _ content: docket_content) -> (name: String, text: [UInt8]) {
            unsafe ("\(name).yaml", Array(UnsafeBufferPointer(start: content.start, count: content.count)))
        }
        return unsafe [
            file("contact", docket_content_detectors_contact()), file("finance", docket_content_detectors_finance()),
            file("person", docket_content_detectors_person()), file("secret", docket_content_detectors_secret()),
        ]
    }

    public func detector(_ id: String) -> Int? { detectors.firstIndex { $0.id == id } }
}

/// Some of the detectors of a set.
public struct DetectorChoice: Sendable, Equatable {
    private(set) var bits: [UInt64]

    /// Those for which it holds.
    public init(_ set: DetectorSet, _ isChosen: (Detector) -> Bool) {
        bits = [UInt64](repeating: 0, count: set.wordCount)
        for (number, detector) in set.detectors.enumerated() where isChosen(detector) {
            bits[number / 64] |= 1 << UInt64(number % 64)
        }
    }

    func contains(_ number: Int) -> Bool { bits[number >> 6] >> UInt64(number & 63) & 1 == 1 }
}
