import Codecs
import Integrity
import Platform
import TestKit
import Testing

@testable import Holds

/// Sealed objects, the list of them, and what goes on after a crash.
struct HoldArchiveTests {
    struct Bench {
        let folder: TemporaryFolder
        let identity: AgeIdentity
        let archive: HoldArchive
        let order: HoldOrder

        init() throws {
            folder = try TemporaryFolder()
            identity = try #require(AgeIdentity(HoldArchiveTests.identity))
            archive = HoldArchive(folder.path, recipients: [identity.recipient])
            order = try HoldOrderTests.approved()
            try archive.prepare(order.id)
            try FolderDisk.makeFolder("\(folder.path)/data")
        }

        var disk: FolderDisk { FolderDisk(folder: "\(folder.path)/data") }

        func seal(_ text: String, _ object: HoldObject, _ progress: HoldProgress) throws {
            var object = object
            object.sealed = try archive.put(progress.nextName, Array(text.utf8), of: order.id)
            try progress.add(object)
        }

        func finish(_ progress: HoldProgress) throws -> HoldReading {
            let manifest = progress.manifest(of: order)
            let digest = try archive.finish(manifest, keeping: progress.names, of: order.id)
            let reading = try HoldReading(folder: archive.folder(of: order.id))
            #expect(reading.manifest.digest == digest)
            return reading
        }
    }

    /// Of nobody.
    static let identity = Bech32.text("age-secret-key-", (0..<32).map { UInt8($0) }).uppercased()

    private static func page(_ chat: String, _ part: Int, next: String? = nil, files: [HoldObject.File] = [])
        -> HoldObject
    {
        var object = HoldObject(.messages, of: chat)
        (object.part, object.next, object.files) = (part, next, files)
        return object
    }

    @Test func `what was sealed is as it was, and whoever has the key reads it`() throws {
        let bench = try Bench()
        let progress = try HoldProgress(bench.disk)
        try bench.seal("page one", Self.page("c1", 0), progress)
        try bench.seal("the chat", HoldObject(.chat, of: "c1"), progress)
        var gone = HoldObject(.file, of: "c1")
        (gone.id, gone.missing) = ("f1", "not there (404)")
        try progress.add(gone)
        let reading = try bench.finish(progress)
        #expect(try reading.flaws() == [])
        let objects = reading.manifest.objects
        #expect(objects.map(\.kind) == [.messages, .chat, .file] && objects[2].missing == "not there (404)")
        let texts = try objects.compactMap(\.sealed).map { try reading.open($0, with: [bench.identity]) }
        #expect(texts == [Array("page one".utf8), Array("the chat".utf8)])
        #expect(reading.manifest.head["objects"] == 2 && reading.manifest.head["missing"] == 1)
        let secret = [UInt8](repeating: 9, count: 32)
        let other = try #require(AgeIdentity(Bech32.text("age-secret-key-", secret).uppercased()))
        let sealed = try #require(objects[0].sealed)
        #expect(throws: HoldRefusal.self) { try reading.open(sealed, with: [other]) }
    }

    @Test func `each change in the archive is found`() throws {
        let bench = try Bench()
        let progress = try HoldProgress(bench.disk)
        for number in 0..<3 { try bench.seal("text \(number)", Self.page("c\(number)", 0), progress) }
        let reading = try bench.finish(progress)
        let disk = FolderDisk(folder: bench.archive.folder(of: bench.order.id))
        try disk.remove("000001.age")
        try disk.replace("000002.age", with: Array("other".utf8))
        try disk.replace("more.age", with: [])
        #expect(
            try reading.flaws() == [
                "000001.age: it is not there", "000002.age: it is not what was sealed",
                "more.age: it is not in the list",
            ])
    }

    @Test func `after a crash it goes on where it was, and nothing is there twice`() throws {
        let bench = try Bench()
        let file = HoldObject.File(kind: .file, id: "f1")
        var progress = try HoldProgress(bench.disk)
        try bench.seal("page 0", Self.page("c1", 0, next: "cursor", files: [file]), progress)
        // A crash between the object and its line: the object is sealed anew under its name.
        _ = try bench.archive.put(progress.nextName, Array("lost".utf8), of: bench.order.id)
        // And in the middle of a line.
        let log = try bench.disk.open("progress.ndjson")
        let torn = Array("{\"kind\":\"chat\",\"chat\":\"c1\"".utf8)
        try unsafe log.write(torn.span.bytes, at: try log.size())
        progress = try HoldProgress(bench.disk)
        let chat = progress.chat("c1")
        #expect(chat.parts == 1 && chat.next == "cursor" && !chat.hasAllMessages && chat.files == [file])
        #expect(progress.nextName == "000002.age" && !progress.isDone(chat: "c1"))
        try bench.seal("page 1", Self.page("c1", 1), progress)
        var held = HoldObject(.file, of: "c1")
        held.id = "f1"
        try bench.seal("file", held, progress)
        try bench.seal("chat", HoldObject(.chat, of: "c1"), progress)
        progress = try HoldProgress(bench.disk)
        #expect(progress.isDone(chat: "c1") && progress.tally.objects == 4)
        // A file that another chat names too is held once.
        try bench.seal("page", Self.page("c2", 0, files: [file]), progress)
        #expect(progress.chat("c2").files.isEmpty)
        let reading = try bench.finish(progress)
        #expect(try reading.flaws() == [])
        #expect(reading.manifest.objects.count == 5)
    }

    @Test func `a chat that is begun anew is in the list once, and what was sealed of it before is gone`() throws {
        let bench = try Bench()
        let progress = try HoldProgress(bench.disk)
        try bench.seal("old", Self.page("c1", 0, next: "forgotten"), progress)
        try progress.add(HoldObject(.restart, of: "c1"))
        #expect(progress.chat("c1") == HoldProgress.Chat(id: "c1") && progress.tally.objects == 0)
        try bench.seal("new", Self.page("c1", 0), progress)
        let reading = try bench.finish(progress)
        #expect(try reading.flaws() == [] && reading.manifest.objects.compactMap(\.sealed?.name) == ["000002.age"])
    }

    @Test func `a disk that fills up is left some room, and a person is told what to do`() throws {
        let bench = try Bench()
        let archive = HoldArchive(
            bench.folder.path, recipients: [bench.identity.recipient], reserve: Int.max / 2)
        #expect {
            try archive.put("000001.age", [1], of: bench.order.id)
        } throws: { error in
            "\(error)".contains("Make room, then say `docket hold resume`")
        }
        #expect(try FolderDisk(folder: archive.folder(of: bench.order.id)).names().isEmpty)
    }

    @Test func `a progress that somebody changed stops it`() throws {
        let bench = try Bench()
        try bench.disk.replace("progress.ndjson", with: Array("{\"kind\":\"chat\"}\n".utf8))
        #expect(throws: HoldRefusal.self) { try HoldProgress(bench.disk) }
    }
}
