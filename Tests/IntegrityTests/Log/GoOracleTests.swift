import Foundation
import Integrity
import TestKit
import Testing

/// Go, with the module `golang.org/x/mod`: in Debian the packages `golang-go` and `golang-golang-x-mod-dev`.
private enum Go {
    static let modules = "/usr/share/gocode"

    /// The command: `DOCKET_GO`, or `go` where commands are looked for.
    static let command: String? = {
        let environment = ProcessInfo.processInfo.environment
        if let named = environment["DOCKET_GO"] { return named }
        guard FileManager.default.fileExists(atPath: modules + "/src/golang.org/x/mod/sumdb/tlog") else { return nil }
        return (environment["PATH"] ?? "").split(separator: ":").map { $0 + "/go" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// Runs the oracle over claims.
    ///
    /// - Returns: what it printed, and its exit code.
    static func check(_ claims: [String], file: String = #filePath) throws -> (text: String, code: Int32) {
        let root = URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let input = FileManager.default.temporaryDirectory.appending(path: "claims-\(UUID().uuidString)")
        try Data(claims.joined(separator: "\n").utf8).write(to: input)
        defer { try? FileManager.default.removeItem(at: input) }
        let process = Process()
        process.executableURL = URL(filePath: try #require(command))
        process.arguments = ["run", root.appending(path: "Conformance/log-oracle/main.go").path]
        var environment = ProcessInfo.processInfo.environment
        environment["GO111MODULE"] = "off"
        environment["GOPATH"] = modules
        environment["GOFLAGS"] = ""
        environment["GOCACHE"] =
            environment["GOCACHE"]
            ?? FileManager.default.temporaryDirectory.appending(path: "go-cache").path
        process.environment = environment
        process.standardInput = try FileHandle(forReadingFrom: input)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (text.trimmingCharacters(in: .whitespacesAndNewlines), process.terminationStatus)
    }
}

@Suite(
    .enabled(
        if: Go.command != nil,
        "NOT CHECKED AGAINST GO: install golang-go and golang-golang-x-mod-dev, or name the command in DOCKET_GO"))
struct GoOracleTests {
    @Test func `Go finds the same roots, and every proof as we do`() throws {
        var dice = Dice(seed: 50)
        let name = try #require(KeyName("example.com/oracle"))
        let signer = NoteSigner(name: name, secret: try #require(Ed25519.SecretKey(seed: randomBytes(32, &dice))))
        var writer = TileWriter()
        var tiles: [TilePlace: Tile] = [:]
        var roots: [UInt64: Digest] = [0: .emptyTree]
        var leaves: [Digest] = []
        var claims = ["key \(signer.key.text)"]
        for _ in 0..<12 {
            let entries = randomEntries(1 + dice.roll(150), &dice)
            let batch = entries.map { Digest(leaf: $0.rawBytes) }
            leaves += batch
            for tile in writer.append(batch) + writer.partialTiles { tiles[tile.place] = tile }
            claims += entries.map { "entry \(Base64.text(of: $0.rawBytes))" }
            roots[writer.size] = writer.root
            let checkpoint = try #require(Checkpoint(origin: name.text, size: writer.size, root: writer.root))
            var note = checkpoint.note
            note.add(signer.signature(over: note))
            claims.append("note \(Base64.text(of: utf8(note.whole).rawBytes))")
            claims.append(
                "false note \(Base64.text(of: utf8(note.whole.replacing("oracle\n", with: "0racle\n")).rawBytes))")

            var reader = TileReader(size: writer.size) { (place) throws(Never) in tiles[place]! }
            for _ in 0..<100 {
                let index = UInt64(dice.roll(Int(writer.size)))
                let found = reader.inclusionProof(of: index, in: writer.size)
                let proof = try #require(found)
                let leaf = leaves[Int(index)]
                claims.append(record(proof, leaf, writer.root))
                claims.append("false " + record(proof, leaf.flipping(bit: dice.roll(256)), writer.root))
                guard !proof.path.isEmpty else { continue }
                let changed = proof.path.flipping(bit: dice.roll(proof.path.count * 256))
                claims.append(
                    "false "
                        + record(InclusionProof(index: index, size: proof.size, path: changed), leaf, writer.root))
            }
            // Go has no proof for the empty tree.
            for (old, oldRoot) in roots where old > 0 {
                let found = reader.consistencyProof(from: old, to: writer.size)
                let proof = try #require(found)
                claims.append(tree(proof, oldRoot, writer.root))
                claims.append("false " + tree(proof, oldRoot.flipping(bit: dice.roll(256)), writer.root))
            }
        }
        let answer = try Go.check(claims)
        #expect(answer.code == 0 && answer.text == "\(claims.count)", "Go said: \(answer.text)")
    }

    private func record(_ proof: InclusionProof, _ leaf: Digest, _ root: Digest) -> String {
        "record \(proof.index) \(proof.size) \(root.base64) \(leaf.base64) " + words(proof.path)
    }

    private func tree(_ proof: ConsistencyProof, _ oldRoot: Digest, _ root: Digest) -> String {
        "tree \(proof.old) \(proof.new) \(oldRoot.base64) \(root.base64) " + words(proof.path)
    }

    private func words(_ path: [Digest]) -> String { path.map(\.base64).joined(separator: ",") }
}
