import Foundation
import Testing

/// The inputs that are kept, through the same properties that the fuzzer checks.
@Suite struct `Inputs that were found` {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    private static func inputs(_ folder: String, _ target: String) -> [(name: String, bytes: [UInt8])] {
        let folder = root.appending(path: folder).appending(path: target)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().compactMap { name in
            (try? Data(contentsOf: folder.appending(path: name))).map { (name, Array($0)) }
        }
    }

    @Test(arguments: FuzzTargets.names)
    func `Hold what must hold`(_ name: String) throws {
        let target = try #require(FuzzTargets.make(name))
        let seeds = Self.inputs("Corpus", name)
        #expect(!seeds.isEmpty, "a target without seeds finds little")
        for (file, bytes) in seeds + Self.inputs("Regressions", name) {
            #expect(throws: Never.self, "\(name)/\(file)") { try target.run(unsafe bytes.span.bytes) }
        }
    }
}
