import Archive
import ArchiveFormat
import Codecs
import Events
import Foundation
import Integrity
import Platform
import TestKit
import Testing

/// A small archive, always the same.
private func sample(_ count: Int = 12) throws -> MemoryTarget {
    let log = SampleLog()
    let start = Timestamp(milliseconds: 1_791_446_400_000)
    log.add(count + 5, from: start, every: .seconds(1))
    let target = MemoryTarget()
    var settings = ArchiveSettings()
    settings.retain = .days(2_190)
    let writer = try ArchiveWriter(
        disk: SimulatedDisk(seed: 1), settings: settings, target: target, metrics: ArchiveMetrics(MetricList()))
    try writer.take(log.batch(0..<count), log)
    try writer.finish(now: start, all: true, log)
    return target
}

struct ArchiveFormatTests {
    @Test func `every byte that is changed, anywhere, is found`() throws {
        let target = try sample()
        #expect(try target.lines().count == 12)
        for name in target.names() {
            let whole = try #require(target.stored.withLock { $0[name] })
            for place in whole.bytes.indices {
                var bytes = whole.bytes
                bytes[place] ^= UInt8(1 << (place % 8))
                let changed = MemoryTarget.Stored(bytes: bytes, keep: whole.keep)
                target.stored.withLock { $0[name] = changed }
                #expect(throws: (any Error).self, "\(name) \(place)") { try target.lines() }
            }
            for count in [0, 1, whole.bytes.count - 1] {
                let cut = MemoryTarget.Stored(bytes: Array(whole.bytes.prefix(count)), keep: whole.keep)
                target.stored.withLock { $0[name] = cut }
                #expect(throws: (any Error).self) { try target.lines() }
            }
            target.stored.withLock { $0[name] = whole }
        }
        #expect(try target.lines().count == 12)
    }

    /// Whoever changes an object and makes name, digests and manifest fit, cannot make the signed root fit.
    @Test func `an archive that fits in itself and was not signed is found`() throws {
        let target = try sample()
        let reader = ArchiveReader(target)
        let name = try #require(try reader.manifests().first)
        let manifest = try reader.manifest(name)
        var lines = try target.lines()
        var leaf = lines[3].leaf
        leaf.happened += 1
        lines[3] = try #require(ArchiveLine(leafBytes: leaf.bytes, content: lines[3].content))
        var text = ByteBuffer()
        for line in lines { line.write(to: &text) }
        var packed = ByteBuffer()
        ZstandardCompressor().compress(text.bytes, to: &packed)
        let digest = Digest(of: packed.bytes)
        var edge = RightEdge()
        for line in lines { edge.append(line.leaf.hash) }
        let forged = ArchiveManifest(
            name: ArchiveName(
                tenant: "acme", accepted: lines[0].accepted, records: name.records, digest: digest),
            size: packed.count, digest: digest, empty: 0, accepted: manifest.accepted, root: edge.root,
            before: manifest.before, after: manifest.after, checkpoint: manifest.checkpoint, rules: manifest.rules,
            retainUntil: nil,
            isHeld: false)
        let other = MemoryTarget()
        let keep = Retention(until: nil, isHeld: false)
        _ = try other.put(forged.name.object, ArchiveContent(packed.array), keep: keep)
        _ = try other.put(forged.name.manifest, ArchiveContent(forged.bytes), keep: keep)
        #expect(throws: ArchiveFinding(forged.name.object, .root)) { try other.lines() }
    }

    @Test func `another key, an older checkpoint and one of another log are told apart`() throws {
        let target = try sample()
        let reader = ArchiveReader(target)
        let name = try #require(try reader.manifests().first)
        var manifest = try reader.manifest(name)
        let object = try reader.object(manifest)
        func finding(_ manifest: ArchiveManifest, _ keys: [Ed25519.PublicKey]) -> ArchiveFinding.What? {
            do throws(ArchiveFinding) {
                try ArchiveCheck(keys: keys).check(manifest, object) { _ in }
                return nil
            } catch {
                return error.what
            }
        }
        let right = SampleLog.secret.publicKey
        let wrong = try #require(Ed25519.SecretKey(seed: [UInt8](repeating: 8, count: 32))).publicKey
        #expect(finding(manifest, [right]) == nil)
        #expect(finding(manifest, [wrong, right]) == nil, "also when it is the second of two keys")
        #expect(finding(manifest, [wrong]) == .signature)
        let log = SampleLog("other")
        log.add(17, from: Timestamp(milliseconds: 0), every: .seconds(1))
        manifest.checkpoint = try #require(log.archivedCheckpoint(of: log.tenant)).whole
        #expect(finding(manifest, [right]) == .log)
        let same = SampleLog()
        same.add(5, from: Timestamp(milliseconds: 0), every: .seconds(1))
        manifest.checkpoint = try #require(same.archivedCheckpoint(of: same.tenant)).whole
        #expect(finding(manifest, [right]) == .checkpoint)
    }

    @Test func `names are read as they are written and nothing else is one`() throws {
        let digest = Digest(of: [1, 2, 3].rawBytes)
        let moment = try #require(RFC3339.parse("2026-01-02T03:04:05Z".utf8))
        let name = ArchiveName(tenant: "a-b", accepted: moment, records: 7...1_000, digest: digest)
        #expect(
            name.object == "a-b/2026/01/02/03/00000000000000000007-00000000000000001000-039058c6f2c0cb49.ndjson.zst")
        #expect(ArchiveName(manifest: name.manifest) == name)
        for wrong in [
            name.object, "x/" + name.manifest, name.manifest + "x",
            "a-b/2026/01/02/03/7-1000-039058c6f2c0cb49.manifest.json",
            "../2026/01/02/03/00000000000000000007-00000000000000001000-039058c6f2c0cb49.manifest.json",
            "a-b/2026/01/../03/00000000000000000007-00000000000000001000-039058c6f2c0cb49.manifest.json",
            "a-b/2026/01/02/03/00000000000000000008-00000000000000000007-039058c6f2c0cb49.manifest.json",
        ] { #expect(ArchiveName(manifest: wrong) == nil, "\(wrong)") }
    }

    /// `docs/formats/archive.md` shows what this program writes, so that it can never be out of date.
    @Test func `the document shows the manifest and the line of a record`() throws {
        let document = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/formats/archive.md")
        let text = try String(contentsOf: document, encoding: .utf8)
        let target = try sample(1)
        let reader = ArchiveReader(target)
        let name = try #require(try reader.manifests().first)
        let manifest = String(decoding: try reader.manifest(name).bytes, as: UTF8.self)
        var line = ByteBuffer()
        try #require(try target.lines().first).write(to: &line)
        let isThere = text.contains(name.manifest) && text.contains(manifest) && text.contains(line.text)
        #expect(isThere, "docs/formats/archive.md must show:\n\(name.manifest)\n\(manifest)\n\(line.text)")
    }
}
