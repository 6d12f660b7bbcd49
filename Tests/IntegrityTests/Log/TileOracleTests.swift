import Foundation
import Integrity
import TestKit
import Testing

/// Logs of Docket, read by `golang.org/x/mod/sumdb`: what both agree on is not a mistake of one.
///
/// Needs the Debian packages `golang-go` and `golang-golang-x-mod-dev`.
@Suite(.enabled(if: SumDB.isThere, "NOT CHECKED AGAINST SUMDB: golang-go or golang-golang-x-mod-dev is missing"))
struct TileOracleTests {
    @Test(arguments: [1, 2, 255, 256, 257, 3_000, 66_000])
    func `sumdb reads the tiles, finds every proof right and makes the same ones`(size: Int) async throws {
        var dice = Dice(seed: UInt64(size))
        let log = try LogFolder(size: size, &dice)
        defer { log.remove() }

        let answer = try await SumDB.check(log.folder)
        #expect(
            answer == "\(size) entries, \(log.inclusions) inclusion proofs, \(log.consistencies) consistency proofs\n")
    }

    @Test func `sumdb refuses a log in which one bit of an entry was changed`() async throws {
        var dice = Dice(seed: 9)
        let log = try LogFolder(size: 600, &dice)
        defer { log.remove() }
        let bundle = log.folder.appending(path: TilePlace.entriesPath(index: 1))
        var bytes = try Data(contentsOf: bundle)
        bytes[2 + dice.roll(20)] ^= 1 << dice.roll(8)
        try bytes.write(to: bundle)

        let refused = await #expect(throws: SumDB.Refused.self) { try await SumDB.check(log.folder) }
        #expect(refused?.answer.contains("is not what its leaf says") == true)
    }
}

/// A log as it is served, in a temporary folder.
private struct LogFolder {
    let folder: URL
    private(set) var inclusions = 0
    private(set) var consistencies = 0

    init(size: Int, _ dice: inout Dice) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "docket-log-\(UUID().uuidString)")
        let entries = (0..<size).map { _ in randomBytes(20 + dice.roll(30), &dice) }

        var tiles: [TilePlace: Tile] = [:]
        var writer = TileWriter()
        var start = 0
        while start < size {
            let end = min(size, start + 1 + dice.roll(size))
            for tile in writer.append(entries[start..<end].map { Digest(leaf: $0.rawBytes) }) {
                tiles[tile.place] = tile
            }
            start = end
        }
        for tile in writer.partialTiles { tiles[tile.place] = tile }
        for tile in tiles.values { try write(tile.bytes, to: tile.place.path) }
        for start in stride(from: 0, to: size, by: 256) {
            var bundle: [UInt8] = []
            let end = min(size, start + 256)
            for entry in entries[start..<end] { #expect(EntryBundle.append(entry.rawBytes, to: &bundle)) }
            try write(bundle, to: TilePlace.entriesPath(index: UInt64(start / 256), width: end - start))
        }

        let name = try #require(KeyName("example.com/log"))
        let signer = NoteSigner(
            name: name, secret: try #require(Ed25519.SecretKey(seed: randomBytes(32, &dice))))
        let checkpoint = try #require(Checkpoint(origin: name.text, size: writer.size, root: writer.root))
        var note = checkpoint.note
        note.add(signer.signature(over: note))
        try write(utf8(signer.key.text + "\n"), to: "key")
        try write(utf8(note.whole), to: "checkpoint")
        try write(utf8(proofs(tiles, size: UInt64(size), &dice)), to: "proofs")
    }

    private mutating func proofs(_ tiles: [TilePlace: Tile], size: UInt64, _ dice: inout Dice) throws -> String {
        var reader = TileReader(size: size) { place throws(Never) in tiles[place]! }
        var text = ""
        func line(_ kind: String, _ first: UInt64, _ second: UInt64, _ path: [Digest]) -> String {
            ([kind, String(first), String(second)] + path.map(\.base64)).joined(separator: " ") + "\n"
        }
        for _ in 0..<300 {
            let newer = UInt64(1 + dice.roll(Int(size)))
            let index = UInt64(dice.roll(Int(newer)))
            let found = reader.inclusionProof(of: index, in: newer)
            let inclusion = try #require(found)
            text += line("inclusion", index, newer, inclusion.path)
            inclusions += 1
            let older = UInt64(1 + dice.roll(Int(newer)))
            let continued = reader.consistencyProof(from: older, to: newer)
            let consistency = try #require(continued)
            text += line("consistency", older, newer, consistency.path)
            consistencies += 1
        }
        return text
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}

/// The program in `Conformance/tile-oracle`.
private enum SumDB {
    struct Refused: Error { let answer: String }

    private static let go = "/usr/bin/go"
    private static let packages = "/usr/share/gocode"

    static let isThere =
        FileManager.default.isExecutableFile(atPath: go)
        && FileManager.default.fileExists(atPath: packages + "/src/golang.org/x/mod/sumdb/tlog")

    static func check(_ folder: URL, file: String = #filePath) async throws -> String {
        let root = URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(filePath: go)
        process.arguments = ["run", root.appending(path: "Conformance/tile-oracle/main.go").path, folder.path]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["GO111MODULE": "off", "GOPATH": packages, "GOFLAGS": "", "GOTOOLCHAIN": "local"]) { _, ours in ours }
        let answers = folder.appending(path: "answer")
        try Data().write(to: answers)
        let output = try FileHandle(forWritingTo: answers)
        process.standardOutput = output
        process.standardError = output
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in ended.resume() }
            do { try process.run() } catch { ended.resume(throwing: error) }
        }
        try output.close()
        let answer = try String(contentsOf: answers, encoding: .utf8)
        guard process.terminationStatus == 0 else { throw Refused(answer: answer) }
        return answer
    }
}
