import Integrity
public import Platform

/// How far an order is carried out, on the disk: a line for each thing that is done, so that nothing is done twice after
/// a crash.
///
/// - Threads: any; who adds waits for the disk, and one adds at a time.
public final class HoldProgress: Sendable {
    /// A chat that is not done yet.
    public struct Chat: Sendable, Equatable {
        public let id: String
        /// Pages of messages so far.
        public var parts = 0
        /// Whether any of them was sealed.
        public var isHeld = false
        /// Where the messages go on; `nil` when all are there, or none.
        public var next: String?
        public var hasAllMessages = false
        /// Files that the messages name and that are not done.
        public var files: [HoldObject.File] = []
    }

    fileprivate struct State {
        var end = 0
        var objects: [HoldObject] = []
        var doneChats: Set<String> = []
        var doneFiles: Set<HoldObject.File> = []
        /// The chat that was begun last.
        var open: Chat?
        var tally = HoldOrder.Tally()
        /// Of the last object that was sealed.
        var number = 0
    }

    private static let file = "progress.ndjson"

    private let handle: any DiskFile
    private let state: Locked<State>

    /// - Parameter disk: of the order's folder.
    public init(_ disk: any Disk) throws(HoldRefusal) {
        let bytes: [UInt8]
        do throws(DiskError) {
            let isThere = try disk.names().contains(Self.file)
            bytes = isThere ? try disk.contents(of: Self.file) : []
            handle = isThere ? try disk.open(Self.file) : try disk.create(Self.file)
            if !isThere { try disk.syncNames() }
        } catch {
            throw .couldNot("\(error)")
        }
        var state = State()
        // What a crash left of a line was not done.
        state.end = (bytes.lastIndex(of: 10) ?? -1) + 1
        for (place, line) in bytes[..<state.end].split(separator: 10).enumerated() {
            do throws(HoldFlaw) {
                state.take(try HoldObject(line: Array(line)))
            } catch {
                throw .couldNot("\(Self.file), line \(place + 1): \(error)")
            }
        }
        self.state = Locked(state)
    }

    /// The next object's name.
    public var nextName: String { state.withLock { HoldArchive.name($0.number + 1) } }
    public var tally: HoldOrder.Tally { state.withLock { $0.tally } }

    public func isDone(chat id: String) -> Bool { state.withLock { $0.doneChats.contains(id) } }

    /// Goes on with a chat, or begins it.
    public func chat(_ id: String) -> Chat { state.withLock { $0.chat(id) } }

    /// Writes down, durably, that something is done.
    public func add(_ object: HoldObject) throws(DiskError) {
        let line = Array((object.text(isWhole: true) + "\n").utf8)
        let end = state.withLock { $0.end }
        try unsafe handle.write(line.span.bytes, at: end)
        // What a crash had begun must not leave its end behind a shorter line.
        try handle.truncate(to: end + line.count)
        try handle.sync()
        state.withLock { state in
            state.end = end + line.count
            state.take(object)
        }
    }

    // MARK: The end

    /// Names of the files that belong to the order.
    public var names: Set<String> { state.withLock { Set($0.objects.compactMap { $0.sealed?.name }) } }

    /// The list of all that was sealed and all that is missing.
    public func manifest(of order: HoldOrder) -> [UInt8] {
        let lines = state.withLock { state in
            [HoldManifest.head(order, state.tally)]
                + state.objects.filter { $0.sealed != nil || $0.missing != nil }.map { $0.text(isWhole: false) }
        }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
}

extension HoldProgress.State {
    func chat(_ id: String) -> HoldProgress.Chat { open?.id == id ? open ?? .init(id: id) : .init(id: id) }

    mutating func take(_ object: HoldObject) {
        if object.sealed != nil { number += 1 }
        var chat = chat(object.chat)
        if object.kind == .restart {
            objects.removeAll { $0.chat == object.chat && $0.kind == .messages }
            tally = .init()
            for object in objects { count(object) }
            open = .init(id: object.chat)
            return
        }
        switch object.kind {
        case .messages:
            chat.parts += 1
            chat.isHeld = chat.isHeld || object.sealed != nil
            chat.next = object.next
            chat.hasAllMessages = object.next == nil
            chat.files += object.files.filter { !doneFiles.contains($0) }
        case .chat:
            doneChats.insert(object.chat)
            chat.files = []
        default:
            let file = HoldObject.File(kind: object.kind, id: object.id ?? "")
            doneFiles.insert(file)
            chat.files.removeAll { $0 == file }
        }
        objects.append(object)
        open = chat
        count(object)
    }

    private mutating func count(_ object: HoldObject) {
        if let sealed = object.sealed {
            tally.objects += 1
            tally.bytes += sealed.size
        }
        if object.missing != nil { tally.missing += 1 }
    }
}
